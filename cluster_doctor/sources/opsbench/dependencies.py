"""The service graph: who calls a Service, and a tree of whom it calls."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cluster_doctor.snapshot.records import CallEdge
from cluster_doctor.sources.opsbench.answers import Answer
from cluster_doctor.sources.opsbench.subjects import Subjects

_NAME = re.compile(r"[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?")
_BRANCH = re.compile(r"^([\s│|]*)(?:[├└+`][─-]+\s*)(\S+)")
_UPSTREAM = re.compile(r"^\[Upstream[^\]]*\]:\s*(.*)$", re.MULTILINE)


def read_dependencies(answers: Iterable[Answer], subjects: Subjects) -> list[CallEdge]:
    """Read every answer's callers and callees; each call once."""
    calls: set[tuple[str, str]] = set()
    for answer in answers:
        service = answer.arguments.get("service_name", "")
        if answer.tool == "GetServiceDependencies" and isinstance(answer.value, str) and service:
            calls.update(calls_in(answer.value, service))
    return [
        CallEdge(
            caller=subjects.named(caller) or subjects.service(caller),
            callee=subjects.named(callee) or subjects.service(callee),
            origin="service graph",
        )
        for caller, callee in sorted(calls)
    ]


def calls_in(text: str, service: str) -> Iterator[tuple[str, str]]:
    """Calls as pairs of names."""
    upstream = _UPSTREAM.search(text)
    for name in (upstream[1] if upstream else "").split(","):
        if _NAME.fullmatch(name.strip()):
            yield name.strip(), service
    stack: list[tuple[int, str]] = [(-1, service)]
    for line in text.split("\n"):
        match = _BRANCH.match(line)
        if not match or not _NAME.fullmatch(match[2]):
            continue
        depth = len(match[1])
        while stack[-1][0] >= depth:
            stack.pop()
        yield stack[-1][1], match[2]
        stack.append((depth, match[2]))
