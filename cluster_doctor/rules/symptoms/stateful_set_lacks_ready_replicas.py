"""A StatefulSet with fewer ready Pods than were asked for."""

from __future__ import annotations

from cluster_doctor.domain.findings import Severity, Stage
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.symptoms.replicas import lacking
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod, StatefulSet


@rule(Severity.WARNING, subject=StatefulSet, needs=(Pod,), stage=Stage.SYMPTOM)
def stateful_set_lacks_ready_replicas(stateful_set: StatefulSet, cluster: ClusterSnapshot) -> Matches:
    """The StatefulSet has fewer ready Pods than were asked for.

    Why it matters:
        What is missing in replicas is missing in capacity; with none ready the workload is down.

    Fires on:
        kind: StatefulSet
        metadata: {name: web}
        spec: {replicas: 3}
        status: {replicas: 3, readyReplicas: 1}

    Stays quiet on:
        kind: StatefulSet
        metadata: {name: web}
        spec: {replicas: 3}
        status: {replicas: 3, readyReplicas: 3}

    Remedy:
        Look at the Pods that are not ready, or at why there are none.

    References:
        https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/
    """
    yield from lacking(stateful_set, cluster)
