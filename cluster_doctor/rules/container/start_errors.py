"""What is said about a container that cannot start: by its status, by Events, by its own last lines."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.rules.container.ending import exit_code
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Container, Pod

CANNOT_EXECUTE = frozenset({126, 127, 128})
"""Exit codes by which shells and runtimes say that a command cannot be executed or found."""

_LAST_LINES = 20


def start_errors(pod: Pod, container: Container, cluster: ClusterSnapshot) -> Iterator[tuple[str, Evidence]]:
    """Yield messages about a failing start, each with its citation."""
    if container.ready or container.running:
        return
    if container.waiting_message:
        yield container.waiting_message, pod.cite(f"{container.status_path}.state.waiting.message")
    ended, path = container.ended
    message = ended.get("message")
    if isinstance(message, str) and message:
        yield message, pod.cite(f"{path}.message")
    for event in cluster.events_about(pod.ref, "Failed", "FailedStart", "FailedCreatePodSandBox"):
        if event.type == "Warning":
            yield event.message, event.cite_message()
    if exit_code(container) in CANNOT_EXECUTE:
        for log in cluster.logs_of(pod.ref):
            if log.container in {"", container.name}:
                for position in range(max(0, len(log.lines) - _LAST_LINES), len(log.lines)):
                    yield log.lines[position], log.cite(position)
