"""A node whose kube-proxy is down."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.node.services import service_down
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Node


@rule(Severity.CRITICAL, subject=Node, needs=(Records.NODE_SERVICES,), directness=Directness.STATED)
def service_proxy_is_down(node: Node, cluster: ClusterSnapshot) -> Matches:
    """The kube-proxy of the node is down, so that Services cannot be reached from there.

    Why it matters:
        Addresses of Services are made by kube-proxy on each node; without it they lead nowhere or to Pods long gone.

    Fires on:
        {kind: Node, metadata: {name: n1}}
        ---
        {kind: NodeService, node: n1, service: kube-proxy, active: inactive, detail: (dead)}

    Stays quiet on:
        {kind: Node, metadata: {name: n1}}
        ---
        {kind: NodeService, node: n1, service: kube-proxy, active: active, detail: (running)}

    Remedy:
        Start kube-proxy on the node, or its Pod if it runs as a DaemonSet.

    References:
        https://kubernetes.io/docs/reference/networking/virtual-ips/
    """
    stopped = service_down(cluster, node.name, "kube-proxy")
    if stopped is None:
        return
    probes = [probe for probe in cluster.connection_probes if probe.from_node == node.name and not probe.succeeded]
    yield Match(
        message=f"kube-proxy of node {node.name} is down: {stopped.active} {stopped.detail}".rstrip(),
        evidence=(stopped.cite(), *(probe.cite() for probe in probes[:2])),
        effects=(Effect(EffectKind.NODE_NETWORK_IMPAIRED, node.ref),),
        since=stopped.since,
    )
