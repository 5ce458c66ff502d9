"""A required Pod affinity that no node satisfies."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.scheduling.attempt import Refusal
from cluster_doctor.rules.scheduling.fit import fit_of, unfit_pods
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod


@rule(Severity.ERROR, subject=Pod, directness=Directness.STATED, among=unfit_pods)
def pod_affinity_matches_no_pod(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The Pod must run beside Pods that are nowhere it may run.

    Why it matters:
        Required affinity to Pods that do not exist, or exist elsewhere, leaves the Pod waiting.

    Fires on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          containers:
          - {name: app}
          affinity:
            podAffinity:
              requiredDuringSchedulingIgnoredDuringExecution:
              - labelSelector:
                  matchLabels: {app: cache}
                topologyKey: kubernetes.io/hostname
        status:
          phase: Pending
          conditions:
          - {type: PodScheduled, status: 'False', reason: Unschedulable, message: '0/1 nodes are available:
              1 node(s) didn''t match pod affinity rules.'}

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          nodeName: n1
          containers:
          - {name: app}
        status: {phase: Running}

    Remedy:
        Make the affinity preferred, or correct its label selector.

    References:
        https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity
    """
    fit = fit_of(pod, cluster)
    if fit is None or Refusal.POD_AFFINITY not in fit.causes:
        return
    cited = pod.cite("spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution")
    yield Match(
        message=f"Pod {pod.name} must run beside Pods that no node it fits on has",
        evidence=((cited,) if cited.value is not None else ()) + (fit.verdict.evidence,),
        effects=(Effect(EffectKind.POD_NOT_SCHEDULED, pod.ref),),
        since=pod.created_at,
    )
