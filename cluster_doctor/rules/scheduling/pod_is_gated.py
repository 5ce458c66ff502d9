"""A Pod that is held back by a scheduling gate."""

from __future__ import annotations

from datetime import timedelta

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.scheduling.attempt import said_to_be_gated
from cluster_doctor.rules.selections import unwell_pods
from cluster_doctor.snapshot.paths import text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod

PATIENCE = timedelta(minutes=5)
"""How long a controller may take to open its gate."""


@rule(Severity.ERROR, subject=Pod, directness=Directness.STATED, among=unwell_pods)
def pod_is_gated(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """A scheduling gate that nobody opens keeps the Pod from being scheduled.

    Why it matters:
        The scheduler does not look at a gated Pod at all; only the controller that set the gate can open it.

    Fires on:
        kind: Pod
        metadata: {name: web-0, creationTimestamp: "2026-01-01T11:00:00Z"}
        spec: {schedulingGates: [{name: example.com/quota}]}
        status:
          phase: Pending
          conditions: [{type: PodScheduled, status: "False", reason: SchedulingGated}]

    Stays quiet on:
        {kind: Pod, metadata: {name: web-0}, spec: {nodeName: n1}, status: {phase: Running}}

    Remedy:
        Repair the controller that owns the gate, or remove the gate from the Pod template.

    References:
        https://kubernetes.io/docs/concepts/scheduling-eviction/pod-scheduling-readiness/
    """
    gates = [text(gate, "name") for _, gate in pod.objects("spec", "schedulingGates")]
    told = said_to_be_gated(pod)
    if not (gates or told) or pod.node_name or not pod.expected_to_run:
        return
    if pod.created_at and cluster.taken_at - pod.created_at < PATIENCE:
        return
    yield Match(
        message=f"Pod {pod.name} is held back by scheduling gate {', '.join(gates) or '(its name was not recorded)'}",
        evidence=(pod.cite("spec.schedulingGates" if gates else f"{pod.condition_path('PodScheduled')}.reason"),),
        effects=(Effect(EffectKind.POD_NOT_SCHEDULED, pod.ref),),
        since=pod.created_at,
    )
