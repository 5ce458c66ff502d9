"""A Pod template that mounts a claim which nobody makes."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Claim, Workload


@rule(Severity.ERROR, subject=Workload, needs=(Claim,))
def template_names_missing_claim(workload: Workload, cluster: ClusterSnapshot) -> Matches:
    """A Pod template names a claim that is not among the manifests, which hold its whole namespace.

    Why it matters:
        Its Pods cannot be scheduled.

    Fires on:
        kind: Deployment
        metadata: {name: web}
        spec:
          template:
            spec:
              containers: [{name: app}]
              volumes:
              - {name: data, persistentVolumeClaim: {claimName: web-data}}

    Stays quiet on:
        kind: Deployment
        metadata: {name: web}
        spec:
          template:
            spec:
              containers: [{name: app}]
              volumes:
              - {name: data, persistentVolumeClaim: {claimName: web-data}}
        ---
        {kind: PersistentVolumeClaim, metadata: {name: web-data}}

    Remedy:
        Add the claim, or correct `claimName` in the Pod template.

    References:
        https://kubernetes.io/docs/concepts/storage/persistent-volumes/#claims-as-volumes
    """
    if not cluster.is_unapplied:
        return
    for name, path in workload.template.claims():
        if cluster.exists(Claim, workload.namespace, name) is not False:
            continue
        yield Match(
            message=f"claim {name}, which the Pods of {workload.ref} mount, is not among the manifests",
            evidence=(workload.cite(path), cluster.cite_absence(Claim.ref_to(workload.namespace, name))),
            effects=(Effect(EffectKind.WORKLOAD_UNAVAILABLE, workload.ref),),
            about=name,
            facts=(("name", name),),
        )
