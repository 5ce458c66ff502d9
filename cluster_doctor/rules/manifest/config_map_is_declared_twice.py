"""Two manifests of one ConfigMap."""

from __future__ import annotations

from cluster_doctor.domain.findings import Severity
from cluster_doctor.rules.manifest.copies import copies_of
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import ConfigMap


@rule(Severity.WARNING, subject=ConfigMap)
def config_map_is_declared_twice(config_map: ConfigMap, cluster: ClusterSnapshot) -> Matches:
    """Two manifests in one folder declare the same ConfigMap.

    Why it matters:
        Only the one that is applied last counts; whoever changes the other sees no effect.

    Fires on:
        kind: ConfigMap
        metadata: {name: web}
        ---
        kind: ConfigMap
        metadata: {name: web}

    Stays quiet on:
        kind: ConfigMap
        metadata: {name: web}
        ---
        kind: ConfigMap
        metadata: {name: api}

    Remedy:
        Remove or rename one of them.

    References:
        https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
    """
    yield from copies_of(config_map, cluster)
