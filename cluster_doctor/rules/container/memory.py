"""Signs that the kernel killed a container for memory."""

from __future__ import annotations

import re
from datetime import timedelta

from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.snapshot.paths import dig, text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views import Container, Pod

RECENT = timedelta(minutes=30)
"""A kill further back, with the container ready since, is history."""

_INIT_KILLED = re.compile(r"OOM-killed|memory limit too low|oom_kill|OOMKilled", re.IGNORECASE)


def oom_evidence(pod: Pod, container: Container, cluster: ClusterSnapshot) -> tuple[Evidence, ...]:
    """Cite what shows that a container is killed for memory now: its status, or the runtime's refusal to start it.

    With a limit below what the runtime itself needs, the kill hits before the container exists, and only the
    sandbox or start error of the kubelet tells.
    """
    for ended, path in ((container.terminated, "state"), (container.last_terminated, "lastState")):
        if text(ended, "reason") != "OOMKilled":
            continue
        finished = parse_time(dig(ended, "finishedAt"))
        healed = container.ready and (finished is None or cluster.taken_at - finished > RECENT)
        if not healed:
            return (pod.cite(f"{container.status_path}.{path}.terminated"),)
    if container.running and container.ready:
        return ()
    message = container.waiting_message
    if _INIT_KILLED.search(message):
        return (pod.cite(f"{container.status_path}.state.waiting.message"),)
    if container.limit("memory") is None:
        return ()
    for event in cluster.events_about(pod.ref, "FailedCreatePodSandBox", "Failed", "BackOff", "FailedStart"):
        if event.type == "Warning" and _INIT_KILLED.search(event.message):
            return (event.cite_message(),)
    return ()
