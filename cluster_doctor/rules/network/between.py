"""The reachability question as a person asks it: between workloads, Pods, Services and addresses."""

from __future__ import annotations

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.rules.network.peers import OutsidePeer, Peer, PodPeer, UnreadPeer
from cluster_doctor.rules.network.reachability import Access, Passage, may_reach
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod, Service

_MOST = 5
"""Pods of one workload that are asked about; they come from one template."""


def reachability(
    cluster: ClusterSnapshot, source: ObjectRef | str, target: ObjectRef | str, port: int, protocol: str = "TCP"
) -> Passage:
    """Say whether one end may open a connection to the other, and which policies decide.

    Args:
        cluster: the picture.
        source: a Pod, a workload, or an address outside the cluster.
        target: the same, or a Service, whose port is then followed to that of its Pods.
        port: number of the port on the target.
        protocol: TCP, UDP or SCTP.

    Returns:
        The worst answer over all pairs of Pods: what one of them is denied, a client meets now and then.
    """
    number: int | str = port
    service = cluster.find(target) if isinstance(target, ObjectRef) and target.kind == Service.kind else None
    if isinstance(service, Service):
        offered = next((entry for entry in service.ports if (entry.number, entry.protocol) == (port, protocol)), None)
        if offered is None:
            return Passage(Access.UNKNOWN, f"{service.ref} offers no port {port}/{protocol}")
        number = int(offered.target) if offered.target.isdigit() else offered.target
    answers = [
        may_reach(here, there, number, cluster, protocol=protocol)
        for here in _peers(source, cluster)
        for there in _peers(target, cluster)
    ]
    order = (Access.DENIED, Access.UNKNOWN, Access.ALLOWED)
    return min(answers, key=lambda passage: order.index(passage.access))


def _peers(end: ObjectRef | str, cluster: ClusterSnapshot) -> list[Peer]:
    if isinstance(end, str):
        return [OutsidePeer(end)]
    view = cluster.find(end)
    pods = [view] if isinstance(view, Pod) else cluster.pods_of(end)
    if isinstance(view, Service):
        pods = cluster.select(view.namespace, view.selector)
    found: list[Peer] = []
    found += [PodPeer(pod) for pod in pods if pod.expected_to_run][:_MOST]
    return found or [UnreadPeer(end.namespace or "")]
