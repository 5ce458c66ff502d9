"""A workload in an API version that is gone."""

from __future__ import annotations

from cluster_doctor.domain.findings import Severity
from cluster_doctor.rules.manifest.versions import removed_version
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Workload


@rule(Severity.ERROR, subject=Workload)
def workload_api_version_is_removed(workload: Workload, cluster: ClusterSnapshot) -> Matches:
    """The workload is written in an API version that Kubernetes no longer serves.

    Why it matters:
        The API server refuses it: no matches for that kind in that version.

    Fires on:
        {apiVersion: extensions/v1beta1, kind: Deployment, metadata: {name: web}}

    Stays quiet on:
        {apiVersion: apps/v1, kind: Deployment, metadata: {name: web}}

    Remedy:
        Write it in the version that took its place; some fields are named otherwise there.

    References:
        https://kubernetes.io/docs/reference/using-api/deprecation-guide/
    """
    yield from removed_version(workload, cluster)
