"""A process without free file descriptors."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.container.final_complaint import keeps_telling
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.rules.selections import pods_with_logs
from cluster_doctor.snapshot.log_lines.trouble import Trouble
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod


@rule(Severity.ERROR, subject=Pod, needs=(Records.LOGS,), directness=Directness.STATED, among=pods_with_logs)
def file_descriptors_are_exhausted(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The process says again and again that it may open no more files or connections.

    Why it matters:
        Each connection takes a descriptor; at the limit new ones are refused, while the Pod looks healthy.

    Fires on:
        kind: Pod
        metadata: {name: web-0}
        spec: {nodeName: n1, containers: [{name: app}]}
        status: {phase: Running, conditions: [{type: Ready, status: 'True'}]}
        ---
        kind: Log
        subject: Pod/web-0
        container: app
        lines:
        - 'accept4: too many open files'
        - 'accept4: too many open files'
        - 'accept4: too many open files'

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0}
        spec: {nodeName: n1, containers: [{name: app}]}
        status: {phase: Running, conditions: [{type: Ready, status: 'True'}]}
        ---
        kind: Log
        subject: Pod/web-0
        container: app
        lines:
        - 'accept4: too many open files'
        - 'closed 400 idle connections'
        - 'serving'

    Remedy:
        Close what is not used and bound the connections; raise the limit (`nofile`) of the runtime or the process.

    References:
        https://kubernetes.io/docs/tasks/debug/debug-application/debug-running-pod/
    """
    evidence = keeps_telling(pod, Trouble.OPEN_FILES, cluster) if pod.expected_to_run else None
    if evidence is None:
        return
    workload = cluster.workload_ref(pod.ref)
    yield Match(
        message=f"Pod {pod.name} has no file descriptor left: {evidence.value}",
        evidence=(evidence,),
        effects=(
            Effect(EffectKind.SERVING_ERRORS, workload),
            Effect(EffectKind.CALLS_FAILING, workload),
            Effect(EffectKind.POD_NOT_READY, pod.ref),
        ),
    )
