"""A Pod that names a ConfigMap which does not exist."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.config.references import kubelet_word, missing, started
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.selections import unwell_pods
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import ConfigMap, Pod


@rule(Severity.ERROR, subject=Pod, needs=(ConfigMap,), directness=Directness.STATED, among=unwell_pods)
def config_map_does_not_exist(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The Pod names a ConfigMap that does not exist in its namespace.

    Why it matters:
        The kubelet starts no container before everything that its environment and volumes name is there.

    Fires on:
        kind: Pod
        metadata: {name: web-0}
        spec: {nodeName: n1, containers: [{name: app, envFrom: [{configMapRef: {name: settings}}]}]}
        status:
          phase: Pending
          containerStatuses: [{name: app, ready: false, state: {waiting: {reason: CreateContainerConfigError}}}]

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0}
        spec: {nodeName: n1, containers: [{name: app, envFrom: [{configMapRef: {name: settings}}]}]}
        status:
          phase: Pending
          containerStatuses: [{name: app, ready: false, state: {waiting: {reason: ContainerCreating}}}]
        ---
        {kind: ConfigMap, metadata: {name: settings}}

    Remedy:
        Create the ConfigMap, or correct the name in the Pod template.

    References:
        https://kubernetes.io/docs/concepts/configuration/configmap/
    """
    if not pod.expected_to_run or started(pod):
        return
    for reference in missing(pod, ConfigMap, cluster):
        yield Match(
            message=f"{reference.kind} {reference.name}, which Pod {pod.name} names, does not exist",
            evidence=(
                pod.cite(reference.path),
                cluster.cite_absence(ConfigMap.ref_to(pod.namespace, reference.name)),
                *kubelet_word(pod, reference.name, cluster),
            ),
            effects=(Effect(EffectKind.POD_NOT_STARTED, pod.ref),),
            about=reference.name,
            since=pod.created_at,
            facts=(("name", reference.name), ("use", reference.use), ("container", reference.container)),
        )
