"""A namespace whose quota for memory is used up."""

from __future__ import annotations

from cluster_doctor.domain.findings import Directness, Severity
from cluster_doctor.rules.admission.rejection import refusals
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.quota.exceeded import excess_matches
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Event

RESOURCES = frozenset({"memory", "requests.memory", "limits.memory"})


@rule(Severity.ERROR, subject=Event, directness=Directness.STATED, among=refusals)
def namespace_memory_quota_is_exceeded(event: Event, cluster: ClusterSnapshot) -> Matches:
    """The namespace's quota for memory leaves no room for what a workload asks for.

    Why it matters:
        The API server rejects what would exceed the quota; the workload stays below its replicas.

    Fires on:
        kind: Event
        metadata: {name: e1}
        involvedObject: {kind: ReplicaSet, name: web-1}
        reason: FailedCreate
        type: Warning
        message: 'Error creating: pods "web-1-abc" is forbidden: exceeded quota: team, requested: requests.memory=1Gi,
          used: requests.memory=8Gi, limited: requests.memory=8Gi'

    Stays quiet on:
        kind: Event
        metadata: {name: e1}
        involvedObject: {kind: ReplicaSet, name: web-1}
        reason: SuccessfulCreate
        type: Normal
        message: 'Created pod: web-1-abc'

    Remedy:
        Raise the quota with its owner, or free what others in the namespace do not need.

    References:
        https://kubernetes.io/docs/concepts/policy/resource-quotas/
    """
    yield from excess_matches(event, cluster, RESOURCES)
