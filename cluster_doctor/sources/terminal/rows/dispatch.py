"""Chooses how a row of `kubectl get` is read, by its kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cluster_doctor.snapshot.kinds import BY_KIND, kind_named
from cluster_doctor.snapshot.paths import mapping
from cluster_doctor.sources.terminal.merge import JsonObject, deep_merge
from cluster_doctor.sources.terminal.moments import Clock
from cluster_doctor.sources.terminal.partials import new_object
from cluster_doctor.sources.terminal.rows import cluster, network, pods, storage, workloads
from cluster_doctor.sources.terminal.rows.cells import NONE, pairs
from cluster_doctor.sources.terminal.table import Row, read_table

_READERS: dict[str, Callable[[Row, Clock], JsonObject]] = {
    "Pod": pods.pod,
    "Deployment": workloads.deployment,
    "ReplicaSet": workloads.replica_set,
    "ReplicationController": workloads.replica_set,
    "StatefulSet": workloads.stateful_set,
    "DaemonSet": workloads.daemon_set,
    "Job": workloads.job,
    "CronJob": workloads.cron_job,
    "HorizontalPodAutoscaler": workloads.autoscaler,
    "PodDisruptionBudget": workloads.disruption_budget,
    "Service": network.service,
    "Endpoints": network.endpoints,
    "EndpointSlice": network.endpoint_slice,
    "Ingress": network.ingress,
    "NetworkPolicy": network.network_policy,
    "PersistentVolumeClaim": storage.claim,
    "PersistentVolume": storage.volume,
    "StorageClass": storage.storage_class,
    "Node": cluster.node,
    "Namespace": cluster.namespace,
    "ResourceQuota": cluster.resource_quota,
    "Secret": cluster.secret,
    "RoleBinding": cluster.role_binding,
    "ClusterRoleBinding": cluster.role_binding,
    "PriorityClass": cluster.priority_class,
    "IngressClass": cluster.ingress_class,
    "Lease": cluster.lease,
    "APIService": cluster.api_service,
}


def read_rows(text: str, kind: str, namespace: str | None, clock: Clock) -> Iterator[JsonObject]:
    """Read the tables of `kubectl get`.

    Args:
        text: what was printed.
        kind: kind of rows whose name does not tell it (`pod/web-0` does).
        namespace: namespace of rows without a column of that name.
        clock: when it was printed.
    """
    for row in read_table(text):
        found = read_row(row, kind, namespace, clock)
        if found is not None:
            yield found


def read_row(row: Row, kind: str, namespace: str | None, clock: Clock) -> JsonObject | None:
    """Read one row; None if it names nothing."""
    name = row.get("NAME", "").removesuffix(" (default)")
    if not name or " " in name:
        return None
    word, slash, rest = name.partition("/")
    api_version = ""
    if slash:
        known = kind_named(word)
        kind, name = (known.kind, rest) if known else (word, rest)
    if kind not in BY_KIND:
        known = kind_named(kind)
        kind = known.kind if known else kind
    if not kind:
        return None
    found = new_object(kind, name, row.get("NAMESPACE") or namespace, api_version)
    metadata = mapping(found, "metadata")
    created = clock.ago(row.get("AGE", "") or row.get("CREATED AT", ""))
    if created:
        metadata["creationTimestamp"] = created
    if "LABELS" in row:
        metadata["labels"] = {} if row["LABELS"] in NONE else pairs(row["LABELS"])
    reader = _READERS.get(kind)
    return deep_merge(found, reader(row, clock)) if reader else found
