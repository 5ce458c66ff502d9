"""A workload whose answers take longer than before."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity, Stage
from cluster_doctor.rules.performance.anomalies import slowdowns
from cluster_doctor.rules.protocol import OBSERVED, Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Workload


@rule(Severity.WARNING, subject=Workload, needs=(OBSERVED,), stage=Stage.SYMPTOM, directness=Directness.MEASURED)
def alert_reports_slowness(workload: Workload, cluster: ClusterSnapshot) -> Matches:
    """An alert, or its own series, shows that the workload answers more slowly than before.

    Why it matters:
        Users wait, and timeouts turn slowness into errors.

    Fires on:
        {kind: Deployment, metadata: {name: web}, spec: {template: {metadata: {labels: {app: web}}}}}
        ---
        {kind: Deployment, metadata: {name: cart}, spec: {template: {metadata: {labels: {app: cart}}}}}
        ---
        {kind: CallEdge, caller: Deployment/web, callee: Deployment/cart}
        ---
        {kind: Alert, subject: Deployment/web, anomaly: latency, before: 20, now: 900, text: p95 high}

    Stays quiet on:
        {kind: Deployment, metadata: {name: web}, spec: {template: {metadata: {labels: {app: web}}}}}
        ---
        {kind: Deployment, metadata: {name: cart}, spec: {template: {metadata: {labels: {app: cart}}}}}
        ---
        {kind: CallEdge, caller: Deployment/web, callee: Deployment/cart}
        ---
        {kind: Alert, subject: Deployment/web, anomaly: latency, before: 20, now: 22, text: p95 high}

    Remedy:
        Find the deepest workload of the call graph that is slow.

    References:
        https://sre.google/sre-book/monitoring-distributed-systems/
    """
    found = slowdowns(workload.ref, cluster)
    if found:
        yield Match(
            message=f"{workload.ref} answers slowly: {found[0].text}",
            evidence=(found[0].cite(),),
            effects=(Effect(EffectKind.SLOW, workload.ref),),
            since=found[0].started_at,
        )
