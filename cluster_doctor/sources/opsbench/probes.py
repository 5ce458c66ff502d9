"""Attempts to connect to a Service, from one place or from a debug Pod on each node."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cluster_doctor.snapshot.records import ConnectionProbe
from cluster_doctor.sources.opsbench.answers import Answer
from cluster_doctor.sources.opsbench.subjects import Subjects

_PART = re.compile(r"^Debug Pod test results deployed on (\S+?):", re.MULTILINE)
_WELL, _BADLY = "Connection Succeeded", "Connection Failed"


def read_probes(answers: Iterable[Answer], subjects: Subjects) -> list[ConnectionProbe]:
    """Read every answer's attempts. What neither succeeded nor failed is no attempt."""
    found: set[tuple[str, int, str, bool, str]] = set()
    for answer in answers:
        service, port = answer.arguments.get("service_name", ""), answer.arguments.get("port", "")
        if answer.tool != "CheckServiceConnectivity" or not service or not isinstance(answer.value, str):
            continue
        if port.isdigit() and len(port) < 6:
            for node, said in _attempts(answer.value):
                if _WELL in said or _BADLY in said:
                    found.add((service, int(port), node, _BADLY not in said, said))
    return [
        ConnectionProbe(target=subjects.service(service), port=port, from_node=node, succeeded=succeeded, text=said)
        for service, port, node, succeeded, said in sorted(found)
    ]


def _attempts(text: str) -> Iterator[tuple[str, str]]:
    parts = _PART.split(text)
    if len(parts) == 1:
        yield "", text.strip()
    for node, said in zip(parts[1::2], parts[2::2], strict=True):
        yield node, said.strip()
