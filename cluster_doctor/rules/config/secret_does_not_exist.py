"""A Pod that names a Secret which does not exist."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.config.references import kubelet_word, missing, started
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.selections import unwell_pods
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod, Secret


@rule(Severity.ERROR, subject=Pod, needs=(Secret,), directness=Directness.STATED, among=unwell_pods)
def secret_does_not_exist(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The Pod names a Secret that does not exist in its namespace.

    Why it matters:
        The kubelet starts no container before everything that its environment and volumes name is there.

    Fires on:
        kind: Pod
        metadata: {name: web-0}
        spec: {nodeName: n1, containers: [{name: app, envFrom: [{secretRef: {name: settings}}]}]}
        status:
          phase: Pending
          containerStatuses: [{name: app, ready: false, state: {waiting: {reason: CreateContainerConfigError}}}]

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0}
        spec: {nodeName: n1, containers: [{name: app, envFrom: [{secretRef: {name: settings}}]}]}
        status:
          phase: Pending
          containerStatuses: [{name: app, ready: false, state: {waiting: {reason: ContainerCreating}}}]
        ---
        {kind: Secret, metadata: {name: settings}}

    Remedy:
        Create the Secret, or correct the name in the Pod template.

    References:
        https://kubernetes.io/docs/concepts/configuration/secret/
    """
    if not pod.expected_to_run or started(pod):
        return
    for reference in missing(pod, Secret, cluster):
        yield Match(
            message=f"{reference.kind} {reference.name}, which Pod {pod.name} names, does not exist",
            evidence=(
                pod.cite(reference.path),
                cluster.cite_absence(Secret.ref_to(pod.namespace, reference.name)),
                *kubelet_word(pod, reference.name, cluster),
            ),
            effects=(Effect(EffectKind.POD_NOT_STARTED, pod.ref),),
            because=(Effect(EffectKind.NOT_RECONCILED, Secret.ref_to(pod.namespace, reference.name)),),
            about=reference.name,
            since=pod.created_at,
            facts=(("name", reference.name), ("use", reference.use), ("container", reference.container)),
        )
