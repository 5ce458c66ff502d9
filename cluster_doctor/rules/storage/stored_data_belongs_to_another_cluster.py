"""Stored data that another cluster of the same software wrote."""

from __future__ import annotations

from cluster_doctor.domain.findings import Directness, Severity
from cluster_doctor.rules.container.final_complaint import complaints_of
from cluster_doctor.rules.container.last_words import failing_pods
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.snapshot.log_lines.wording import wording
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod

_WORDS = wording(
    r"(the cluster ID .{0,120}doesn't match stored clusterId.{0,80}|InconsistentClusterIdException.{0,160}"
    r"|invalid cluster\.id in: .{0,160}|doesn't match stored (?:node|broker)\.?(?: ?id|Id).{0,80}"
    r"|InconsistentBrokerIdException.{0,160}|has already been bootstrapped"
    r"|cluster ID mismatch.{0,80}|previously joined a cluster with UUID.{0,160}|system ID mismatch.{0,120}"
    r"|saved cluster name .{0,80} != configured name.{0,80}|thinks it's clustered with node.{0,120}"
    r"|replica set IDs do not match.{0,80})",
    "stored clusterid",
    "inconsistentclusterid",
    "inconsistentbrokerid",
    "invalid cluster.id",
    "match stored",
    "already been bootstrapped",
    "cluster id mismatch",
    "previously joined a cluster",
    "system id mismatch",
    "saved cluster name",
    "thinks it's clustered",
    "replica set ids do not match",
    any_case=True,
)
"""What Kafka, etcd, TiKV, Elasticsearch, Patroni, Cassandra, RabbitMQ and MongoDB say."""


@rule(Severity.ERROR, subject=Pod, needs=(Records.LOGS,), directness=Directness.STATED, among=failing_pods)
def stored_data_belongs_to_another_cluster(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """The files in the volume were written by another cluster than the one that the process is to join.

    Why it matters:
        Claims outlive the StatefulSet that made them. Installed anew, members find the identity of the old cluster in
        their volumes, and stay away from the new one.

    Fires on:
        kind: Pod
        metadata: {name: web-0}
        spec: {nodeName: n1, containers: [{name: app}]}
        status:
          phase: Running
          containerStatuses:
          - {name: app, ready: false, restartCount: 4, state: {waiting: {reason: CrashLoopBackOff}}}
        ---
        kind: Log
        subject: Pod/web-0
        container: app
        lines: ["InconsistentClusterIdException: The Cluster ID Xy12 doesn't match stored clusterId Some(Ab34)"]

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0}
        spec: {nodeName: n1, containers: [{name: app}]}
        status:
          phase: Running
          containerStatuses:
          - {name: app, ready: false, restartCount: 4, state: {waiting: {reason: CrashLoopBackOff}}}
        ---
        kind: Log
        subject: Pod/web-0
        container: app
        lines: ['cluster id is Xy12']

    Remedy:
        Decide which data counts: restore the members of the old cluster, or give the new one empty volumes.

    References:
        https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#limitations
    """
    yield from complaints_of(
        pod,
        _WORDS,
        lambda container, told: (
            f"the files of container {container.name} in Pod {pod.name} belong to another cluster: {told}"
        ),
        cluster,
    )
