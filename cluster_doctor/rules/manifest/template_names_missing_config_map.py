"""A Pod template that names a ConfigMap which nobody makes."""

from __future__ import annotations

from cluster_doctor.domain.findings import Severity
from cluster_doctor.rules.manifest.missing import names_that_manifests_lack
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import ConfigMap, Workload


@rule(Severity.ERROR, subject=Workload, needs=(ConfigMap,))
def template_names_missing_config_map(workload: Workload, cluster: ClusterSnapshot) -> Matches:
    """A Pod template names a ConfigMap that is not among the manifests, which hold its whole namespace.

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
                envFrom:
                - {configMapRef: {name: settings}}

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
                envFrom:
                - {configMapRef: {name: settings}}
        ---
        {kind: ConfigMap, metadata: {name: settings}}

    Remedy:
        Add the ConfigMap, or correct the name in the Pod template.

    References:
        https://kubernetes.io/docs/concepts/configuration/configmap/
    """
    yield from names_that_manifests_lack(workload, ConfigMap, cluster)
