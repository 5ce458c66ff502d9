"""A required node affinity that no node satisfies."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.scheduling.attempt import Refusal
from cluster_doctor.rules.scheduling.fit import fit_of, required_terms, show_term, unfit_pods, wished_for
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Node, Pod


@rule(Severity.ERROR, subject=Pod, needs=(Node,), directness=Directness.STATED, among=unfit_pods)
def node_affinity_matches_no_node(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The Pod's required node affinity matches no node.

    Why it matters:
        The Pod waits until a node satisfies one of the terms; more capacity does not help.

    Fires on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          containers:
          - {name: app}
          affinity:
            nodeAffinity:
              requiredDuringSchedulingIgnoredDuringExecution:
                nodeSelectorTerms:
                - matchExpressions:
                  - key: zone
                    operator: In
                    values: [z9]
        status:
          phase: Pending
          conditions:
          - {type: PodScheduled, status: 'False', reason: Unschedulable, message: '0/1 nodes are available:
              1 node(s) didn''t match Pod''s node affinity/selector.'}
        ---
        kind: Node
        metadata:
          name: n1
          labels: {zone: z1}

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
          labels: {zone: z1}

    Remedy:
        Make the affinity preferred, or name a value that nodes have.

    References:
        https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#node-affinity
    """
    fit = fit_of(pod, cluster)
    if fit is None or Refusal.NODE_AFFINITY not in fit.causes:
        return
    wanted = "; ".join(filter(None, map(show_term, required_terms(wished_for(pod, cluster)))))
    path = "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution"
    yield Match(
        message=f"no node satisfies the required node affinity of Pod {pod.name}" + (f": {wanted}" if wanted else ""),
        evidence=((pod.cite(path),) if required_terms(pod.spec) else ()) + (fit.verdict.evidence,),
        effects=(Effect(EffectKind.POD_NOT_SCHEDULED, pod.ref),),
        since=pod.created_at,
        facts=(("affinity", wanted),),
    )
