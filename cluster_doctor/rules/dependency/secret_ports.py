"""Port numbers that a workload gets from Secrets."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Secret, Service, Workload


def ports_from_secrets(workload: Workload, cluster: ClusterSnapshot) -> Iterator[tuple[Secret, str, int]]:
    """Yield Secret, key and number for each key that the workload's environment takes and that holds a port."""
    for container in workload.template.containers:
        for reference in container.references():
            if reference.kind != Secret.kind:
                continue
            secret = cluster.get(Secret, workload.namespace, reference.name)
            for key in sorted(secret.keys) if secret else ():
                number = secret.facts(key).get("port") if secret else None
                if secret and isinstance(number, int) and reference.key in {None, key}:
                    yield secret, key, number


def ports_of_named_services(secret: Secret, cluster: ClusterSnapshot) -> set[int]:
    """Ports of the Services whose names a Secret holds; empty if it holds none."""
    found: set[int] = set()
    for key in secret.keys:
        namespace, _, name = str(secret.facts(key).get("service") or "").partition("/")
        service = cluster.get(Service, namespace, name) if name else None
        found |= {port.number for port in service.ports} if service else set()
    return found
