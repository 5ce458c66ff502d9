"""A Pod template that runs as a ServiceAccount which nobody makes."""

from __future__ import annotations

from cluster_doctor.domain.findings import Severity
from cluster_doctor.rules.manifest.missing import names_that_manifests_lack
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import ServiceAccount, Workload


@rule(Severity.ERROR, subject=Workload, needs=(ServiceAccount,))
def template_names_missing_account(workload: Workload, cluster: ClusterSnapshot) -> Matches:
    """A Pod template names a ServiceAccount that is not among the manifests, which hold its whole namespace.

    Why it matters:
        The API server refuses its Pods.

    Fires on:
        kind: Deployment
        metadata: {name: web}
        spec: {template: {spec: {serviceAccountName: shop, containers: [{name: app}]}}}

    Stays quiet on:
        kind: Deployment
        metadata: {name: web}
        spec: {template: {spec: {serviceAccountName: shop, containers: [{name: app}]}}}
        ---
        {kind: ServiceAccount, metadata: {name: shop}}

    Remedy:
        Add the ServiceAccount, or correct `serviceAccountName`.

    References:
        https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/
    """
    yield from names_that_manifests_lack(workload, ServiceAccount, cluster)
