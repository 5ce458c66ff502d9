"""A StatefulSet without the Service that names its Pods."""

from __future__ import annotations

from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Service, StatefulSet


@rule(Severity.WARNING, subject=StatefulSet, needs=(Service,))
def governing_service_is_not_delivered(stateful_set: StatefulSet, cluster: ClusterSnapshot) -> Matches:
    """The Service that a StatefulSet names is not among the manifests.

    Why it matters:
        Its Pods get no names of their own, and members that look each other up by name do not meet.

    Fires on:
        kind: StatefulSet
        metadata: {name: db}
        spec: {serviceName: db-peers}
        ---
        kind: Service
        metadata: {name: db}
        spec: {clusterIP: None}

    Stays quiet on:
        kind: StatefulSet
        metadata: {name: db}
        spec: {serviceName: db}
        ---
        kind: Service
        metadata: {name: db}
        spec: {clusterIP: None}

    Remedy:
        Add a headless Service of that name, or correct `spec.serviceName`.

    References:
        https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-network-id
    """
    name = stateful_set.service_name
    if not cluster.is_unapplied or not name:
        return
    if cluster.exists(Service, stateful_set.namespace, name) is False:
        yield Match(
            message=f"StatefulSet {stateful_set.name} names Service {name}, which is not among the manifests",
            evidence=(
                stateful_set.cite("spec.serviceName"),
                cluster.cite_absence(Service.ref_to(stateful_set.namespace, name)),
            ),
            about=name,
            facts=(("service", name),),
        )
