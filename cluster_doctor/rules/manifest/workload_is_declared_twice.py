"""Two manifests of one workload."""

from __future__ import annotations

from cluster_doctor.domain.findings import Severity
from cluster_doctor.rules.manifest.copies import copies_of
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Workload


@rule(Severity.WARNING, subject=Workload)
def workload_is_declared_twice(workload: Workload, cluster: ClusterSnapshot) -> Matches:
    """Two manifests in one folder declare the same workload.

    Why it matters:
        Only the one that is applied last counts; whoever changes the other sees no effect.

    Fires on:
        kind: Deployment
        metadata: {name: web}
        spec: {replicas: 1}
        ---
        kind: Deployment
        metadata: {name: web}
        spec: {replicas: 1}

    Stays quiet on:
        kind: Deployment
        metadata: {name: web}
        spec: {replicas: 1}
        ---
        kind: StatefulSet
        metadata: {name: web}

    Remedy:
        Remove or rename one of them.

    References:
        https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
    """
    yield from copies_of(workload, cluster)
