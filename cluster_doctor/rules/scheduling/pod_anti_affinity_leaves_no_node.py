"""A required Pod anti-affinity that leaves no node."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.scheduling.attempt import Refusal
from cluster_doctor.rules.scheduling.fit import fit_of, unfit_pods
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod


@rule(Severity.ERROR, subject=Pod, directness=Directness.STATED, among=unfit_pods)
def pod_anti_affinity_leaves_no_node(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The Pod's required anti-affinity rules out every node that would fit.

    Why it matters:
        With more replicas than topology domains, required anti-affinity leaves the last ones waiting.

    Fires on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          containers:
          - {name: app}
          affinity:
            podAntiAffinity:
              requiredDuringSchedulingIgnoredDuringExecution:
              - labelSelector:
                  matchLabels: {app: web}
                topologyKey: kubernetes.io/hostname
        status:
          phase: Pending
          conditions:
          - {type: PodScheduled, status: 'False', reason: Unschedulable, message: '0/1 nodes are available:
              1 node(s) didn''t match pod anti-affinity rules.'}

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          nodeName: n1
          containers:
          - {name: app}
        status: {phase: Running}

    Remedy:
        Make the anti-affinity preferred, ask for fewer replicas, or add nodes.

    References:
        https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity
    """
    fit = fit_of(pod, cluster)
    if fit is None or Refusal.ANTI_AFFINITY not in fit.causes:
        return
    path = "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution"
    cited = pod.cite(path)
    yield Match(
        message=f"the required anti-affinity of Pod {pod.name} leaves no node for it",
        evidence=((cited,) if cited.value is not None else ()) + (fit.verdict.evidence,),
        effects=(Effect(EffectKind.POD_NOT_SCHEDULED, pod.ref),),
        since=pod.created_at,
    )
