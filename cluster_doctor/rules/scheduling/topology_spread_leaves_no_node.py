"""A topology spread constraint that leaves no node."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.scheduling.attempt import Refusal
from cluster_doctor.rules.scheduling.fit import fit_of, unfit_pods
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod


@rule(Severity.ERROR, subject=Pod, directness=Directness.STATED, among=unfit_pods)
def topology_spread_leaves_no_node(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The Pod's topology spread constraints rule out every node that would fit.

    Why it matters:
        DoNotSchedule with a small maxSkew keeps Pods waiting as soon as one domain cannot take its share.

    Fires on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          containers:
          - {name: app}
          topologySpreadConstraints:
          - {maxSkew: 1, whenUnsatisfiable: DoNotSchedule}
        status:
          phase: Pending
          conditions:
          - {type: PodScheduled, status: 'False', reason: Unschedulable, message: '0/2 nodes are available:
              2 node(s) didn''t match pod topology spread constraints.'}

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          nodeName: n1
          containers:
          - {name: app}
        status: {phase: Running}

    Remedy:
        Use `whenUnsatisfiable: ScheduleAnyway`, raise `maxSkew`, or make room in the domain that is full.

    References:
        https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
    """
    fit = fit_of(pod, cluster)
    if fit is None or Refusal.SPREAD not in fit.causes:
        return
    cited = pod.cite("spec.topologySpreadConstraints")
    yield Match(
        message=f"the topology spread constraints of Pod {pod.name} leave no node for it",
        evidence=((cited,) if cited.value is not None else ()) + (fit.verdict.evidence,),
        effects=(Effect(EffectKind.POD_NOT_SCHEDULED, pod.ref),),
        since=pod.created_at,
    )
