"""Nodes that would take the Pod, but are cordoned."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.scheduling.attempt import Refusal
from cluster_doctor.rules.scheduling.fit import fit_of, unfit_pods
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Node, Pod


@rule(Severity.ERROR, subject=Pod, needs=(Node,), directness=Directness.STATED, among=unfit_pods)
def nodes_are_cordoned(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The only nodes that fit the Pod are cordoned.

    Why it matters:
        A cordon left behind after maintenance keeps every new Pod off the node.

    Fires on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          containers:
          - {name: app}
        status:
          phase: Pending
          conditions:
          - {type: PodScheduled, status: 'False', reason: Unschedulable, message: '0/1 nodes are available:
              1 node(s) were unschedulable.'}
        ---
        kind: Node
        metadata: {name: n1}
        spec: {unschedulable: true}

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          nodeName: n1
          containers:
          - {name: app}
        status: {phase: Running}
        ---
        kind: Node
        metadata: {name: n1}
        spec: {unschedulable: true}

    Remedy:
        `kubectl uncordon` the node when its maintenance is over, or let the Pod run elsewhere.

    References:
        https://kubernetes.io/docs/concepts/architecture/nodes/#manual-node-administration
    """
    fit = fit_of(pod, cluster)
    if fit is None or not fit.causes.get(Refusal.CORDONED):
        return
    names = fit.causes[Refusal.CORDONED]
    nodes = [node for node in cluster.all(Node) if node.name in names]
    yield Match(
        message=f"the only {'node' if len(names) == 1 else 'nodes'} that could take Pod {pod.name} "
        f"{'is' if len(names) == 1 else 'are'} cordoned: {', '.join(names[:5])}",
        evidence=(*(node.cite("spec.unschedulable") for node in nodes[:3]), fit.verdict.evidence),
        effects=(Effect(EffectKind.POD_NOT_SCHEDULED, pod.ref),),
        since=pod.created_at,
        facts=(("nodes", ",".join(names[:5])),),
    )
