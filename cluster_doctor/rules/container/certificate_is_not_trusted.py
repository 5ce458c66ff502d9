"""A certificate that one side of a connection does not accept."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.container.last_words import failing_for, failing_pods
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.snapshot.log_lines.named import EXPIRED
from cluster_doctor.snapshot.log_lines.trouble import Trouble
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod


@rule(Severity.ERROR, subject=Pod, needs=(Records.LOGS,), directness=Directness.REPORTED, among=failing_pods)
def certificate_is_not_trusted(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The process refuses a certificate that it meets, or has its own refused: wrong issuer, wrong name, or none.

    Why it matters:
        TLS compares the chain with the authorities at hand, and the name with the address called; either may be off.

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
        lines: ['tls: failed to verify certificate: x509: certificate signed by unknown authority']

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
        lines: ['x509: certificate has expired or is not yet valid']

    Remedy:
        Mount the authority that signed it and have the process trust it, or call the name that the certificate holds.

    References:
        https://kubernetes.io/docs/tasks/tls/managing-tls-in-a-cluster/
    """
    for container, told, evidence in failing_for(Trouble.CERTIFICATE, pod, cluster):
        if told.name in {"", EXPIRED}:
            continue
        peer = f" of {told.host}{f':{told.port}' if told.port else ''}" if told.host else ""
        yield Match(
            message=f"container {container.name} of Pod {pod.name} cannot agree on a certificate{peer}, "
            f"{told.name}: {str(evidence.value)[:200]}",
            evidence=(evidence, *pod.cite_container(container, "restartCount")),
            effects=(
                Effect(EffectKind.CONTAINER_CRASHING, pod.ref),
                Effect(EffectKind.POD_NOT_READY, pod.ref),
                Effect(EffectKind.CALLS_FAILING, cluster.workload_ref(pod.ref)),
            ),
            about=container.name,
            since=pod.created_at,
            facts=(("reason", told.name), ("host", told.host)),
        )
