"""The output of `kubectl logs`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.kinds import BY_KIND
from cluster_doctor.snapshot.records import ContainerLog
from cluster_doctor.sources.terminal.command import Command

_STAMP = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{9}(?:Z|[+-]\d{2}:\d{2}) ?")
_SAID_BY_KUBECTL = re.compile(
    r"(?:Error: )?(?:Error from server \(|error: |unable to retrieve container logs|Defaulted container )",
    re.IGNORECASE,
)


def log_lines(text: str) -> Iterator[str]:
    """The application's own lines.

    `--timestamps` puts a stamp with nine digits of a second before each line; it is cut off, while a
    timestamp of the application's own stays. What kubectl itself says is left out, and so are empty lines.
    """
    for line in text.split("\n"):
        said = _STAMP.sub("", line, count=1) if line[:2] == "20" and _STAMP.match(line) else line
        said = said.rstrip("\r")
        if said.strip() and not _SAID_BY_KUBECTL.match(said):
            yield said


def read_logs(command: Command, output: str) -> ContainerLog | None:
    """Read what `kubectl logs` printed; None if the command does not tell whose it is."""
    if not command.names:
        return None
    kind = command.kinds[0] if command.kinds else "Pod"
    known = BY_KIND.get(kind)
    lines = tuple(log_lines(output))
    return ContainerLog(
        subject=ObjectRef(
            kind=kind,
            name=command.names[0],
            namespace=command.namespace or "default",
            api_version=known.api_version if known else "v1",
        ),
        container=command.container,
        previous=command.previous,
        lines=lines,
        truncated=command.partial,
    )
