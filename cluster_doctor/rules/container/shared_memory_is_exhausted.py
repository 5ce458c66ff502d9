"""A /dev/shm that is too small."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.container.final_complaint import complaints_of
from cluster_doctor.rules.container.last_words import failing_pods
from cluster_doctor.rules.dependency.passed_on import says_of
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.rules.selections import pods_with_logs
from cluster_doctor.snapshot.log_lines.wording import wording
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod

_WORDS = wording(
    r"^(.*could not resize shared memory segment.*No space left on device.*|.*/dev/shm.*(?:No space left|ENOSPC).*"
    r"|.*(?:No space left|ENOSPC).*/dev/shm.*|.*shm_open.*(?:No space left|ENOSPC).*"
    r"|.*insufficient shared memory \(shm\).*|.*raise your shared memory limit.*"
    r"|.*error while creating shared memory segment.*)",
    "no space left",
    "enospc",
    "insufficient shared memory",
    "raise your shared memory",
    "creating shared memory segment",
    any_case=True,
)
"""What PostgreSQL, browsers, PyTorch's data loaders and NCCL say."""


def _candidates(cluster: ClusterSnapshot) -> Iterator[Pod]:
    return iter({pod.ref: pod for pods in (failing_pods(cluster), pods_with_logs(cluster)) for pod in pods}.values())


@rule(Severity.ERROR, subject=Pod, needs=(Records.LOGS,), directness=Directness.STATED, among=_candidates)
def shared_memory_is_exhausted(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The process needs more shared memory than /dev/shm holds.

    Why it matters:
        Container runtimes make /dev/shm 64 MiB large; databases and browsers want more, while the disk is empty.

    Fires on:
        kind: Pod
        metadata: {name: web-0}
        spec: {nodeName: n1, containers: [{name: app}]}
        status:
          phase: Running
          containerStatuses:
          - {name: app, ready: false, restartCount: 4, state: {waiting: {reason: CrashLoopBackOff}}}
        ---
        kind: Log
        subject: Pod/web-0
        container: app
        lines: ['could not resize shared memory segment "/seg.7" to 134217728 bytes: No space left on device']

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0}
        spec: {nodeName: n1, containers: [{name: app}]}
        status:
          phase: Running
          containerStatuses:
          - {name: app, ready: false, restartCount: 4, state: {waiting: {reason: CrashLoopBackOff}}}
        ---
        kind: Log
        subject: Pod/web-0
        container: app
        lines: ['write /data/wal: no space left on device']

    Remedy:
        Mount an `emptyDir` with `medium: Memory` and a `sizeLimit` at /dev/shm; it counts against the memory limit.

    References:
        https://kubernetes.io/docs/concepts/storage/volumes/#emptydir
    """
    failing = list(
        complaints_of(
            pod,
            _WORDS,
            lambda container, told: (
                f"container {container.name} of Pod {pod.name} has too little shared memory in /dev/shm: {told}"
            ),
            cluster,
        )
    )
    yield from failing
    found = None if failing else says_of(pod, _WORDS, cluster)
    if found is None:
        return
    said, owner, client = found
    yield Match(
        message=f"{owner} has too little shared memory in /dev/shm: {said.value}",
        evidence=(said,),
        blame=owner,
        effects=(Effect(EffectKind.SERVING_ERRORS, owner), Effect(EffectKind.CALLS_FAILING, client)),
    )
