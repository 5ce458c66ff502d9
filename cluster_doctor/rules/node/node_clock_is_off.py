"""A node whose clock differs from that of the others."""

from __future__ import annotations

from datetime import timedelta
from statistics import median

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Lease, Node

TOLERANCE = timedelta(minutes=2)
"""Kubelets renew their leases every ten seconds; what differs by more than this does so by the clock."""

_NAMESPACE = "kube-node-lease"


@rule(Severity.ERROR, subject=Node, needs=(Lease,))
def node_clock_is_off(node: Node, cluster: ClusterSnapshot) -> Matches:
    """The node renews its lease in time, and the time that it writes is not that of the other nodes.

    Why it matters:
        Certificates and tokens are not yet valid or already expired on that node alone; the node itself stays
        Ready, because the control plane measures by its own clock that leases are renewed.

    Fires on:
        {kind: Node, metadata: {name: n1}, status: {conditions: [{type: Ready, status: 'True'}]}}
        ---
        {kind: Lease, metadata: {name: n1, namespace: kube-node-lease}, spec: {renewTime: '2026-01-03T11:59:55Z'}}
        ---
        {kind: Lease, metadata: {name: n2, namespace: kube-node-lease}, spec: {renewTime: '2026-01-01T11:59:51Z'}}
        ---
        {kind: Lease, metadata: {name: n3, namespace: kube-node-lease}, spec: {renewTime: '2026-01-01T11:59:58Z'}}

    Stays quiet on:
        {kind: Node, metadata: {name: n1}, status: {conditions: [{type: Ready, status: 'True'}]}}
        ---
        {kind: Lease, metadata: {name: n1, namespace: kube-node-lease}, spec: {renewTime: '2026-01-01T11:59:55Z'}}
        ---
        {kind: Lease, metadata: {name: n2, namespace: kube-node-lease}, spec: {renewTime: '2026-01-01T11:59:51Z'}}
        ---
        {kind: Lease, metadata: {name: n3, namespace: kube-node-lease}, spec: {renewTime: '2026-01-01T11:59:58Z'}}

    Remedy:
        Restore time synchronisation on the node (chrony, systemd-timesyncd).

    References:
        https://kubernetes.io/docs/concepts/architecture/leases/#node-heart-beats
    """
    lease = cluster.get(Lease, _NAMESPACE, node.name)
    if lease is None or lease.renewed_at is None or node.ready != "True":
        return
    others = [
        other.renewed_at.timestamp()
        for other in cluster.within(Lease, _NAMESPACE)
        if other.renewed_at is not None and other.name != node.name
    ]
    if len(others) < 2:
        return
    middle = median(others)
    agreeing = sum(abs(other - middle) < TOLERANCE.total_seconds() for other in others)
    ahead = lease.renewed_at.timestamp() - middle
    if abs(ahead) < TOLERANCE.total_seconds() or agreeing * 2 <= len(others):
        return
    yield Match(
        message=f"the clock of node {node.name} is {'ahead of' if ahead > 0 else 'behind'} that of the others "
        f"by {timedelta(seconds=round(abs(ahead)))}",
        evidence=(lease.cite("spec.renewTime"), node.cite(f"{node.condition_path('Ready')}.status")),
        blame=node.ref,
        effects=tuple(
            Effect(kind, ref)
            for ref in sorted({cluster.workload_ref(pod.ref) for pod in cluster.pods_on(node.name)})
            for kind in (EffectKind.CALLS_FAILING, EffectKind.SERVING_ERRORS)
        ),
        facts=(("seconds", str(round(ahead))),),
    )
