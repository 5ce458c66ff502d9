"""A node whose network is slow."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.performance.anomalies import burst, errors, origins, shared_node, slowdowns
from cluster_doctor.rules.protocol import OBSERVED, Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Node, Pod


@rule(Severity.ERROR, subject=Node, needs=(OBSERVED, Pod), directness=Directness.MEASURED)
def node_network_is_slow(node: Node, cluster: ClusterSnapshot) -> Matches:
    """Several workloads are slow on their own account, and the node is what they share.

    Why it matters:
        One cause is likelier than several at once: what the workloads share is the node and its link.

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
        {kind: CallEdge, caller: Deployment/web, callee: Deployment/cart}
        ---
        {kind: Alert, subject: Deployment/cart, anomaly: latency, before: 5, now: 900, text: p50 high}
        ---
        {kind: Alert, subject: Deployment/web, anomaly: latency, before: 20, now: 900, text: p95 high}

    Remedy:
        Measure latency between this node and others; check its interface and tc rules; drain it until it is mended.

    References:
        https://kubernetes.io/docs/tasks/debug/debug-cluster/
    """
    if shared_node(cluster) != node.name:
        return
    slow = [ref for ref in origins(cluster) if slowdowns(ref, cluster) or errors(ref, cluster)]
    if any(burst(ref, cluster) for ref in slow) or not any(slowdowns(ref, cluster) for ref in slow):
        return  # errors alone are answers, which came through
    yield Match(
        message=f"{len(slow)} workloads that share nothing but node "
        f"{node.name} are slow: {', '.join(ref.name for ref in slow)}",
        evidence=tuple((slowdowns(ref, cluster) or errors(ref, cluster))[0].cite() for ref in slow[:4]),
        effects=(
            Effect(EffectKind.NODE_NETWORK_IMPAIRED, node.ref),
            *(Effect(EffectKind.SLOW, ref) for ref in slow),
        ),
    )
