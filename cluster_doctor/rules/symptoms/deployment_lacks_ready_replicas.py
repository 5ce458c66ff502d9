"""A Deployment with fewer ready Pods than were asked for."""

from __future__ import annotations

from cluster_doctor.domain.findings import Severity, Stage
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.symptoms.replicas import lacking
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Deployment, Pod


@rule(Severity.WARNING, subject=Deployment, needs=(Pod,), stage=Stage.SYMPTOM)
def deployment_lacks_ready_replicas(deployment: Deployment, cluster: ClusterSnapshot) -> Matches:
    """The Deployment has fewer ready Pods than were asked for.

    Why it matters:
        What is missing in replicas is missing in capacity; with none ready the workload is down.

    Fires on:
        kind: Deployment
        metadata: {name: web}
        spec: {replicas: 3}
        status: {replicas: 3, readyReplicas: 1}

    Stays quiet on:
        kind: Deployment
        metadata: {name: web}
        spec: {replicas: 3}
        status: {replicas: 3, readyReplicas: 3}

    Remedy:
        Look at the Pods that are not ready, or at why there are none.

    References:
        https://kubernetes.io/docs/concepts/workloads/controllers/deployment/
    """
    yield from lacking(deployment, cluster)
