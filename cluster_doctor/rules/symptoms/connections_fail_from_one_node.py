"""A node from which Services cannot be reached."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity, Stage
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Node


@rule(
    Severity.WARNING,
    subject=Node,
    needs=(Records.CONNECTION_PROBES,),
    stage=Stage.SYMPTOM,
    directness=Directness.REPORTED,
)
def connections_fail_from_one_node(node: Node, cluster: ClusterSnapshot) -> Matches:
    """Connections that succeed from other nodes fail from this one.

    Why it matters:
        What differs is the node: its kube-proxy, its network plugin or its link.

    Fires on:
        {kind: Node, metadata: {name: n1}}
        ---
        {kind: ConnectionProbe, target: Service/web, port: 80, succeeded: false, from_node: n1, text: timed out}
        ---
        {kind: ConnectionProbe, target: Service/web, port: 80, succeeded: true, from_node: n2, text: open}

    Stays quiet on:
        {kind: Node, metadata: {name: n1}}
        ---
        {kind: ConnectionProbe, target: Service/web, port: 80, succeeded: false, from_node: n1, text: timed out}
        ---
        {kind: ConnectionProbe, target: Service/web, port: 80, succeeded: false, from_node: n2, text: timed out}

    Remedy:
        Look at kube-proxy and the network plugin on the node.

    References:
        https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/#is-kube-proxy-working
    """
    here = [probe for probe in cluster.connection_probes if probe.from_node == node.name]
    reached = {(p.target, p.port) for p in cluster.connection_probes if p.succeeded and p.from_node != node.name}
    failed = [probe for probe in here if not probe.succeeded and (probe.target, probe.port) in reached]
    if not failed or len(failed) < len(here) / 2:
        return
    yield Match(
        message=f"{len(failed)} Services that other nodes reach cannot be reached from node {node.name}",
        evidence=tuple(probe.cite() for probe in failed[:3]),
        effects=(Effect(EffectKind.NODE_NETWORK_IMPAIRED, node.ref),),
    )
