"""A ConfigMap without a key that a Pod template takes from it."""

from __future__ import annotations

from cluster_doctor.domain.findings import Severity
from cluster_doctor.rules.manifest.missing import keys_that_templates_miss
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import ConfigMap


@rule(Severity.ERROR, subject=ConfigMap)
def config_map_lacks_key_of_template(config_map: ConfigMap, cluster: ClusterSnapshot) -> Matches:
    """A Pod template takes a key from the ConfigMap that is not in it.

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
                - {name: URL, valueFrom: {configMapKeyRef: {name: settings, key: uri}}}
        ---
        kind: ConfigMap
        metadata: {name: settings}
        data: {url: x}

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
                - {name: URL, valueFrom: {configMapKeyRef: {name: settings, key: url}}}
        ---
        kind: ConfigMap
        metadata: {name: settings}
        data: {url: x}

    Remedy:
        Add the key to the ConfigMap, or correct the key in the Pod template.

    References:
        https://kubernetes.io/docs/concepts/configuration/configmap/
    """
    yield from keys_that_templates_miss(config_map, cluster)
