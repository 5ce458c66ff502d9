"""A caller that sends so much that the callee runs out of memory."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.rules.container.memory import oom_evidence
from cluster_doctor.rules.performance.trends import FEWEST, recent_level, series_of
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.rules.selections import troubled_workloads
from cluster_doctor.snapshot.records import Anomaly, Metric
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod, Workload

MANY = 3.0
"""Times the packets that there were; the day's load seldom triples within the hours that are recorded."""


@rule(
    Severity.ERROR,
    subject=Workload,
    needs=(Pod, Records.METRICS),
    directness=Directness.MEASURED,
    among=troubled_workloads,
)
def caller_floods_workload(callee: Workload, cluster: ClusterSnapshot) -> Matches:
    """The workload is killed for memory, and one of its callers sends several times what it did.

    Why it matters:
        A cache or a queue holds what it is sent; its limit was right until one client began to send more than all.

    Fires on:
        kind: Deployment
        metadata: {name: web}
        spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: app}]}}}
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
          containerStatuses:
          - name: app
            ready: true
            restartCount: 2
            state: {running: {}}
            lastState: {terminated: {exitCode: 137, reason: OOMKilled, finishedAt: '2026-01-01T11:50:00Z'}}
        ---
        kind: Deployment
        metadata: {name: importer}
        spec: {template: {metadata: {labels: {app: importer}}, spec: {containers: [{name: app}]}}}
        ---
        {kind: CallEdge, caller: Deployment/importer, callee: Deployment/web}
        ---
        kind: Metric
        subject: Deployment/importer
        metric: network_sent_packets_per_second
        times: [
          1767265200, 1767265320, 1767265440, 1767265560, 1767265680, 1767265800, 1767265920, 1767266040,
          1767266160, 1767266280, 1767266400, 1767266520
        ]
        values: [10, 10, 10, 10, 10, 10, 90, 90, 90, 90, 90, 90]

    Stays quiet on:
        kind: Deployment
        metadata: {name: web}
        spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: app}]}}}
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
          containerStatuses:
          - name: app
            ready: true
            restartCount: 2
            state: {running: {}}
            lastState: {terminated: {exitCode: 137, reason: OOMKilled, finishedAt: '2026-01-01T11:50:00Z'}}
        ---
        kind: Deployment
        metadata: {name: importer}
        spec: {template: {metadata: {labels: {app: importer}}, spec: {containers: [{name: app}]}}}
        ---
        {kind: CallEdge, caller: Deployment/importer, callee: Deployment/web}
        ---
        kind: Metric
        subject: Deployment/importer
        metric: network_sent_packets_per_second
        times: [
          1767265200, 1767265320, 1767265440, 1767265560, 1767265680, 1767265800, 1767265920, 1767266040,
          1767266160, 1767266280, 1767266400, 1767266520
        ]
        values: [10, 11, 10, 11, 10, 11, 10, 11, 10, 11, 10, 11]

    Remedy:
        Stop or slow down the caller; bound what the callee keeps (`maxmemory`, retention, message size).

    References:
        https://kubernetes.io/docs/tasks/configure-pod-container/assign-memory-resource/
    """
    killed = [
        fact
        for pod in cluster.pods_of(callee.ref)
        for container in pod.containers
        for fact in oom_evidence(pod, container, cluster)
    ]
    if not killed:
        return
    for caller in sorted(ref for ref in cluster.callers_of(callee.ref) if ref.kind != "Service"):
        surge = _surge(caller, cluster)
        if surge is not None:
            told, evidence = surge
            yield Match(
                message=f"{caller} floods {callee.ref}, which is killed for memory: {told}",
                evidence=(evidence, *killed[:2]),
                blame=caller,
                effects=(Effect(EffectKind.FLOODED, callee.ref),),
                about=str(callee.ref),
            )


def _surge(caller: ObjectRef, cluster: ClusterSnapshot) -> tuple[str, Evidence] | None:
    for alert in cluster.alerts_on(caller):
        if alert.anomaly is Anomaly.TRAFFIC_SURGE:
            return alert.text, alert.cite()
    for series in series_of(caller, Metric.SENT, cluster):
        if len(series.values) < FEWEST:
            continue
        before, now = recent_level(series.values[: len(series.values) // 4]), recent_level(series.values)
        if before > 0 and now >= MANY * before:
            told = f"it sends {now / before:.1f} times the packets of before"
            return told, series.cite(told, round(now / before, 1))
    return None
