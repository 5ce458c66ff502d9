"""A NetworkPolicy in an API version that is gone."""

from __future__ import annotations

from cluster_doctor.domain.findings import Severity
from cluster_doctor.rules.manifest.versions import removed_version
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import NetworkPolicy


@rule(Severity.ERROR, subject=NetworkPolicy)
def network_policy_api_version_is_removed(policy: NetworkPolicy, cluster: ClusterSnapshot) -> Matches:
    """The NetworkPolicy is written in an API version that Kubernetes no longer serves.

    Why it matters:
        The API server refuses it: no matches for that kind in that version.

    Fires on:
        {apiVersion: extensions/v1beta1, kind: NetworkPolicy, metadata: {name: web}}

    Stays quiet on:
        {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: web}}

    Remedy:
        Write it in the version that took its place; some fields are named otherwise there.

    References:
        https://kubernetes.io/docs/reference/using-api/deprecation-guide/
    """
    yield from removed_version(policy, cluster)
