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

from cluster_doctor.snapshot.health.manner import Manner
from cluster_doctor.snapshot.health.manners import counting
from cluster_doctor.snapshot.health.manners.words import (
    AT_REST,
    BUSY,
    DEGRADED,
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
            "Not enough disk space": DEGRADED,
            "Primary instance is being restarted": PROGRESSING,
            "Waiting for user action": SUSPENDED,
        },
        conditions=silent("LastBackupSucceeded"),
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
    ("kafka.banzaicloud.io", "KafkaCluster"): Manner(unsaid=PROGRESSING, reader=counting.kafka_brokers),
    ("kafka.strimzi.io", "*"): Manner(
        conditions={
            "PendingProposal": BUSY,
            "ProposalReady": AT_REST,
        },
        unsaid=PROGRESSING,
    ),
    ("platform.confluent.io", "*"): Manner(
        states=("status.phase", "status.connectorState", "status.state"),
        errors=("status.failedTasks",),
        unsaid=PROGRESSING,
    ),
    ("rabbitmq.com", "RabbitmqCluster"): Manner(
        conditions={
            "ReconcileSuccess": REQUIRED,
            "AllReplicasReady": SETTLING,
            "ClusterAvailable": SETTLING,
        },
        unsaid=PROGRESSING,
    ),
    ("rabbitmq.com", "*"): _TOPOLOGY,
    ("minio.min.io", "Tenant"): Manner(
        words={
            "Another MinIO Tenant already exists": DEGRADED,
            "Different versions across MinIO Pools": DEGRADED,
            "Statefulset not controlled by operator": DEGRADED,
        },
        unsaid=PROGRESSING,
    ),
    ("mysql.oracle.com", "InnoDBCluster"): Manner(
        states=("status.cluster.status",),
        words={"ONLINE_PARTIAL": PROGRESSING, "ONLINE_UNCERTAIN": DEGRADED, "NO_QUORUM": DEGRADED},
        unsaid=PROGRESSING,
    ),
    ("k8s.mariadb.com", "*"): LATE,
    ("mongodbcommunity.mongodb.com", "*"): LATE,
    ("db.atlasgo.io", "*"): LATE,
    ("opensearch.opster.io", "*"): LATE,
    ("couchbase.com", "CouchbaseCluster"): Manner(conditions=silent("AutoscaleReady"), unsaid=PROGRESSING),
    ("psmdb.percona.com", "*"): LATE,
    ("pxc.percona.com", "*"): LATE,
    ("ps.percona.com", "*"): LATE,
    ("pgv2.percona.com", "*"): LATE,
    ("clickhouse.altinity.com", "*"): LATE,
    ("clickhouse-keeper.altinity.com", "*"): LATE,
    ("zookeeper.pravega.io", "ZookeeperCluster"): LATE,
    ("solr.apache.org", "SolrCloud"): LATE,
}
