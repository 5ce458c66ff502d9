"""A scheduler that has stopped."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.node.services import service_down
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.rules.scheduling.attempt import unscheduled
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Node, Pod


@rule(Severity.CRITICAL, subject=Node, needs=(Records.NODE_SERVICES,), directness=Directness.STATED)
def scheduler_has_stopped(node: Node, cluster: ClusterSnapshot) -> Matches:
    """The kube-scheduler service on the node has stopped, and none runs elsewhere.

    Why it matters:
        New Pods stay Pending without a word; running ones are safe until they move.

    Fires on:
        {kind: Node, metadata: {name: n1}}
        ---
        {kind: NodeService, node: n1, service: kube-scheduler, active: inactive, detail: (dead)}

    Stays quiet on:
        {kind: Node, metadata: {name: n1}}
        ---
        {kind: NodeService, node: n1, service: kube-scheduler, active: active, detail: (running)}

    Remedy:
        Start kube-scheduler on the node and read why it ended.

    References:
        https://kubernetes.io/docs/concepts/scheduling-eviction/kube-scheduler/
    """
    stopped = service_down(cluster, node.name, "kube-scheduler")
    if stopped is None or any(e.service == "kube-scheduler" and e.active == "active" for e in cluster.node_services):
        return
    yield Match(
        message=f"kube-scheduler of node {node.name} is down: {stopped.active} {stopped.detail}".rstrip(),
        evidence=(stopped.cite(),),
        effects=tuple(Effect(EffectKind.POD_NOT_SCHEDULED, pod.ref) for pod in cluster.all(Pod) if unscheduled(pod)),
        since=stopped.since,
    )
