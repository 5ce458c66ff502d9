"""A workload whose CPU use has jumped."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.performance.anomalies import burst, growth, troubled
from cluster_doctor.rules.protocol import OBSERVED, Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Workload


@rule(Severity.ERROR, subject=Workload, needs=(OBSERVED,), directness=Directness.MEASURED)
def workload_burns_cpu(workload: Workload, cluster: ClusterSnapshot) -> Matches:
    """The workload's CPU use has jumped, and it or its callers are slow.

    Why it matters:
        At its limit a container is paused for a part of every tenth of a second; each pause is somebody's wait.

    Fires on:
        {kind: Deployment, metadata: {name: web}, spec: {template: {metadata: {labels: {app: web}}}}}
        ---
        {kind: Deployment, metadata: {name: cart}, spec: {template: {metadata: {labels: {app: cart}}}}}
        ---
        {kind: CallEdge, caller: Deployment/web, callee: Deployment/cart}
        ---
        {kind: Alert, subject: Deployment/cart, anomaly: "cpu saturation", before: 0.1, now: 1.5, text: cpu}
        ---
        {kind: Alert, subject: Deployment/web, anomaly: latency, before: 20, now: 900, text: p95 high}

    Stays quiet on:
        {kind: Deployment, metadata: {name: web}, spec: {template: {metadata: {labels: {app: web}}}}}
        ---
        {kind: Deployment, metadata: {name: cart}, spec: {template: {metadata: {labels: {app: cart}}}}}
        ---
        {kind: CallEdge, caller: Deployment/web, callee: Deployment/cart}
        ---
        {kind: Alert, subject: Deployment/cart, anomaly: "cpu saturation", before: 0.1, now: 0.11, text: cpu}
        ---
        {kind: Alert, subject: Deployment/web, anomaly: latency, before: 20, now: 900, text: p95 high}

    Remedy:
        Find what burns it (a profile, a loop, a flood of requests); raise the limit if the work is right.

    References:
        https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#how-pods-with-resource-limits-are-run
    """
    found = burst(workload.ref, cluster)
    if not found or not troubled(cluster):
        return
    yield Match(
        message=f"{workload.ref} uses {growth(found[0]):.1f} times the CPU that it did: {found[0].text}",
        evidence=tuple(alert.cite() for alert in found[:2]),
        effects=(Effect(EffectKind.SLOW, workload.ref), Effect(EffectKind.SERVING_ERRORS, workload.ref)),
        since=found[0].started_at,
        directness=Directness.REPORTED if len(found) > 1 else Directness.MEASURED,
    )
