"""A workload that answers with errors."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity, Stage
from cluster_doctor.rules.performance.anomalies import errors
from cluster_doctor.rules.protocol import OBSERVED, Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Workload


@rule(Severity.WARNING, subject=Workload, needs=(OBSERVED,), stage=Stage.SYMPTOM, directness=Directness.MEASURED)
def alert_reports_errors(workload: Workload, cluster: ClusterSnapshot) -> Matches:
    """An alert, or its own series, shows that the workload answers with errors more often than before.

    Why it matters:
        Users are refused what they came for.

    Fires on:
        {kind: Deployment, metadata: {name: web}, spec: {template: {metadata: {labels: {app: web}}}}}
        ---
        {kind: Deployment, metadata: {name: cart}, spec: {template: {metadata: {labels: {app: cart}}}}}
        ---
        {kind: CallEdge, caller: Deployment/web, callee: Deployment/cart}
        ---
        {kind: Alert, subject: Deployment/web, anomaly: errors, before: 100, now: 60, text: success rate fell}

    Stays quiet on:
        {kind: Deployment, metadata: {name: web}, spec: {template: {metadata: {labels: {app: web}}}}}
        ---
        {kind: Deployment, metadata: {name: cart}, spec: {template: {metadata: {labels: {app: cart}}}}}
        ---
        {kind: CallEdge, caller: Deployment/web, callee: Deployment/cart}
        ---
        {kind: Alert, subject: Deployment/web, anomaly: traffic drop, before: 20, now: 22, text: fewer}

    Remedy:
        Find the deepest workload of the call graph that fails.

    References:
        https://sre.google/sre-book/monitoring-distributed-systems/
    """
    found = errors(workload.ref, cluster)
    if found:
        yield Match(
            message=f"{workload.ref} answers with errors: {found[0].text}",
            evidence=(found[0].cite(),),
            effects=(Effect(EffectKind.SERVING_ERRORS, workload.ref),),
            since=found[0].started_at,
        )
