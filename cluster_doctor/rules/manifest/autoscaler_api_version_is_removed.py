"""A HorizontalPodAutoscaler in an API version that is gone."""

from __future__ import annotations

from cluster_doctor.domain.findings import Severity
from cluster_doctor.rules.manifest.versions import removed_version
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Autoscaler


@rule(Severity.ERROR, subject=Autoscaler)
def autoscaler_api_version_is_removed(scaler: Autoscaler, cluster: ClusterSnapshot) -> Matches:
    """The HorizontalPodAutoscaler is written in an API version that Kubernetes no longer serves.

    Why it matters:
        The API server refuses it: no matches for that kind in that version.

    Fires on:
        {apiVersion: autoscaling/v2beta2, kind: HorizontalPodAutoscaler, metadata: {name: web}}

    Stays quiet on:
        {apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: web}}

    Remedy:
        Write it in the version that took its place; some fields are named otherwise there.

    References:
        https://kubernetes.io/docs/reference/using-api/deprecation-guide/
    """
    yield from removed_version(scaler, cluster)
