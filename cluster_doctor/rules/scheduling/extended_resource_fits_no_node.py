"""A device that no node offers."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.node.plugins import failing_devices
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.scheduling.attempt import Refusal
from cluster_doctor.rules.scheduling.fit import fit_of, unfit_pods
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Node, Pod


@rule(Severity.ERROR, subject=Pod, directness=Directness.STATED, among=unfit_pods)
def extended_resource_fits_no_node(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The Pod asks for an extended resource that no node has left.

    Why it matters:
        Devices such as GPUs are offered by a device plugin; without it, or when all are taken, the Pod waits.

    Fires on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          containers:
          - name: app
            resources:
              limits: {example.com/gpu: 2}
        status:
          phase: Pending
          conditions:
          - {type: PodScheduled, status: 'False', reason: Unschedulable, message: '0/1 nodes are available:
              1 Insufficient example.com/gpu.'}
        ---
        kind: Node
        metadata: {name: n1}

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          nodeName: n1
          containers:
          - {name: app}
        status: {phase: Running}

    Remedy:
        Run the Pod where the device is, repair the device plugin, or ask for fewer.

    References:
        https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#extended-resources
    """
    fit = fit_of(pod, cluster)
    if fit is None or Refusal.EXTENDED not in fit.causes:
        return
    resource = fit.verdict.texts[Refusal.EXTENDED].removeprefix("Insufficient ").rstrip(".")
    offered = any(node.allocatable(resource) for node in cluster.all(Node))
    state = "every node's share is taken" if offered else "no node offers it"
    yield Match(
        message=f"Pod {pod.name} asks for {resource}; {state}",
        evidence=(fit.verdict.evidence,),
        effects=(Effect(EffectKind.POD_NOT_SCHEDULED, pod.ref),),
        because=failing_devices(resource, cluster),
        since=pod.created_at,
        facts=(("resource", resource),),
    )
