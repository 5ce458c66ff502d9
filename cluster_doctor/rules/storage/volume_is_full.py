"""A volume without space."""

from __future__ import annotations

import re

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.container.last_words import failing_for, failing_pods
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.snapshot.log_lines.trouble import Trouble
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod

_SHARED_MEMORY = re.compile(r"dev/shm|shared memory|shm_open", re.IGNORECASE)
"""Shared memory is no volume; it has a size of its own."""


@rule(Severity.ERROR, subject=Pod, needs=(Records.LOGS,), directness=Directness.REPORTED, among=failing_pods)
def volume_is_full(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The process finds no space left where it writes.

    Why it matters:
        A full volume stops databases and anything that must write before it answers.

    Fires on:
        kind: Pod
        metadata: {name: web-0}
        spec: {nodeName: n1, containers: [{name: app}]}
        status:
          phase: Running
          containerStatuses:
          - name: app
            ready: false
            restartCount: 5
            state: {waiting: {reason: CrashLoopBackOff}}
            lastState: {terminated: {exitCode: 1, reason: Error, finishedAt: "2026-01-01T11:59:00Z"}}
        ---
        {kind: Log, subject: Pod/web-0, container: app, lines: ['write /data/wal.log: no space left on device']}

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          nodeName: n1
          containers:
          - {name: app}
        status:
          phase: Running
          containerStatuses:
          - name: app
            ready: true
            restartCount: 0
            state:
              running: {startedAt: '2026-01-01T09:00:00Z'}
        ---
        kind: Log
        subject: Pod/web-0
        container: app
        lines: [listening on 8080]

    Remedy:
        Expand the claim or remove what is not needed.

    References:
        https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims
    """
    for container, told, evidence in failing_for(Trouble.DISK_FULL, pod, cluster):
        if _SHARED_MEMORY.search(str(evidence.value)):
            continue
        yield Match(
            message=f"container {container.name} of Pod {pod.name} finds no space left: {evidence.value}",
            evidence=(evidence, *pod.cite_container(container, "restartCount")),
            effects=(Effect(EffectKind.CONTAINER_CRASHING, pod.ref), Effect(EffectKind.POD_NOT_READY, pod.ref)),
            about=container.name,
            since=pod.created_at,
            facts=(("path", told.name),),
        )
