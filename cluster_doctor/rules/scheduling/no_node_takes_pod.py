"""A Pod that the scheduler refuses for a reason that has no check of its own."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.scheduling.attempt import Refusal
from cluster_doctor.rules.scheduling.fit import fit_of, unfit_pods
from cluster_doctor.rules.scheduling.leftovers import given_up_by_daemon_set
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod


@rule(Severity.ERROR, subject=Pod, directness=Directness.STATED, among=unfit_pods)
def no_node_takes_pod(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The scheduler finds no node for the Pod, and gives a reason of its own.

    Why it matters:
        Plugins of the scheduler and extensions of it refuse nodes for what the Pod claims from them: devices, licences,
        places in a group. The Pod waits until that is there.

    Fires on:
        kind: Pod
        metadata: {name: web-0}
        spec: {containers: [{name: app}], resourceClaims: [{name: gpu, resourceClaimName: gpu}]}
        status:
          phase: Pending
          conditions:
          - {type: PodScheduled, status: 'False', reason: Unschedulable, message: '0/1 nodes are available:
              1 cannot allocate all claims.'}
        ---
        kind: Node
        metadata: {name: n1}

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0}
        spec: {containers: [{name: app}]}
        status:
          phase: Pending
          conditions:
          - {type: PodScheduled, status: 'False', reason: Unschedulable, message: '0/1 nodes are available:
              1 Insufficient cpu.'}
        ---
        kind: Node
        metadata: {name: n1}

    Remedy:
        Look for what the scheduler names, and at the controller that should provide it.

    References:
        https://kubernetes.io/docs/concepts/scheduling-eviction/scheduling-framework/
    """
    fit = fit_of(pod, cluster)
    if fit is None or Refusal.OTHER not in fit.causes or given_up_by_daemon_set(pod, cluster):
        return
    said = fit.verdict.texts.get(Refusal.OTHER, "")
    if not said:
        return
    yield Match(
        message=f"the scheduler finds no node for Pod {pod.name}: {said[:300]}",
        evidence=(fit.verdict.evidence,),
        effects=(Effect(EffectKind.POD_NOT_SCHEDULED, pod.ref),),
        because=(Effect(EffectKind.POD_NOT_SCHEDULED, pod.ref),),
        since=pod.created_at,
        facts=(("said", said[:300]),),
    )
