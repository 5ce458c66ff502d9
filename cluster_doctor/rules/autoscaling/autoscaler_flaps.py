"""An autoscaler that goes up and down without end."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Autoscaler, Event

_SIZE = re.compile(r"New size: (\d+); reason: (.{0,200})")

WINDOW = timedelta(hours=1)
"""How far back changes of size count; Events are kept for an hour by default."""

TURNS = 3
"""Changes of direction within the window; a load that comes and goes once turns once or twice."""


@rule(Severity.WARNING, subject=Autoscaler, needs=(Event,), directness=Directness.STATED)
def autoscaler_flaps(scaler: Autoscaler, cluster: ClusterSnapshot) -> Matches:
    """The autoscaler has changed its direction again and again within the hour.

    Why it matters:
        Pods are started and ended for nothing; each turn drops connections and cold caches slow the rest.

    Fires on:
        kind: HorizontalPodAutoscaler
        metadata: {name: web}
        spec: {minReplicas: 1, maxReplicas: 10, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}
        ---
        kind: Event
        metadata: {name: web.10}
        involvedObject: {kind: HorizontalPodAutoscaler, name: web, apiVersion: autoscaling/v2}
        reason: SuccessfulRescale
        type: Normal
        message: 'New size: 4; reason: cpu resource utilization (percentage of request) above target'
        lastTimestamp: '2026-01-01T11:10:00Z'
        ---
        kind: Event
        metadata: {name: web.20}
        involvedObject: {kind: HorizontalPodAutoscaler, name: web, apiVersion: autoscaling/v2}
        reason: SuccessfulRescale
        type: Normal
        message: 'New size: 1; reason: cpu resource utilization (percentage of request) above target'
        lastTimestamp: '2026-01-01T11:20:00Z'
        ---
        kind: Event
        metadata: {name: web.30}
        involvedObject: {kind: HorizontalPodAutoscaler, name: web, apiVersion: autoscaling/v2}
        reason: SuccessfulRescale
        type: Normal
        message: 'New size: 4; reason: cpu resource utilization (percentage of request) above target'
        lastTimestamp: '2026-01-01T11:30:00Z'
        ---
        kind: Event
        metadata: {name: web.40}
        involvedObject: {kind: HorizontalPodAutoscaler, name: web, apiVersion: autoscaling/v2}
        reason: SuccessfulRescale
        type: Normal
        message: 'New size: 1; reason: cpu resource utilization (percentage of request) above target'
        lastTimestamp: '2026-01-01T11:40:00Z'
        ---
        kind: Event
        metadata: {name: web.50}
        involvedObject: {kind: HorizontalPodAutoscaler, name: web, apiVersion: autoscaling/v2}
        reason: SuccessfulRescale
        type: Normal
        message: 'New size: 4; reason: cpu resource utilization (percentage of request) above target'
        lastTimestamp: '2026-01-01T11:50:00Z'

    Stays quiet on:
        kind: HorizontalPodAutoscaler
        metadata: {name: web}
        spec: {minReplicas: 1, maxReplicas: 10, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}
        ---
        kind: Event
        metadata: {name: web.10}
        involvedObject: {kind: HorizontalPodAutoscaler, name: web, apiVersion: autoscaling/v2}
        reason: SuccessfulRescale
        type: Normal
        message: 'New size: 2; reason: cpu resource utilization (percentage of request) above target'
        lastTimestamp: '2026-01-01T11:10:00Z'
        ---
        kind: Event
        metadata: {name: web.20}
        involvedObject: {kind: HorizontalPodAutoscaler, name: web, apiVersion: autoscaling/v2}
        reason: SuccessfulRescale
        type: Normal
        message: 'New size: 4; reason: cpu resource utilization (percentage of request) above target'
        lastTimestamp: '2026-01-01T11:20:00Z'
        ---
        kind: Event
        metadata: {name: web.30}
        involvedObject: {kind: HorizontalPodAutoscaler, name: web, apiVersion: autoscaling/v2}
        reason: SuccessfulRescale
        type: Normal
        message: 'New size: 6; reason: cpu resource utilization (percentage of request) above target'
        lastTimestamp: '2026-01-01T11:30:00Z'

    Remedy:
        Lengthen `behavior.scaleDown.stabilizationWindowSeconds`, and set a target that the work reaches without a
        single Pod more or less turning it over.

    References:
        https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#flapping
    """
    sizes = []
    for event in cluster.events_about(scaler.ref, "SuccessfulRescale"):
        found = _SIZE.search(event.message)
        if found and event.last_seen and cluster.taken_at - event.last_seen <= WINDOW:
            sizes.append((event.last_seen, int(found[1]), event))
    sizes.sort(key=lambda entry: (entry[0], entry[1]))
    numbers = [number for _, number, _ in sizes]
    steps = [after - before for before, after in pairwise(numbers) if after != before]
    turns = sum((before > 0) != (after > 0) for before, after in pairwise(steps))
    if turns < TURNS:
        return
    yield Match(
        message=f"HorizontalPodAutoscaler {scaler.name} turned {turns} times within the hour: "
        f"{', '.join(map(str, numbers[-8:]))} replicas",
        evidence=(*(event.cite_message() for _, _, event in sizes[-3:]), scaler.cite("spec.metrics")),
        blame=scaler.ref,
        effects=(Effect(EffectKind.SLOW, scaler.target), Effect(EffectKind.SERVING_ERRORS, scaler.target)),
        since=sizes[0][0],
    )
