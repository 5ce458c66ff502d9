"""A Secret without a key that a Pod template takes from it."""

from __future__ import annotations

from cluster_doctor.domain.findings import Severity
from cluster_doctor.rules.manifest.missing import keys_that_templates_miss
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Secret


@rule(Severity.ERROR, subject=Secret)
def secret_lacks_key_of_template(secret: Secret, cluster: ClusterSnapshot) -> Matches:
    """A Pod template takes a key from the Secret that is not in it.

    Why it matters:
        Its containers cannot be started.

    Fires on:
        kind: Deployment
        metadata: {name: web}
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - name: app
                image: nginx
                ports:
                - {name: http, containerPort: 8080}
                env:
                - {name: URL, valueFrom: {secretKeyRef: {name: settings, key: uri}}}
        ---
        kind: Secret
        metadata: {name: settings}
        keys: [url]

    Stays quiet on:
        kind: Deployment
        metadata: {name: web}
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - name: app
                image: nginx
                ports:
                - {name: http, containerPort: 8080}
                env:
                - {name: URL, valueFrom: {secretKeyRef: {name: settings, key: url}}}
        ---
        kind: Secret
        metadata: {name: settings}
        keys: [url]

    Remedy:
        Add the key to the Secret, or correct the key in the Pod template.

    References:
        https://kubernetes.io/docs/concepts/configuration/secret/
    """
    yield from keys_that_templates_miss(secret, cluster)
