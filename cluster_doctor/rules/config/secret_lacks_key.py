"""A Pod that names a key which its Secret lacks."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.config.references import kubelet_word, started
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod, Secret


@rule(Severity.ERROR, subject=Pod, needs=(Secret,), directness=Directness.STATED)
def secret_lacks_key(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The Pod names a key that the Secret does not have.

    Why it matters:
        A container whose environment names a missing key is not created; a volume that names one is not mounted.

    Fires on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          nodeName: n1
          containers: [{name: app, env: [{name: URL, valueFrom: {secretKeyRef: {name: settings, key: url}}}]}]
        status:
          phase: Pending
          containerStatuses: [{name: app, ready: false, state: {waiting: {reason: CreateContainerConfigError}}}]
        ---
        {kind: Secret, metadata: {name: settings}, keys: [uri]}

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0}
        spec:
          nodeName: n1
          containers: [{name: app, env: [{name: URL, valueFrom: {secretKeyRef: {name: settings, key: url}}}]}]
        status:
          phase: Pending
          containerStatuses: [{name: app, ready: false, state: {waiting: {reason: CreateContainerConfigError}}}]
        ---
        {kind: Secret, metadata: {name: settings}, keys: [url]}

    Remedy:
        Add the key to the Secret, or correct the key in the Pod template.

    References:
        https://kubernetes.io/docs/concepts/configuration/secret/
    """
    if not pod.expected_to_run or started(pod):
        return
    for reference in pod.spec.references():
        if reference.kind != Secret.kind or reference.optional or reference.key is None:
            continue
        held = cluster.get(Secret, pod.namespace, reference.name)
        if held is None or reference.key in held.keys:
            continue
        wanted = f"container {reference.container}" if reference.container else "a volume"
        yield Match(
            message=f"Secret {reference.name} lacks key {reference.key}, wanted by {wanted} of Pod {pod.name}"
            + (f" (it has: {', '.join(sorted(held.keys)[:8])})" if held.keys else " (it is empty)"),
            evidence=(
                pod.cite(reference.path),
                held.cite("keys"),
                *kubelet_word(pod, reference.key, cluster),
            ),
            effects=(Effect(EffectKind.POD_NOT_STARTED, pod.ref),),
            about=f"{reference.name}/{reference.key}",
            since=pod.created_at,
            facts=(("name", reference.name), ("key", reference.key), ("container", reference.container)),
        )
