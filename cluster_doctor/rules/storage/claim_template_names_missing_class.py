"""A StatefulSet that asks for storage of a class nobody defined."""

from __future__ import annotations

from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.paths import text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Claim, StatefulSet, StorageClass, Volume


@rule(Severity.ERROR, subject=StatefulSet, needs=(StorageClass, Volume, Claim), directness=Directness.COMPARED)
def claim_template_names_missing_class(stateful_set: StatefulSet, cluster: ClusterSnapshot) -> Matches:
    """A claim template of the StatefulSet names a StorageClass that does not exist, before any claim was made of it.

    Why it matters:
        The next claim waits for ever, and its Pod with it: the StatefulSet does not start or cannot grow.

    Fires on:
        kind: StatefulSet
        metadata: {name: db}
        spec:
          replicas: 1
          volumeClaimTemplates:
          - metadata: {name: data}
            spec: {storageClassName: fast}

    Stays quiet on:
        kind: StatefulSet
        metadata: {name: db}
        spec:
          replicas: 1
          volumeClaimTemplates:
          - metadata: {name: data}
            spec: {storageClassName: fast}
        ---
        kind: StorageClass
        metadata: {name: fast}
        provisioner: csi.example.com

    Remedy:
        Create the class, or make the StatefulSet anew with one that exists: its claim templates cannot be changed.

    References:
        https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#volume-claim-templates
    """
    volumes = {volume.storage_class for volume in cluster.all(Volume)}
    for position, template in stateful_set.objects("spec", "volumeClaimTemplates"):
        name, storage = text(template, "metadata", "name"), text(template, "spec", "storageClassName")
        if not storage or storage in volumes or cluster.exists(StorageClass, None, storage) is not False:
            continue
        made = f"{name}-{stateful_set.name}-"
        if any(claim.name.startswith(made) for claim in cluster.within(Claim, stateful_set.namespace)):
            continue  # the claims speak for themselves
        yield Match(
            message=f"claim template {name} of StatefulSet {stateful_set.name} names storage class {storage!r}, "
            "which does not exist",
            evidence=(
                stateful_set.cite(f"spec.volumeClaimTemplates[{position}].spec.storageClassName"),
                cluster.cite_absence(StorageClass.ref_to(None, storage)),
            ),
            about=name,
            facts=(("class", storage),),
        )
