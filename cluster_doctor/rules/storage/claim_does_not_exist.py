"""A Pod that mounts a claim which does not exist."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.selections import unwell_pods
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Claim, Pod


@rule(Severity.ERROR, subject=Pod, needs=(Claim,), directness=Directness.STATED, among=unwell_pods)
def claim_does_not_exist(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The Pod mounts a PersistentVolumeClaim that does not exist in its namespace.

    Why it matters:
        The scheduler does not place a Pod whose claim is missing.

    Fires on:
        kind: Pod
        metadata: {name: db-0}
        spec:
          volumes:
          - name: d
            persistentVolumeClaim: {claimName: data}
        status: {phase: Pending}

    Stays quiet on:
        kind: Pod
        metadata: {name: db-0}
        spec:
          volumes:
          - name: d
            persistentVolumeClaim: {claimName: data}
        status: {phase: Pending}
        ---
        kind: PersistentVolumeClaim
        metadata: {name: data}
        status: {phase: Bound}

    Remedy:
        Create the claim, or name one that exists.

    References:
        https://kubernetes.io/docs/concepts/storage/persistent-volumes/#claims-as-volumes
    """
    for name, path in pod.spec.claims():
        if cluster.exists(Claim, pod.namespace, name) is not False:
            continue
        yield Match(
            message=f"Pod {pod.name} mounts claim {name}, which does not exist",
            evidence=(pod.cite(path), cluster.cite_absence(Claim.ref_to(pod.namespace, name))),
            effects=(Effect(EffectKind.POD_NOT_SCHEDULED, pod.ref), Effect(EffectKind.POD_NOT_STARTED, pod.ref)),
            because=(Effect(EffectKind.CLAIM_UNBOUND, Claim.ref_to(pod.namespace, name)),),
            about=name,
            since=pod.created_at,
        )
