"""Which database a client's complaint is about."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.rules.dependency.failing_calls import FailingCall
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Service, Workload

_IMAGES = re.compile(
    r"mysql|mariadb|percona|postgres|pgvector|timescale|redis|valkey|mongo|mssql|cockroach|oracle|cassandra|tidb",
    re.IGNORECASE,
)


def is_database(workload: Workload) -> bool:
    """Tell whether a workload runs a database server, by its images."""
    return any(_IMAGES.search(container.image.rpartition("/")[2]) for container in workload.template.containers)


def databases(cluster: ClusterSnapshot) -> Iterator[Workload]:
    """Workloads that run a database server."""
    return (workload for workload in cluster.workloads() if is_database(workload))


def behind(host: str, namespace: str | None, cluster: ClusterSnapshot) -> ObjectRef | None:
    """Find the workload that a host name leads to."""
    service = cluster.service_named(host, namespace) if host else None
    view = cluster.get(Service, service.namespace, service.name) if service else None
    return next(iter(cluster.workloads_behind(view)), None) if view else None


def complained_about(clients: Iterable[tuple[Workload, FailingCall]], cluster: ClusterSnapshot) -> ObjectRef | None:
    """Find the database that clients complain about: the one that their lines name, else the one they share.

    Sharing is known from calls; where nothing is known of those, a database that stands alone in the
    clients' namespace is meant.
    """
    votes: Counter[ObjectRef] = Counter()
    namespaces: set[str | None] = set()
    for client, call in clients:
        namespaces.add(client.namespace)
        named = behind(call.host, client.namespace, cluster)
        if named:
            votes[named] += 3
        for callee in cluster.callees_of(client.ref):
            view = cluster.find(callee)
            if isinstance(view, Workload) and is_database(view):
                votes[callee] += 1
    if votes:
        return max(votes, key=lambda ref: (votes[ref], ref))
    servers = [w for w in cluster.workloads() if w.namespace in namespaces and is_database(w)]
    return servers[0].ref if len(servers) == 1 else None
