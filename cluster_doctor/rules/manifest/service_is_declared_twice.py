"""Two manifests of one Service."""

from __future__ import annotations

from cluster_doctor.domain.findings import Severity
from cluster_doctor.rules.manifest.copies import copies_of
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Service


@rule(Severity.WARNING, subject=Service)
def service_is_declared_twice(service: Service, cluster: ClusterSnapshot) -> Matches:
    """Two manifests in one folder declare the same Service.

    Why it matters:
        Only the one that is applied last counts; whoever changes the other sees no effect.

    Fires on:
        kind: Service
        metadata: {name: web}
        ---
        kind: Service
        metadata: {name: web}

    Stays quiet on:
        kind: Service
        metadata: {name: web}
        ---
        kind: Service
        metadata: {name: api}

    Remedy:
        Remove or rename one of them.

    References:
        https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
    """
    yield from copies_of(service, cluster)
