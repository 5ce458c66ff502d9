"""Services that somebody names and nobody made."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.rules.dependency.failing_calls import failing_calls
from cluster_doctor.snapshot.log_lines.trouble import Trouble
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Namespace, Service, View, Workload

_LABEL = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")
_LOCAL = frozenset({"localhost", "true", "false", "info", "debug", "http", "https", "tcp", "udp", "none"})


def missing_service(host: str, port: int | None, caller: View, cluster: ClusterSnapshot) -> ObjectRef | None:
    """Name the Service that a host means, if it is known not to exist.

    A bare first label counts only with a port, or if the caller logged that it does not resolve: many words
    in an environment are no hosts. In a namespace whose Services nobody read, the cluster's name server tells,
    in whose words the caller logged that there is no such name.
    """
    parts = host.rstrip(".").split(".")
    if not _LABEL.fullmatch(parts[0]) or parts[0] in _LOCAL:
        return None
    if parts[2:3] == ["svc"] or (len(parts) == 2 and cluster.exists(Namespace, None, parts[1])):
        ref = Service.ref_to(parts[1], parts[0])
    elif len(parts) == 1 and (port is not None or unresolved(host, caller.ref, cluster)):
        ref = Service.ref_to(caller.namespace, parts[0])
    else:
        return None
    known = cluster.exists(Service, ref.namespace, ref.name)
    if known is None and ref.namespace != caller.namespace and unresolved(host, caller.ref, cluster):
        known = not _asks_cluster_dns(caller)
    return ref if known is False else None


def _asks_cluster_dns(caller: View) -> bool:
    """Whether a workload's Pods ask the cluster's name server, which knows every Service."""
    return isinstance(caller, Workload) and caller.template.dns_policy.startswith("ClusterFirst")


def callers_of_missing(cluster: ClusterSnapshot) -> Iterator[Workload]:
    """Workloads that name a Service which does not exist."""
    for workload in cluster.workloads():
        named = ((host, port) for container in workload.template.containers for _, host, port in container.addresses)
        if any(missing_service(host, port, workload, cluster) for host, port in named):
            yield workload


def unresolved(host: str, caller: ObjectRef, cluster: ClusterSnapshot) -> bool:
    """Tell whether a workload logged that a name does not resolve."""
    return any(
        call.trouble is Trouble.UNKNOWN_HOST and call.host.split(".")[0] == host.split(".", maxsplit=1)[0]
        for call in failing_calls(caller, cluster)
    )


def workload_behind_missing(service: ObjectRef, cluster: ClusterSnapshot) -> Workload | None:
    """Find the workload that a missing Service would lead to: one of its name, led to by no other Service."""
    for workload in cluster.workloads(service.namespace):
        is_meant = workload.name == service.name or service.name in workload.template_labels.values()
        if is_meant and not cluster.services_of(workload.ref):
            return workload
    return None


def nearest(service: ObjectRef, port: int | None, cluster: ClusterSnapshot) -> str:
    """Name the one Service of the namespace that offers a port; empty if none or several do."""
    offering = [
        known.name
        for known in cluster.within(Service, service.namespace)
        if port is not None and any(entry.number == port for entry in known.ports)
    ]
    return offering[0] if len(offering) == 1 else ""
