"""A StatefulSet whose governing Service is missing."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Service, StatefulSet


@rule(Severity.WARNING, subject=StatefulSet, needs=(Service,))
def governing_service_does_not_exist(stateful_set: StatefulSet, cluster: ClusterSnapshot) -> Matches:
    """The StatefulSet names a governing Service that does not exist.

    Why it matters:
        Its Pods start, but none of them gets a name in DNS; members that find each other by name do not.

    Fires on:
        kind: StatefulSet
        metadata: {name: db, creationTimestamp: '2025-12-01T00:00:00Z'}
        spec: {serviceName: db-headless}
        status: {replicas: 1}
        ---
        kind: Service
        metadata: {name: db}
        spec: {clusterIP: None}

    Stays quiet on:
        kind: StatefulSet
        metadata: {name: db, creationTimestamp: '2025-12-01T00:00:00Z'}
        spec: {serviceName: db}
        status: {replicas: 1}
        ---
        kind: Service
        metadata: {name: db}
        spec: {clusterIP: None}

    Remedy:
        Create a headless Service of that name. `spec.serviceName` cannot be changed; to name another Service the
        StatefulSet is made anew.

    References:
        https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-network-id
    """
    name = stateful_set.service_name
    if cluster.is_unapplied or not name or stateful_set.deleted_at:
        return
    if cluster.exists(Service, stateful_set.namespace, name) is not False:
        return
    missing = Service.ref_to(stateful_set.namespace, name)
    yield Match(
        message=f"StatefulSet {stateful_set.name} names Service {name}, which does not exist",
        evidence=(stateful_set.cite("spec.serviceName"), cluster.cite_absence(missing)),
        effects=(Effect(EffectKind.SERVICE_MISSING, missing),),
        about=name,
        facts=(("service", name),),
    )
