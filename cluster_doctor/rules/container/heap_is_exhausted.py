"""A process that meets the bound of its own heap."""

from __future__ import annotations

import re

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.container.last_words import failing_for, failing_pods
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.snapshot.log_lines.trouble import Trouble
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod

_HEAP = re.compile(r"heap|GC overhead|Metaspace|native thread|buffer", re.IGNORECASE)
"""Bounds of a process' own; others (`maxmemory` of Redis) are those of a server that it calls."""


@rule(Severity.ERROR, subject=Pod, needs=(Records.LOGS,), directness=Directness.REPORTED, among=failing_pods)
def heap_is_exhausted(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The runtime of the process finds no memory left within its own bound, below the container's limit.

    Why it matters:
        No kernel kills it, so no status says OOMKilled: JVM, V8 and others give up at the size that a flag sets.

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
        lines: ['Exception in thread "main" java.lang.OutOfMemoryError: Java heap space']

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
        lines: ['INFO heap of 512 MiB, out of memory errors so far: 0']

    Remedy:
        Raise the runtime's bound (-XX:MaxRAMPercentage, --max-old-space-size) with the limit, or find what holds it.

    References:
        https://kubernetes.io/docs/tasks/configure-pod-container/assign-memory-resource/
    """
    for container, told, evidence in failing_for(Trouble.MEMORY, pod, cluster):
        if not _HEAP.search(told.name):
            continue
        yield Match(
            message=f"the process of container {container.name} in Pod {pod.name} has used up its own bound, "
            f"{told.name}: {str(evidence.value)[:200]}",
            evidence=(evidence, *pod.cite_container(container, "restartCount")),
            effects=(Effect(EffectKind.CONTAINER_CRASHING, pod.ref), Effect(EffectKind.POD_NOT_READY, pod.ref)),
            about=container.name,
            since=pod.created_at,
            facts=(("container", container.name), ("bound", told.name)),
        )
