"""Databases, queues and search engines.

References:
    https://cloudnative-pg.io/documentation/current/cloudnative-pg.v1/#postgresql-cnpg-io-v1-ClusterStatus
    https://postgres-operator.readthedocs.io/en/latest/reference/cluster_manifest/
    https://www.elastic.co/docs/deploy-manage/deploy/cloud-on-k8s/elasticsearch-deployment-quickstart
    https://strimzi.io/docs/operators/latest/configuring.html#type-KafkaStatus-reference
    https://www.rabbitmq.com/kubernetes/operator/using-operator#status-conditions
    https://docs.percona.com/percona-operator-for-mysql/pxc/index.html
    https://github.com/minio/operator/blob/master/pkg/controller/status.go
"""

from __future__ import annotations

from cluster_doctor.snapshot.health.manner import STATES, Manner
from cluster_doctor.snapshot.health.manners import counting
from cluster_doctor.snapshot.health.manners.words import (
    DEGRADED,
    HEALTHY,
    LATE,
    PROGRESSING,
    REQUIRED,
    SETTLING,
    SUSPENDED,
    UNKNOWN,
    silent,
    stateless,
)

_TOPOLOGY = Manner(unsaid=UNKNOWN)
_ELASTIC = Manner(unsaid=PROGRESSING, reader=counting.elastic_nodes)

MANNERS: dict[tuple[str, str], Manner] = {
    ("acid.zalan.do", "postgresql"): Manner(states=("status.PostgresClusterStatus",), unsaid=PROGRESSING),
    ("postgresql.cnpg.io", "Cluster"): Manner(
        words={
            "Cluster in healthy state": HEALTHY,
            "Failing over": DEGRADED,
            "Not enough disk space": DEGRADED,
            "Cluster has incomplete or invalid image catalog": DEGRADED,
            "Cluster cannot": DEGRADED,
            "Unable to create required cluster objects": DEGRADED,
            "Cluster is in an unrecoverable state": DEGRADED,
            "Cluster upgrade delayed": PROGRESSING,
            "Primary instance is being restarted": PROGRESSING,
            "Waiting for user action": SUSPENDED,
        },
        conditions=silent("ContinuousArchiving", "LastBackupSucceeded"),
        unsaid=PROGRESSING,
    ),
    **stateless("postgresql.cnpg.io", "ImageCatalog", "ClusterImageCatalog", "Pooler", "ScheduledBackup"),
    ("postgres-operator.crunchydata.com", "PostgresCluster"): Manner(reader=counting.members("instances")),
    ("elasticsearch.k8s.elastic.co", "*"): _ELASTIC,
    ("kibana.k8s.elastic.co", "*"): LATE,
    ("logstash.k8s.elastic.co", "*"): LATE,
    ("apm.k8s.elastic.co", "*"): LATE,
    ("enterprisesearch.k8s.elastic.co", "*"): LATE,
    ("maps.k8s.elastic.co", "*"): LATE,
    ("agent.k8s.elastic.co", "*"): Manner(unsaid=UNKNOWN, reader=counting.expected_nodes),
    ("beat.k8s.elastic.co", "*"): Manner(unsaid=UNKNOWN, reader=counting.expected_nodes),
    ("cassandra.rook.io", "Cluster"): Manner(reader=counting.racks),
    ("scylla.scylladb.com", "ScyllaCluster"): Manner(reader=counting.racks),
    ("core.humio.com", "*"): LATE,
    ("kafka.banzaicloud.io", "KafkaCluster"): Manner(
        words={
            "ClusterRunning": HEALTHY,
            "ClusterReconciling": PROGRESSING,
            "ClusterRollingUpgrading": PROGRESSING,
            "ClusterRollingUpgrade": PROGRESSING,
        },
        unsaid=PROGRESSING,
        reader=counting.kafka_brokers,
    ),
    ("kafka.strimzi.io", "*"): Manner(
        conditions={
            **silent("Warning"),
            **dict.fromkeys(("PendingProposal", "Rebalancing"), SETTLING),
        },
        unsaid=PROGRESSING,
    ),
    ("platform.confluent.io", "*"): Manner(
        states=("status.phase", "status.connectorState", "status.state"),
        conditions=silent("platform.confluent.io/garbage-collecting"),
        errors=("status.failedTasks",),
        unsaid=PROGRESSING,
    ),
    ("rabbitmq.com", "RabbitmqCluster"): Manner(
        conditions={
            "ReconcileSuccess": REQUIRED,
            "AllReplicasReady": SETTLING,
            "ClusterAvailable": SETTLING,
            **silent("NoWarnings"),
        },
        unsaid=PROGRESSING,
    ),
    ("rabbitmq.com", "*"): _TOPOLOGY,
    ("minio.min.io", "Tenant"): Manner(
        words={
            "Initialized": HEALTHY,
            "Another MinIO Tenant already exists": DEGRADED,
            "Different versions across MinIO Pools": DEGRADED,
            "Multiple tenants exist": DEGRADED,
            "Pool Decommissioning Not Allowed": DEGRADED,
            "Pool MinIO License": DEGRADED,
            "Statefulset not controlled by operator": DEGRADED,
        },
        unsaid=PROGRESSING,
    ),
    ("mysql.oracle.com", "InnoDBCluster"): Manner(
        states=("status.cluster.status",),
        words={"ONLINE": HEALTHY, "ONLINE_PARTIAL": PROGRESSING, "ONLINE_UNCERTAIN": DEGRADED, "NO_QUORUM": DEGRADED},
        unsaid=PROGRESSING,
    ),
    ("k8s.mariadb.com", "*"): LATE,
    ("mongodbcommunity.mongodb.com", "*"): LATE,
    ("db.atlasgo.io", "*"): LATE,
    ("opensearch.opster.io", "*"): Manner(states=(*STATES, "status.availableNodes.health"), unsaid=PROGRESSING),
    ("couchbase.com", "CouchbaseCluster"): Manner(
        conditions=silent("Balanced", "BucketManaged", "AutoscaleReady"), unsaid=PROGRESSING
    ),
    ("psmdb.percona.com", "*"): LATE,
    ("pxc.percona.com", "*"): LATE,
    ("ps.percona.com", "*"): LATE,
    ("pgv2.percona.com", "*"): LATE,
    ("clickhouse.altinity.com", "*"): LATE,
    ("clickhouse-keeper.altinity.com", "*"): LATE,
    ("zookeeper.pravega.io", "ZookeeperCluster"): LATE,
    ("solr.apache.org", "SolrCloud"): LATE,
}
