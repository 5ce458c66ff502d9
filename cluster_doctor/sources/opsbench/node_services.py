"""System services on nodes, as `systemctl status` prints them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo

from cluster_doctor.snapshot.records import NodeService
from cluster_doctor.sources.opsbench.answers import Answer

_ACTIVE = re.compile(
    r"^\s*Active:\s*(?P<active>\S+)(?:\s+\((?P<detail>[^)]*)\))?"
    r"(?:\s+since\s+(?:\w{3} )?(?P<since>[\d-]{10} [\d:]{8})(?: (?P<zone>\S+?))?;)?",
    re.MULTILINE,
)
_JOURNAL = re.compile(r"^[A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \S")
MOST_LINES = 40


def read_node_services(answers: Iterable[Answer], zone: tzinfo) -> list[NodeService]:
    """Read every answer that shows a state."""
    found: dict[tuple[str, str], NodeService] = {}
    for answer in answers:
        node, service = answer.arguments.get("node_name", ""), answer.arguments.get("service_name", "")
        if answer.tool == "CheckNodeServiceStatus" and node and service and isinstance(answer.value, str):
            read = read_status(answer.value, node, service, zone)
            if read:
                found[(node, service)] = read
    return [found[key] for key in sorted(found)]


def read_status(text: str, node: str, service: str, zone: tzinfo) -> NodeService | None:
    """Read one status; None where no line says whether it is active.

    Zones are printed as abbreviations, which do not tell an offset; other than for UTC, the given zone counts.
    """
    match = _ACTIVE.search(text)
    if not match:
        return None
    lines = [line for line in text.split("\n") if _JOURNAL.match(line)]
    return NodeService(
        node=node,
        service=service,
        active=match["active"],
        detail=match["detail"] or "",
        since=_since(match["since"], UTC if match["zone"] in {"UTC", "GMT"} else zone),
        lines=tuple(lines[-MOST_LINES:]),
    )


def _since(text: str | None, zone: tzinfo) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone) if text else None
    except ValueError:
        return None
