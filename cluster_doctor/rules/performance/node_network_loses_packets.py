"""A node that loses packets."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.rules.performance.anomalies import growth, nodes_of, retransmissions, troubled
from cluster_doctor.rules.protocol import OBSERVED, Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Node, Pod

MANY = 1.0
"""Retransmitted segments a second; a healthy link on a busy node stays below."""

RISE = 10.0
"""How many times more than before."""


@rule(Severity.ERROR, subject=Node, needs=(OBSERVED, Pod), directness=Directness.REPORTED)
def node_network_loses_packets(node: Node, cluster: ClusterSnapshot) -> Matches:
    """The node retransmits TCP segments far more often than before, and several workloads are slow.

    Why it matters:
        Every lost segment costs its sender a timeout; calls over the node's link take long or fail.

    Fires on:
        kind: Node
        metadata: {name: n1}
        ---
        kind: Deployment
        metadata: {name: web}
        spec:
          template:
            metadata:
              labels: {app: web}
        ---
        kind: Deployment
        metadata: {name: cart}
        spec:
          template:
            metadata:
              labels: {app: cart}
        ---
        kind: Pod
        metadata:
          name: web-0
          labels: {app: web}
          ownerReferences:
          - {apiVersion: apps/v1, kind: Deployment, name: web, controller: true}
        spec: {nodeName: n1}
        status: {phase: Running}
        ---
        kind: Pod
        metadata:
          name: cart-0
          labels: {app: cart}
          ownerReferences:
          - {apiVersion: apps/v1, kind: Deployment, name: cart, controller: true}
        spec: {nodeName: n1}
        status: {phase: Running}
        ---
        {kind: Alert, subject: Node/n1, anomaly: tcp retransmission, before: 0.01, now: 9.5, text: retransmits}
        ---
        {kind: Alert, subject: Deployment/cart, anomaly: latency, before: 5, now: 900, text: p50 high}
        ---
        {kind: Alert, subject: Deployment/web, anomaly: latency, before: 20, now: 900, text: p95 high}

    Stays quiet on:
        kind: Node
        metadata: {name: n1}
        ---
        kind: Deployment
        metadata: {name: web}
        spec:
          template:
            metadata:
              labels: {app: web}
        ---
        kind: Deployment
        metadata: {name: cart}
        spec:
          template:
            metadata:
              labels: {app: cart}
        ---
        kind: Pod
        metadata:
          name: web-0
          labels: {app: web}
          ownerReferences:
          - {apiVersion: apps/v1, kind: Deployment, name: web, controller: true}
        spec: {nodeName: n1}
        status: {phase: Running}
        ---
        kind: Pod
        metadata:
          name: cart-0
          labels: {app: cart}
          ownerReferences:
          - {apiVersion: apps/v1, kind: Deployment, name: cart, controller: true}
        spec: {nodeName: n1}
        status: {phase: Running}
        ---
        {kind: Alert, subject: Node/n1, anomaly: tcp retransmission, before: 0.01, now: 0.02, text: retransmits}

    Remedy:
        Check the node's interface, cable, driver and tc rules; drain the node until it is mended.

    References:
        https://kubernetes.io/docs/tasks/debug/debug-cluster/
    """
    alerts = [found for found in retransmissions(node, cluster) if (found.now or 0) >= MANY]
    if not alerts or growth(alerts[0]) < RISE or len(troubled(cluster)) < 2:
        return
    yield Match(
        message=f"node {node.name} retransmits {alerts[0].now:g} TCP segments a second: {alerts[0].text}",
        evidence=tuple(alert.cite() for alert in alerts[:2]),
        effects=(
            Effect(EffectKind.NODE_NETWORK_IMPAIRED, node.ref),
            *(Effect(EffectKind.SLOW, ref) for ref in _talking_across(node, cluster)),
        ),
        since=alerts[0].started_at,
    )


def _talking_across(node: Node, cluster: ClusterSnapshot) -> Iterator[ObjectRef]:
    """Troubled workloads elsewhere that call somebody on the node."""
    for ref in troubled(cluster):
        if any(node.name in nodes_of(callee, cluster) for callee in cluster.callees_of(ref)):
            yield ref
