"""A DaemonSet with fewer ready Pods than were asked for."""

from __future__ import annotations

from cluster_doctor.domain.findings import Severity, Stage
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.symptoms.replicas import lacking
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import DaemonSet, Pod


@rule(Severity.WARNING, subject=DaemonSet, needs=(Pod,), stage=Stage.SYMPTOM)
def daemon_set_lacks_ready_replicas(daemon_set: DaemonSet, cluster: ClusterSnapshot) -> Matches:
    """The DaemonSet has fewer ready Pods than were asked for.

    Why it matters:
        What is missing in replicas is missing in capacity; with none ready the workload is down.

    Fires on:
        kind: DaemonSet
        metadata: {name: web}
        status: {desiredNumberScheduled: 3, numberReady: 2}

    Stays quiet on:
        kind: DaemonSet
        metadata: {name: web}
        status: {desiredNumberScheduled: 3, numberReady: 3}

    Remedy:
        Look at the Pods that are not ready, or at why there are none.

    References:
        https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/
    """
    yield from lacking(daemon_set, cluster)
