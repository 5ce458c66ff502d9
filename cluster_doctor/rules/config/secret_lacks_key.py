"""A Pod that names a key which its Secret lacks."""

from __future__ import annotations

from cluster_doctor.domain.findings import Directness, Severity
from cluster_doctor.rules.config.references import missing_keys
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.selections import unwell_pods
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod, Secret


@rule(Severity.ERROR, subject=Pod, needs=(Secret,), directness=Directness.STATED, among=unwell_pods)
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
    yield from missing_keys(pod, Secret, cluster)
