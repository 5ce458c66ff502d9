"""A certificate that has expired."""

from __future__ import annotations

import re

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.container.last_words import failing_pods, failing_with
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod

_WORDS = re.compile(
    r"certificate (?:has )?expired|certificate is not yet valid|CertificateExpiredException"
    r"|CERT_HAS_EXPIRED|certificate verify failed: certificate has expired",
    re.IGNORECASE,
)


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
    for container, _, evidence in failing_with(_WORDS, pod, cluster):
        yield Match(
            message=f"container {container.name} of Pod {pod.name} meets an expired certificate: {evidence.value}",
            evidence=(evidence, *pod.cite_container(container, "restartCount")),
            effects=(Effect(EffectKind.CONTAINER_CRASHING, pod.ref), Effect(EffectKind.POD_NOT_READY, pod.ref)),
            about=container.name,
            since=pod.created_at,
        )
