"""A namespace whose storage quota leaves no room for a claim."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.quota.storage import absent_claims, counts_storage, declared_size
from cluster_doctor.snapshot.quantity import format_quantity
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Claim, Namespace, Pod, ResourceQuota


@rule(Severity.ERROR, subject=ResourceQuota, needs=(Pod, Claim))
def namespace_storage_quota_blocks_claim(quota: ResourceQuota, cluster: ClusterSnapshot) -> Matches:
    """A claim that a Pod waits for does not exist, and the namespace's storage quota has no room for it.

    Why it matters:
        A claim beyond the quota is rejected once, to whoever applied it; no trace stays but the absence.

    Fires on:
        kind: ResourceQuota
        metadata: {name: team}
        status:
          hard: {requests.storage: 10Gi}
          used: {requests.storage: 10Gi}
        ---
        kind: Pod
        metadata: {name: db-0}
        spec:
          volumes:
          - name: d
            persistentVolumeClaim: {claimName: data}
        status: {phase: Pending}

    Stays quiet on:
        kind: ResourceQuota
        metadata: {name: team}
        status:
          hard: {requests.storage: 10Gi}
          used: {requests.storage: 10Gi}
        ---
        kind: Pod
        metadata: {name: db-0}
        spec:
          volumes:
          - name: d
            persistentVolumeClaim: {claimName: data}
        status: {phase: Running}
        ---
        kind: PersistentVolumeClaim
        metadata: {name: data}
        status: {phase: Bound}

    Remedy:
        Raise the quota with its owner, or release claims that nobody needs; then create the claim.

    References:
        https://kubernetes.io/docs/concepts/policy/resource-quotas/#quota-for-storage
    """
    limits = {resource: (used, hard) for resource, used, hard in quota.usage() if counts_storage(resource)}
    for name, users in absent_claims(quota.namespace, cluster).items() if limits else ():
        asked = declared_size(quota.namespace, name, cluster)
        tight = {
            resource: (used, hard)
            for resource, (used, hard) in limits.items()
            if used + (asked or 0 if "storage" in resource.rpartition("/")[2] else 1) > hard or used >= hard
        }
        resource, (_used, _hard) = next(iter((tight or limits).items()))
        wanted = (
            f"; claim {name} asks for {format_quantity(asked, binary=True)}" if asked else f"; claim {name} is missing"
        )
        yield Match(
            message=f"quota {quota.name} of namespace {quota.namespace} allows "
            f"{resource}={quota.text('status', 'hard', resource)}, "
            f"of which {quota.text('status', 'used', resource)} is used{wanted}",
            evidence=(
                quota.cite(f"status.hard['{resource}']"),
                quota.cite(f"status.used['{resource}']"),
                cluster.cite_absence(Claim.ref_to(quota.namespace, name)),
            ),
            blame=Namespace.ref_to(None, quota.namespace or ""),
            effects=(
                Effect(EffectKind.CLAIM_UNBOUND, Claim.ref_to(quota.namespace, name)),
                *(Effect(EffectKind.POD_NOT_SCHEDULED, user) for user in users),
            ),
            about="storage",
            directness=Directness.STATED if tight else Directness.REPORTED,
            facts=(("quota", quota.name), ("resource", resource), ("claim", name)),
        )
