"""A workload whose memory use only ever grows."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.container.memory import oom_evidence
from cluster_doctor.rules.performance.trends import FEWEST, STEADY, grows_steadily, last_rise, rises, series_of
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.rules.selections import troubled_workloads
from cluster_doctor.snapshot.paths import text
from cluster_doctor.snapshot.records import Metric
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod, Workload

GROWTH = 2.0
"""A cache that fills and a load that comes back at noon seldom double what is used without a pause."""

TOOTH = 1.2
"""How much a rise that is seen again and again must have grown."""

TEETH = 2
NEAR_LIMIT = 0.8
"""Share of the limit at which such a rise ends: between two samples the rest is used up."""

LONG = 3600
"""Seconds that a rise must last: a start is over long before."""


@rule(
    Severity.ERROR,
    subject=Workload,
    needs=(Pod, Records.METRICS),
    directness=Directness.STATED,
    among=troubled_workloads,
)
def memory_use_keeps_growing(workload: Workload, cluster: ClusterSnapshot) -> Matches:
    """The workload's memory use has grown without a pause until the kernel killed it.

    Why it matters:
        A larger limit only puts off the next kill: what is allocated is never given back.

    Fires on:
        kind: Deployment
        metadata: {name: web}
        spec:
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: app, resources: {limits: {memory: '1Gi'}}}]}
        ---
        kind: Pod
        metadata:
          name: web-0
          labels: {app: web}
          ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]
        spec: {nodeName: n1, containers: [{name: app, resources: {limits: {memory: '1Gi'}}}]}
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
        kind: Metric
        subject: Deployment/web
        metric: memory_bytes
        times: [
          1767254400, 1767255000, 1767255600, 1767256200, 1767256800, 1767257400, 1767258000, 1767258600,
          1767259200, 1767259800, 1767260400, 1767261000, 1767261600
        ]
        values: [
          300000000, 350000000, 400000000, 450000000, 500000000, 550000000, 600000000, 650000000, 700000000,
          750000000, 800000000, 850000000, 900000000
        ]

    Stays quiet on:
        kind: Deployment
        metadata: {name: web}
        spec:
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: app, resources: {limits: {memory: '1Gi'}}}]}
        ---
        kind: Pod
        metadata:
          name: web-0
          labels: {app: web}
          ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]
        spec: {nodeName: n1, containers: [{name: app, resources: {limits: {memory: '1Gi'}}}]}
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
        kind: Metric
        subject: Deployment/web
        metric: memory_bytes
        times: [
          1767254400, 1767255000, 1767255600, 1767256200, 1767256800, 1767257400, 1767258000, 1767258600,
          1767259200, 1767259800, 1767260400, 1767261000, 1767261600
        ]
        values: [
          300000000, 320000000, 340000000, 300000000, 320000000, 340000000, 300000000, 320000000, 340000000,
          300000000, 320000000, 340000000, 300000000
        ]

    Remedy:
        Find what holds the memory (a heap profile, a cache without bound); until then restart in good time.

    References:
        https://kubernetes.io/docs/tasks/configure-pod-container/assign-memory-resource/
    """
    killed = _kills(workload, cluster, lately=True)
    rise = _rise(workload, cluster) if killed else None
    if rise is None and (killed := _kills(workload, cluster, lately=False)):
        rise = _saw(workload, cluster)
    if rise is None:
        return
    message, cited = rise
    yield Match(
        message=f"{workload.ref} uses ever more memory: {message}, until it is killed",
        evidence=(cited, *killed[:2]),
        effects=(Effect(EffectKind.MEMORY_LEAKING, workload.ref),),
    )


def _kills(workload: Workload, cluster: ClusterSnapshot, *, lately: bool) -> list[Evidence]:
    """Cite the kills for memory: those that count now, or all that the status remembers."""
    return [
        fact
        for pod in cluster.pods_of(workload.ref)
        for container in pod.containers
        for fact in (
            oom_evidence(pod, container, cluster)
            if lately
            else [pod.cite(f"{container.status_path}.lastState.terminated")]
            if text(container.last_terminated, "reason") == "OOMKilled"
            else []
        )
    ]


def _saw(workload: Workload, cluster: ClusterSnapshot) -> tuple[str, Evidence] | None:
    """A rise to the limit, a kill, and the same again: slow leaks outlive the time in which one kill is news."""
    limit = sum(float(container.limit("memory") or 0) for container in workload.template.containers)
    for series in series_of(workload.ref, Metric.MEMORY_BYTES, cluster) if limit else ():
        *ended, running = rises(series.values)
        grown = [part for part in ended if grows_steadily(part, TOOTH) and part[-1] >= NEAR_LIMIT * limit]
        still = len(running) < FEWEST or grows_steadily(running, 1.0)
        if len(grown) >= TEETH and len(grown) >= STEADY * (len(ended) - 1) and still:
            told = f"{len(grown)} times from {_mebibytes(grown[-1][0])} to {_mebibytes(grown[-1][-1])}"
            return told, series.cite(told, grown[-1][-1])
    return None


def _rise(workload: Workload, cluster: ClusterSnapshot) -> tuple[str, Evidence] | None:
    for series in series_of(workload.ref, Metric.MEMORY_BYTES, cluster):
        values = last_rise(series.values)
        if len(values) < 2 or not grows_steadily(values, GROWTH):
            values = _rise_before(series.values)
        seconds = series.times[1] - series.times[0] if len(series.times) > 1 else 0
        if grows_steadily(values, GROWTH) and seconds * len(values) >= LONG:
            told = (
                f"from {_mebibytes(values[0])} to {_mebibytes(values[-1])} in {seconds * len(values) / 3600:.1f} hours"
            )
            return told, series.cite(told, values[-1])
    return None


def _rise_before(values: tuple[float, ...]) -> tuple[float, ...]:
    """The samples between the last two falls: after a kill the new rise is still short."""
    rest = values[: len(values) - len(last_rise(values))]
    return tuple(last_rise(rest))


def _mebibytes(value: float) -> str:
    return f"{value / (1 << 20):.0f}Mi"
