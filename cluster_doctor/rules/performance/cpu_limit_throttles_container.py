"""A container that is paused because of its CPU limit."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.performance.anomalies import NOTABLE as RISE
from cluster_doctor.rules.performance.anomalies import burst, slowdowns, troubled
from cluster_doctor.rules.performance.trends import recent_level, series_of
from cluster_doctor.rules.protocol import OBSERVED, Matches, rule
from cluster_doctor.snapshot.quantity import format_quantity
from cluster_doctor.snapshot.records import Metric
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod, Workload

NOTABLE = 0.25
"""Seconds of pause in a second: requests wait for a quarter of their time at least."""

ALERTS = frozenset({"CPUThrottlingHigh"})
"""The alert of kubernetes-mixin that compares paused with all scheduling periods."""


@rule(Severity.ERROR, subject=Workload, needs=(Pod, OBSERVED), directness=Directness.MEASURED)
def cpu_limit_throttles_container(workload: Workload, cluster: ClusterSnapshot) -> Matches:
    """The workload is slow, and the kernel pauses its containers because they reach their CPU limit.

    Why it matters:
        A container that has used up its share of a period of 100 ms waits for the next one; on average it seems idle.

    Fires on:
        kind: Deployment
        metadata: {name: web}
        spec:
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: app, resources: {limits: {cpu: '200m'}}}]}
        ---
        kind: Pod
        metadata:
          name: web-0
          labels: {app: web}
          ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]
        spec: {nodeName: n1, containers: [{name: app}]}
        status:
          phase: Running
          conditions: [{type: Ready, status: 'True'}]
          containerStatuses: [{name: app, ready: true, restartCount: 0, state: {running: {}}}]
        ---
        {kind: Alert, subject: Deployment/web, anomaly: latency, before: 40, now: 900, text: p95 high}
        ---
        kind: Metric
        subject: Deployment/web
        metric: cpu_throttled_seconds_per_second
        times: [1767254400, 1767255000, 1767255600, 1767256200]
        values: [0.02, 0.1, 0.4, 0.6]

    Stays quiet on:
        kind: Deployment
        metadata: {name: web}
        spec:
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: app, resources: {limits: {cpu: '200m'}}}]}
        ---
        kind: Pod
        metadata:
          name: web-0
          labels: {app: web}
          ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]
        spec: {nodeName: n1, containers: [{name: app}]}
        status:
          phase: Running
          conditions: [{type: Ready, status: 'True'}]
          containerStatuses: [{name: app, ready: true, restartCount: 0, state: {running: {}}}]
        ---
        {kind: Alert, subject: Deployment/web, anomaly: latency, before: 40, now: 900, text: p95 high}
        ---
        kind: Metric
        subject: Deployment/web
        metric: cpu_throttled_seconds_per_second
        times: [1767254400, 1767255000, 1767255600, 1767256200]
        values: [0.0, 0.01, 0.0, 0.02]

    Remedy:
        Raise `resources.limits.cpu` above the bursts, or drop it and keep the request.

    References:
        https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#how-pods-with-resource-limits-are-run
        https://runbooks.prometheus-operator.dev/runbooks/kubernetes/cputhrottlinghigh/
    """
    limited = [container for container in workload.template.containers if container.limit("cpu")]
    if not limited or workload.ref not in troubled(cluster) or burst(workload.ref, cluster):
        return  # where its use has jumped, that is the cause and the limit only meets it
    said = _throttling(workload, cluster)
    if said is None:
        return
    told, evidence = said
    tightest = min(limited, key=lambda container: container.limit("cpu") or 0)
    limit = tightest.limit("cpu")
    shown = format_quantity(limit, binary=False) if limit else ""
    yield Match(
        message=f"{workload.ref} is slow because container {tightest.name} reaches its CPU limit of {shown}: {told}",
        evidence=(evidence, workload.cite(f"{tightest.path}.resources.limits.cpu")),
        effects=(Effect(EffectKind.SLOW, workload.ref), Effect(EffectKind.SERVING_ERRORS, workload.ref)),
        facts=(("container", tightest.name), ("limit", shown)),
    )


def _throttling(workload: Workload, cluster: ClusterSnapshot) -> tuple[str, Evidence] | None:
    for ref in (workload.ref, *(pod.ref for pod in cluster.pods_of(workload.ref))):
        for alert in cluster.alerts_on(ref):
            if alert.name in ALERTS:
                return alert.text, alert.cite()
    for series in series_of(workload.ref, Metric.CPU_THROTTLED, cluster):
        level = recent_level(series.values) if series.values else 0.0
        before = recent_level(series.values[: max(1, len(series.values) // 4)]) if series.values else 0.0
        new = any(alert.before for alert in slowdowns(workload.ref, cluster))
        if level >= NOTABLE and (not new or level >= RISE * before):  # what was there before explains no change
            told = f"paused for {level:.2f} s of every second"
            return told, series.cite(told, level)
    return None
