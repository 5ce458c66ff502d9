"""Which containers restarted. The API keeps how often in all, and when the last instance ended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from cluster_doctor.domain.answer import Said
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views import Pod


def restarts(pods: Iterable[Pod], since: datetime | None) -> Iterator[Said]:
    """List the containers that restarted, those that did last first; with a moment, those that did since then."""
    found = []
    for pod in pods:
        for container in pod.containers:
            ended = parse_time(container.last_terminated.get("finishedAt"))
            if not container.restarts or (since and (ended is None or ended < since)):
                continue
            reason = container.last_terminated.get("reason")
            when = f", last at {ended:%Y-%m-%d %H:%M:%S} UTC" if ended else ""
            why = f" ({reason})" if reason else ""
            times = f"{container.restarts} time{'s' if container.restarts > 1 else ''}"
            count = pod.cite(f"{container.status_path}.restartCount")
            last = pod.cite(f"{container.status_path}.lastState.terminated.finishedAt")
            text = f"container {container.name} restarted {times} in all{when}{why}"
            said = Said(subject=pod.ref, text=text, evidence=(count, last) if ended else (count,))
            found.append((-(ended.timestamp() if ended else 0.0), pod.ref, container.name, said))
    for *_, said in sorted(found, key=lambda entry: entry[:3]):
        yield said
