"""A Pod sandbox that cannot be created."""

from __future__ import annotations

import re

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.rules.node.plugins import failing_network
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.selections import unwell_pods
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Event, Node, Pod

_HANDLER = re.compile(r"no runtime for \"?\S+ is configured|(?:find|unknown) runtime handler", re.IGNORECASE)
"""What containerd and CRI-O say of the handler of a RuntimeClass that they were not told of."""
_MEMORY = re.compile(r"OOM-killed|memory limit too low", re.IGNORECASE)
_ADDRESSES = re.compile(
    r"no more free|no more ips|no ip(?:v[46])? (?:addresses|available)|no (?:available|free) (?:ips?\b|address)"
    r"|insufficient.{0,40}addresses|insufficientfreeaddresses|exhausted|range is full|noavailableaddress"
    r"|failed to assign an ip address|could not allocate ip in range|all cidr ranges",
    re.IGNORECASE,
)
"""What the address managers say: host-local, Calico, Cilium, Amazon VPC, Azure, Kube-OVN, Whereabouts."""


@rule(Severity.ERROR, subject=Pod, needs=(Event,), directness=Directness.STATED, among=unwell_pods)
def sandbox_cannot_be_created(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The runtime cannot create the Pod's sandbox, most often for want of network.

    Why it matters:
        Without a sandbox the Pod has no address, and no container is started.

    Fires on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          nodeName: n1
          containers:
          - {name: app}
        status: {phase: Pending}
        ---
        kind: Event
        metadata: {name: e1}
        involvedObject: {kind: Pod, name: web-0}
        reason: FailedCreatePodSandBox
        type: Warning
        message: 'plugin type="calico" failed (add): no more free affine blocks and strict affinity enabled'

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          nodeName: n1
          containers:
          - {name: app}
        status: {phase: Running}

    Remedy:
        Repair the network plugin on the node, or enlarge its address pool.

    References:
        https://kubernetes.io/docs/concepts/extend-kubernetes/compute-storage-net/network-plugins/
    """
    if not pod.expected_to_run or pod.phase != "Pending":
        return
    for event in cluster.events_about(pod.ref, "FailedCreatePodSandBox", "NetworkNotReady")[:1]:
        if _MEMORY.search(event.message):
            return
        unstarted = Effect(EffectKind.POD_NOT_STARTED, pod.ref)
        exhausted = _ADDRESSES.search(event.message)
        yield Match(
            message=f"the sandbox of Pod {pod.name} cannot be created on node {pod.node_name}: "
            + ("no addresses are left: " if exhausted else "")
            + event.message[:300],
            evidence=(event.cite_message(),),
            blame=_blame(pod, event.message),
            effects=(unstarted,),
            because=(
                unstarted,
                Effect(EffectKind.NODE_NOT_READY, Node.ref_to(None, pod.node_name)),
                *(() if exhausted else failing_network(pod.node_name, cluster)),
            ),
            since=pod.created_at,
        )


def _blame(pod: Pod, message: str) -> ObjectRef | None:
    name = pod.text("spec", "runtimeClassName")
    if name and _HANDLER.search(message):
        return ObjectRef("RuntimeClass", name, None, "node.k8s.io/v1")
    return Node.ref_to(None, pod.node_name) if pod.node_name else None
