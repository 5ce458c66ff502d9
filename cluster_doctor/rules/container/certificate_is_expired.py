"""A certificate that has expired."""

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
def certificate_is_expired(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The process refuses a certificate that has expired or is not yet valid.

    Why it matters:
        TLS peers stop talking the second a certificate ends.

    Fires on:
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
            ready: false
            restartCount: 5
            state:
              waiting: {reason: CrashLoopBackOff}
            lastState:
              terminated: {exitCode: 1, reason: Error, finishedAt: '2026-01-01T11:59:00Z'}
        ---
        kind: Log
        subject: Pod/web-0
        container: app
        lines: ['x509: certificate has expired or is not yet valid: current time 2026-01-01T11:59:00Z is after
            2025-12-31T00:00:00Z']

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
        Renew the certificate and restart what reads it only at the start.

    References:
        https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-certs/
    """
    for container, told, evidence in failing_for(Trouble.CERTIFICATE, pod, cluster):
        if told.name != EXPIRED:
            continue
        yield Match(
            message=f"container {container.name} of Pod {pod.name} meets an expired certificate: {evidence.value}",
            evidence=(evidence, *pod.cite_container(container, "restartCount")),
            effects=(
                Effect(EffectKind.CONTAINER_CRASHING, pod.ref),
                Effect(EffectKind.POD_NOT_READY, pod.ref),
                Effect(EffectKind.CALLS_FAILING, cluster.workload_ref(pod.ref)),
            ),
            about=container.name,
            since=pod.created_at,
        )
