"""A ephemeral storage request that no node has room for."""

from __future__ import annotations

from decimal import Decimal

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.scheduling.attempt import Refusal
from cluster_doctor.rules.scheduling.fit import fit_of, unfit_pods
from cluster_doctor.snapshot.quantity import format_quantity
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Node, Pod


@rule(Severity.ERROR, subject=Pod, directness=Directness.STATED, among=unfit_pods)
def ephemeral_storage_request_fits_no_node(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The Pod requests more ephemeral storage than any node has left.

    Why it matters:
        The scheduler counts requests, not use; a request that fits nowhere waits for ever.

    Fires on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          containers:
          - name: app
            resources:
              requests: {ephemeral-storage: 512Gi}
        status:
          phase: Pending
          conditions:
          - {type: PodScheduled, status: 'False', reason: Unschedulable, message: '0/1 nodes are available:
              1 Insufficient ephemeral-storage.'}
        ---
        kind: Node
        metadata: {name: n1}
        status:
          allocatable: {ephemeral-storage: 16Gi}

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          nodeName: n1
          containers:
          - {name: app}
        status: {phase: Running}

    Remedy:
        Lower `resources.requests` to what the container needs, or add a node that is large enough.

    References:
        https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#how-pods-with-resource-requests-are-scheduled
    """
    fit = fit_of(pod, cluster)
    if fit is None or Refusal.STORAGE not in fit.causes:
        return
    request = pod.spec.request("ephemeral-storage")
    largest = max((node.allocatable("ephemeral-storage") or 0 for node in cluster.all(Node)), default=0)
    shown, room = format_quantity(request, binary=True), format_quantity(Decimal(largest), binary=True)
    greedy = max(pod.containers, key=lambda c: c.request("ephemeral-storage") or 0, default=None)
    yield Match(
        message=f"Pod {pod.name} requests {shown} ephemeral storage"
        + (f"; the largest node has {room} in all" if largest else "; no node has that much left"),
        evidence=((pod.cite(f"{greedy.path}.resources"),) if greedy else ()) + (fit.verdict.evidence,),
        effects=(Effect(EffectKind.POD_NOT_SCHEDULED, pod.ref),),
        because=(Effect(EffectKind.PREEMPTED, pod.ref),),
        since=pod.created_at,
        facts=(("request", shown), ("largest", room), ("container", greedy.name if greedy else "")),
    )
