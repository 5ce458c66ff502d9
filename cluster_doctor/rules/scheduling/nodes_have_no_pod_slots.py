"""Nodes that are full by number of Pods."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.scheduling.attempt import Refusal
from cluster_doctor.rules.scheduling.fit import fit_of, unfit_pods
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod


@rule(Severity.ERROR, subject=Pod, directness=Directness.STATED, among=unfit_pods)
def nodes_have_no_pod_slots(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """Every node that fits already runs as many Pods as it may.

    Why it matters:
        The kubelet's maximum of Pods is reached long before CPU and memory on nodes with many small Pods.

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
              1 Too many pods.'}

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          nodeName: n1
          containers:
          - {name: app}
        status: {phase: Running}

    Remedy:
        Add nodes, or raise the kubelet's maxPods where the network allows it.

    References:
        https://kubernetes.io/docs/setup/best-practices/cluster-large/
    """
    fit = fit_of(pod, cluster)
    if fit is None or Refusal.PODS not in fit.causes:
        return
    yield Match(
        message=f"no node has a Pod slot left for Pod {pod.name}",
        evidence=(fit.verdict.evidence,),
        effects=(Effect(EffectKind.POD_NOT_SCHEDULED, pod.ref),),
        since=pod.created_at,
    )
