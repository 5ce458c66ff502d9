"""A quota that leaves no room for the next rollout."""

from __future__ import annotations

from decimal import Decimal

from cluster_doctor.domain.findings import Directness, Match, Severity, Stage
from cluster_doctor.rules.prediction.surge import asks_for, must_surge
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.quantity import format_quantity
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Deployment, ResourceQuota


@rule(
    Severity.WARNING,
    subject=ResourceQuota,
    needs=(Deployment,),
    stage=Stage.PREDICTION,
    directness=Directness.COMPARED,
)
def rollout_will_exceed_quota(quota: ResourceQuota, cluster: ClusterSnapshot) -> Matches:
    """The quota leaves less than one more Pod of a Deployment that must add one before it takes an old one away.

    Why it matters:
        The first new Pod of the next rollout is refused, no old one may go before it, and the rollout stands still.
        With few replicas the defaults mean just that: 25 percent of three replicas, rounded down, may be unavailable.

    Fires on:
        kind: ResourceQuota
        metadata: {name: team}
        status: {hard: {requests.cpu: '4'}, used: {requests.cpu: 3800m}}
        ---
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 2
          template: {spec: {containers: [{name: web, resources: {requests: {cpu: 500m}}}]}}
        status: {replicas: 2, updatedReplicas: 2}

    Stays quiet on:
        kind: ResourceQuota
        metadata: {name: team}
        status: {hard: {requests.cpu: '4'}, used: {requests.cpu: 3800m}}
        ---
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 2
          strategy: {rollingUpdate: {maxUnavailable: 1}}
          template: {spec: {containers: [{name: web, resources: {requests: {cpu: 500m}}}]}}
        status: {replicas: 2, updatedReplicas: 2}

    Remedy:
        Raise the quota with its owner, free what others do not need, or let the rollout take one Pod away first
        (`maxUnavailable: 1`).

    References:
        https://kubernetes.io/docs/concepts/policy/resource-quotas/
        https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-update-deployment
    """
    if quota.words("spec", "scopes") or quota.mapping("spec", "scopeSelector"):
        return  # which Pods it counts is not plain to see
    surging = [workload for workload in cluster.within(Deployment, quota.namespace) if must_surge(workload)]
    for resource, used, hard in quota.usage():
        wants = [(asks_for(resource, workload, cluster), workload) for workload in surging]
        asked, largest = max(wants, key=lambda want: (want[0], want[1].name), default=(Decimal(0), None))
        if largest is None or used + asked <= hard or not asked:
            continue
        stuck = sum(used + other > hard for other, _ in wants)
        binary = "memory" in resource or "storage" in resource
        shown = {
            name: format_quantity(value, binary=binary) for name, value in (("u", used), ("h", hard), ("a", asked))
        }
        yield Match(
            message=f"quota {quota.name} will refuse the first new Pod of the next rollout of "
            f"{stuck} Deployment{'s' if stuck > 1 else ''}, {largest.name} the largest",
            evidence=(
                quota.cite(f"status.used['{resource}']"),
                quota.cite(f"status.hard['{resource}']"),
                largest.cite("spec.replicas"),
            ),
            blame=quota.ref,
            about=resource,
            arithmetic=f"{resource}: {shown['u']} used and {shown['a']} for one more Pod of {largest.name} make more "
            f"than {shown['h']}, and with replicas: {largest.wanted} no Pod may be unavailable meanwhile",
        )
