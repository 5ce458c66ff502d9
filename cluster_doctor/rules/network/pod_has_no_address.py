"""A running Pod without an address."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity, Stage
from cluster_doctor.rules.network.node_agents import PATIENCE
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.selections import unwell_pods
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod


@rule(Severity.WARNING, subject=Pod, stage=Stage.SYMPTOM, directness=Directness.STATED, among=unwell_pods)
def pod_has_no_address(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The Pod runs, its node has reported its own address, and the Pod has none.

    Why it matters:
        Nobody can reach the Pod, and no Service leads to it.

    Fires on:
        kind: Pod
        metadata: {name: web-0, creationTimestamp: '2026-01-01T11:00:00Z'}
        spec: {nodeName: n1, containers: [{name: app}]}
        status: {phase: Running, hostIP: 192.0.2.10}

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0, creationTimestamp: '2026-01-01T11:00:00Z'}
        spec: {nodeName: n1, containers: [{name: app}]}
        status: {phase: Running, hostIP: 192.0.2.10, podIP: 10.0.0.7}

    Remedy:
        Look at the network plugin's agent on the node.

    References:
        https://kubernetes.io/docs/concepts/cluster-administration/networking/
    """
    if not pod.expected_to_run or pod.phase != "Running" or pod.ip or not pod.text("status", "hostIP"):
        return
    if pod.created_at is not None and cluster.taken_at - pod.created_at < PATIENCE:
        return
    yield Match(
        message=f"Pod {pod.name} runs on node {pod.node_name} and has no address",
        evidence=(pod.cite("status.podIP"), pod.cite("status.hostIP")),
        effects=(Effect(EffectKind.POD_NOT_READY, pod.ref), Effect(EffectKind.POD_NOT_STARTED, pod.ref)),
        since=pod.created_at,
    )
