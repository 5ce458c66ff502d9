"""A node selector that no node satisfies."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.scheduling.attempt import Refusal
from cluster_doctor.rules.scheduling.fit import fit_of, unfit_pods
from cluster_doctor.snapshot.selectors import show_labels
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Node, Pod


@rule(Severity.ERROR, subject=Pod, needs=(Node,), directness=Directness.STATED, among=unfit_pods)
def node_selector_matches_no_node(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The Pod's nodeSelector asks for labels that no node has.

    Why it matters:
        The Pod waits until a node gets the labels; more capacity does not help.

    Fires on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          containers:
          - {name: app}
          nodeSelector: {disk: nvme}
        status:
          phase: Pending
          conditions:
          - {type: PodScheduled, status: 'False', reason: Unschedulable, message: '0/1 nodes are available:
              1 node(s) didn''t match Pod''s node affinity/selector.'}
        ---
        kind: Node
        metadata:
          name: n1
          labels: {disk: ssd}

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
        metadata:
          name: n1
          labels: {disk: ssd}

    Remedy:
        Set `spec.template.spec.nodeSelector` to labels that nodes have, or label a node.

    References:
        https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#nodeselector
    """
    fit = fit_of(pod, cluster)
    if fit is None or Refusal.NODE_SELECTOR not in fit.causes:
        return
    wanted = pod.spec.node_selector
    missing = {
        key: value for key, value in wanted.items() if not any(n.labels.get(key) == value for n in cluster.all(Node))
    }
    yield Match(
        message=f"no node that could take Pod {pod.name} is labelled {show_labels(missing or wanted)}",
        evidence=(pod.cite("spec.nodeSelector"), fit.verdict.evidence),
        effects=(Effect(EffectKind.POD_NOT_SCHEDULED, pod.ref),),
        since=pod.created_at,
        facts=(("labels", show_labels(missing or wanted)),),
    )
