"""Nodes that can attach no further volume."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.scheduling.attempt import Refusal
from cluster_doctor.rules.scheduling.fit import fit_of, unfit_pods
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod


@rule(Severity.ERROR, subject=Pod, directness=Directness.STATED, among=unfit_pods)
def nodes_have_no_volume_slots(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """No node that could take the Pod may attach another volume of its kind.

    Why it matters:
        Clouds and drivers limit how many disks a machine holds; a Pod with a volume waits although there is room
        for its CPU and memory.

    Fires on:
        kind: Pod
        metadata: {name: db-0}
        status:
          phase: Pending
          conditions:
          - {type: PodScheduled, status: 'False', reason: Unschedulable, message: '0/2 nodes are available:
              2 node(s) exceed max volume count.'}

    Stays quiet on:
        {kind: Pod, metadata: {name: db-0}, spec: {nodeName: n1}, status: {phase: Running}}

    Remedy:
        Add a node, or use machines that hold more disks; delete VolumeAttachments of volumes that nobody uses.

    References:
        https://kubernetes.io/docs/concepts/storage/storage-limits/
    """
    fit = fit_of(pod, cluster)
    if fit is None or Refusal.VOLUME_LIMIT not in fit.causes:
        return
    yield Match(
        message=f"no node may attach another volume for Pod {pod.name}: {fit.verdict.texts[Refusal.VOLUME_LIMIT]}",
        evidence=(fit.verdict.evidence,),
        effects=(Effect(EffectKind.POD_NOT_SCHEDULED, pod.ref),),
        since=pod.created_at,
    )
