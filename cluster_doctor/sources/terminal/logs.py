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
    r"(?:Error: )?(?:Error from server(?: \(|:)|(?:error: )?unable to retrieve container logs|Defaulted container "
    r"|error: (?:a container name must|container \S+ is not valid|cannot get the logs|You must be logged in"
    r"|timed out waiting|expected 'logs|unable to (?:read|load|connect to the server)|no configuration has been))"
)
"""kubectl's own words, and what recorders put before them; programs say `Error: …` and `error: …` too."""


def log_lines(text: str) -> Iterator[str]:
    """The application's own lines.

    `--timestamps` puts a stamp with nine digits of a second before each line; it is cut off, while a
    timestamp of the application's own stays. What kubectl itself says bears no stamp and is left out, and so
    are empty lines.
    """
    for line in text.split("\n"):
        stamped = line[:2] == "20" and _STAMP.match(line)
        said = (line[stamped.end() :] if stamped else line).rstrip("\r")
        if said.strip() and (stamped or not _SAID_BY_KUBECTL.match(said)):
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
