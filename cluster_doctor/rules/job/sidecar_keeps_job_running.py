"""A Job whose sidecar never ends."""

from __future__ import annotations

from datetime import timedelta

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views import ContainerRole, Job, Pod

PATIENCE = timedelta(minutes=2)
"""How long other containers may take to end after the work."""


@rule(Severity.ERROR, subject=Job, needs=(Pod,))
def sidecar_keeps_job_running(job: Job, cluster: ClusterSnapshot) -> Matches:
    """The Job's main container has finished, and another container keeps its Pod running.

    Why it matters:
        The Job never completes; a CronJob that forbids overlap starts no further run.

    Fires on:
        {kind: Job, metadata: {name: load}, status: {active: 1}}
        ---
        kind: Pod
        metadata: {name: load-x, ownerReferences: [{apiVersion: batch/v1, kind: Job, name: load, controller: true}]}
        spec: {nodeName: n1, restartPolicy: Never, containers: [{name: work}, {name: proxy}]}
        status:
          phase: Running
          containerStatuses:
          - {name: work, state: {terminated: {exitCode: 0, finishedAt: "2026-01-01T11:00:00Z"}}}
          - {name: proxy, ready: true, state: {running: {startedAt: "2026-01-01T10:00:00Z"}}}

    Stays quiet on:
        {kind: Job, metadata: {name: load}, status: {succeeded: 1, conditions: [{type: Complete, status: 'True'}]}}

    Remedy:
        Make the sidecar an init container with `restartPolicy: Always`, or let it end with the work.

    References:
        https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#jobs-with-sidecar-containers
    """
    for pod in cluster.pods_of(job.ref):
        if pod.phase != "Running" or pod.terminating:
            continue
        done = [c for c in pod.containers if c.role is ContainerRole.MAIN and c.terminated.get("exitCode") == 0]
        alive = [c for c in pod.containers if c.role is ContainerRole.MAIN and c.running]
        ended = [parse_time(c.terminated.get("finishedAt")) for c in done]
        if not done or not alive or not all(e and cluster.taken_at - e > PATIENCE for e in ended):
            continue
        yield Match(
            message=f"container {done[0].name} of Job {job.name} has "
            f"finished, but {alive[0].name} keeps its Pod running",
            evidence=(pod.cite(f"{done[0].status_path}.state"), pod.cite(f"{alive[0].status_path}.state")),
            effects=(
                Effect(EffectKind.JOB_FAILED, job.ref),
                Effect(EffectKind.JOB_NOT_RUN, job.controller or job.ref),
                Effect(EffectKind.POD_NOT_READY, pod.ref),
            ),
            facts=(("container", alive[0].name),),
        )
        return
