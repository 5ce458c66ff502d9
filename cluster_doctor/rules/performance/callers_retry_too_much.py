"""Callers that repeat their calls until the callee drowns in them."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.rules.performance.anomalies import troubled
from cluster_doctor.rules.performance.trends import FEWEST, recent_level
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.snapshot.records import Metric
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Workload

MANY = 2.5
"""Times the requests that there were: three attempts for each call, less what succeeds at once."""

STEADY = 1.5
"""Growth of a caller's own load up to which it does not explain its calls."""


@rule(Severity.ERROR, subject=Workload, needs=(Records.METRICS, Records.ALERTS), directness=Directness.MEASURED)
def callers_retry_too_much(callee: Workload, cluster: ClusterSnapshot) -> Matches:
    """The workload gets several times the requests that it did, while its callers get no more than before.

    Why it matters:
        A timeout below the callee's latency, with retries, multiplies the load just when there is no room for it; the
        storm goes on after what began it has passed.

    Fires on:
        kind: Deployment
        metadata: {name: web}
        spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: app}]}}}
        ---
        kind: Deployment
        metadata: {name: cart}
        spec: {template: {metadata: {labels: {app: cart}}, spec: {containers: [{name: app}]}}}
        ---
        {kind: CallEdge, caller: Deployment/web, callee: Deployment/cart}
        ---
        kind: Metric
        subject: Deployment/web
        metric: requests_per_second
        times: [
          1767265200, 1767265320, 1767265440, 1767265560, 1767265680, 1767265800, 1767265920, 1767266040,
          1767266160, 1767266280, 1767266400, 1767266520
        ]
        values: [10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10]
        ---
        kind: Metric
        subject: Deployment/cart
        metric: requests_per_second
        times: [
          1767265200, 1767265320, 1767265440, 1767265560, 1767265680, 1767265800, 1767265920, 1767266040,
          1767266160, 1767266280, 1767266400, 1767266520
        ]
        values: [10, 10, 10, 10, 10, 10, 55, 55, 55, 55, 55, 55]
        ---
        {kind: Alert, subject: Deployment/cart, anomaly: latency, before: 40, now: 900, text: p95 high}

    Stays quiet on:
        kind: Deployment
        metadata: {name: web}
        spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: app}]}}}
        ---
        kind: Deployment
        metadata: {name: cart}
        spec: {template: {metadata: {labels: {app: cart}}, spec: {containers: [{name: app}]}}}
        ---
        {kind: CallEdge, caller: Deployment/web, callee: Deployment/cart}
        ---
        kind: Metric
        subject: Deployment/web
        metric: requests_per_second
        times: [
          1767265200, 1767265320, 1767265440, 1767265560, 1767265680, 1767265800, 1767265920, 1767266040,
          1767266160, 1767266280, 1767266400, 1767266520
        ]
        values: [10, 10, 10, 10, 10, 10, 55, 55, 55, 55, 55, 55]
        ---
        kind: Metric
        subject: Deployment/cart
        metric: requests_per_second
        times: [
          1767265200, 1767265320, 1767265440, 1767265560, 1767265680, 1767265800, 1767265920, 1767266040,
          1767266160, 1767266280, 1767266400, 1767266520
        ]
        values: [10, 10, 10, 10, 10, 10, 55, 55, 55, 55, 55, 55]
        ---
        {kind: Alert, subject: Deployment/cart, anomaly: latency, before: 40, now: 900, text: p95 high}

    Remedy:
        Raise the callers' timeout above the callee's latency, bound their retries, and back off between them.

    References:
        https://sre.google/sre-book/addressing-cascading-failures/
    """
    grown = _growth(callee.ref, cluster)
    if callee.ref not in troubled(cluster) or grown is None or grown < MANY:
        return
    callers = {ref: _growth(ref, cluster) for ref in sorted(cluster.callers_of(callee.ref)) if ref.kind != "Service"}
    series = cluster.series(callee.ref, Metric.REQUESTS)
    if series is None or not callers or any(growth is None or growth > STEADY for growth in callers.values()):
        return
    names = ", ".join(str(ref) for ref in list(callers)[:4])
    told = f"{grown:.1f} times the requests of before"
    yield Match(
        message=f"{callee.ref} gets {told}, while {names}, which calls it, gets no more: calls are repeated",
        evidence=(series.cite(told, round(grown, 2)), *(alert.cite() for alert in cluster.alerts_on(callee.ref)[:1])),
        blame=next(iter(callers)) if len(callers) == 1 else callee.ref,
        effects=(Effect(EffectKind.SLOW, callee.ref), Effect(EffectKind.SERVING_ERRORS, callee.ref)),
        facts=(("callers", names),),
    )


def _growth(ref: ObjectRef, cluster: ClusterSnapshot) -> float | None:
    """How many times the requests of the first quarter of the series the last one has; None if that is not known."""
    series = cluster.series(ref, Metric.REQUESTS)
    if series is None or len(series.values) < FEWEST:
        return None
    before = recent_level(series.values[: len(series.values) // 4])
    return recent_level(series.values) / before if before > 0 else None
