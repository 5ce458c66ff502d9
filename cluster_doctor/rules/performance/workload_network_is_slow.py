"""A workload that is slow by itself, without want of CPU."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.performance.anomalies import burst, growth, load_step, origins, slowdowns
from cluster_doctor.rules.performance.steps import Step
from cluster_doctor.rules.protocol import OBSERVED, Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Workload


@rule(Severity.ERROR, subject=Workload, needs=(OBSERVED,), directness=Directness.MEASURED)
def workload_network_is_slow(workload: Workload, cluster: ClusterSnapshot) -> Matches:
    """The workload is the deepest one that is slow, and neither its CPU nor what it calls explains it.

    Why it matters:
        What is left is the way to it: delay or loss at its network interface, or a wait within it that no metric shows.

    Fires on:
        {kind: Deployment, metadata: {name: web}, spec: {template: {metadata: {labels: {app: web}}}}}
        ---
        {kind: Deployment, metadata: {name: cart}, spec: {template: {metadata: {labels: {app: cart}}}}}
        ---
        {kind: CallEdge, caller: Deployment/web, callee: Deployment/cart}
        ---
        {kind: Alert, subject: Deployment/cart, anomaly: latency, before: 5, now: 900, text: p50 high}
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

    Remedy:
        Measure latency and loss to the Pod from its own and another node; look for tc rules and chaos experiments.

    References:
        https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/
    """
    if workload.ref not in origins(cluster) or burst(workload.ref, cluster):
        return
    alerts = slowdowns(workload.ref, cluster)
    if not alerts or (isinstance(alerts[0], Step) and load_step(workload.ref, cluster)):
        return
    peers = [growth(alert) for ref in origins(cluster) for alert in slowdowns(ref, cluster)]
    stands_out = growth(alerts[0]) >= max(peers) / 5
    slow = Effect(EffectKind.SLOW, workload.ref)
    yield Match(
        message=f"{workload.ref} is slow, while what it calls is not and its CPU is not saturated: {alerts[0].text}",
        evidence=tuple(alert.cite() for alert in alerts[:2]),
        effects=(slow, Effect(EffectKind.SERVING_ERRORS, workload.ref)),
        because=(slow,),
        since=alerts[0].started_at,
        directness=Directness.MEASURED if stands_out else Directness.SUGGESTED,
    )
