"""An object in an API version that the next releases no longer serve."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.domain.findings import Directness, Match, Severity, Stage
from cluster_doctor.rules.manifest.versions import REMOVED
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.paths import text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.tables import view_of
from cluster_doctor.snapshot.views import View, Workload

_VERSIONS = {version for version, _ in REMOVED}


def ageing(cluster: ClusterSnapshot) -> Iterator[View]:
    """Objects of a cluster that were read in a version which a later release removed."""
    if not cluster.is_unapplied:
        for raw in cluster.objects:
            version = text(raw, "apiVersion")
            if version in _VERSIONS and (version, text(raw, "kind")) in REMOVED:
                yield view_of(raw)


@rule(
    Severity.WARNING,
    subject=Workload,
    stage=Stage.PREDICTION,
    directness=Directness.COMPARED,
    among=ageing,
)
def api_version_will_be_removed(view: View, cluster: ClusterSnapshot) -> Matches:
    """The object was read in an API version that a later release of Kubernetes does not serve.

    Why it matters:
        After the upgrade every manifest, controller and pipeline that names the version is refused; the object
        itself stays, and is served in the version that took its place.

    Fires on:
        apiVersion: batch/v1beta1
        kind: CronJob
        metadata: {name: report, uid: u-1}
        spec: {schedule: '0 3 * * *'}

    Stays quiet on:
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: report, uid: u-1}
        spec: {schedule: '0 3 * * *'}

    Remedy:
        Move manifests and clients to the version that took its place, before the upgrade.

    References:
        https://kubernetes.io/docs/reference/using-api/deprecation-guide/
    """
    version, kind = text(view.raw, "apiVersion"), text(view.raw, "kind")
    release, instead = REMOVED[(version, kind)]
    server = cluster.server_version or f"older than {release}, for it served this"
    yield Match(
        message=f"{view.ref} is served as {version}, which Kubernetes {release} removes; {instead} takes its place",
        evidence=(view.cite("apiVersion"),),
        blame=view.ref,
        facts=(("version", version), ("instead", instead)),
        arithmetic=f"the server is {server}; {version} of {kind} ends with {release}",
    )
