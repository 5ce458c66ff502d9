"""Nodes that would take the Pod, but for a taint."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.node.plugins import failing_initialisers
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.scheduling.attempt import Refusal
from cluster_doctor.rules.scheduling.fit import fit_of, unfit_pods, untolerated
from cluster_doctor.rules.scheduling.leftovers import given_up_by_daemon_set
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Node, Pod


@rule(Severity.ERROR, subject=Pod, needs=(Node,), directness=Directness.STATED, among=unfit_pods)
def taint_is_not_tolerated(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The nodes that fit the Pod have a taint that it does not tolerate.

    Why it matters:
        A taint keeps off every Pod that does not name it.

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
              1 node(s) had untolerated taint {team: ads}.'}
        ---
        kind: Node
        metadata: {name: n1}
        spec:
          taints:
          - {key: team, value: ads, effect: NoSchedule}

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
        spec:
          taints:
          - {key: team, value: ads, effect: NoSchedule}

    Remedy:
        Add a toleration to the Pod template if the Pod belongs there, else remove the taint.

    References:
        https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
    """
    fit = fit_of(pod, cluster)
    if fit is None or Refusal.TAINT not in fit.causes or given_up_by_daemon_set(pod, cluster):
        return
    names = fit.causes[Refusal.TAINT]
    nodes = [node for node in cluster.all(Node) if node.name in names]
    taints = dict.fromkeys(taint for node in nodes for taint in untolerated(pod.spec, node))
    if taints and all(key.startswith("node.kubernetes.io/") for key, _, _ in taints):
        return  # the node controller taints sick nodes; the sickness is the finding
    shown = ", ".join(f"{key}={value}:{effect}" if value else f"{key}:{effect}" for key, value, effect in taints)
    wording = shown or fit.verdict.texts.get(Refusal.TAINT, "")
    yield Match(
        message=f"Pod {pod.name} does not tolerate the taint {wording} of the nodes that fit it"
        + (f": {', '.join(names[:5])}" if names else ""),
        evidence=(*(node.cite("spec.taints") for node in nodes[:3]), fit.verdict.evidence),
        effects=(Effect(EffectKind.POD_NOT_SCHEDULED, pod.ref),),
        because=failing_initialisers([key for key, _, _ in taints], names, cluster),
        since=pod.created_at,
        facts=(("taint", wording), ("nodes", ",".join(names[:5]))),
    )
