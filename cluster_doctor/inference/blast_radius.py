"""What is affected by a fault: upwards to those who own it, outwards to those who depend on it."""

from __future__ import annotations

from collections.abc import Iterable

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.triage import BlastRadius
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import CronJob, Job, Pod, Service, Workload

MOST = 50
"""Objects of a sort that a report lists."""


def blast_radius(cluster: ClusterSnapshot, starts: Iterable[ObjectRef]) -> BlastRadius:
    """Follow relations from what is wrong to who feels it.

    A Node counts with the workloads of its Pods, a claim or a ConfigMap with those that use it, a namespace
    with those in it that lack replicas.
    """
    workloads = _workloads(cluster, starts)
    services = _services(cluster, starts, workloads)
    touched = set(workloads) | set(services)
    dependants = {caller for ref in touched for caller in cluster.callers_of(ref)} - touched
    routes = {ingress.ref for service in services for ingress in cluster.ingresses_to(service)}
    return BlastRadius(
        workloads=_first(workloads),
        services=_first(services),
        dependants=_first(dependants),
        routes=_first(routes),
        namespaces=tuple(sorted({ref.namespace for ref in touched if ref.namespace})),
        share_ready=_share_ready(cluster, workloads),
        data_at_risk=any(_keeps_data(cluster, ref) for ref in workloads),
    )


def serving_nothing(cluster: ClusterSnapshot, radius: BlastRadius) -> tuple[ObjectRef, ...]:
    """List the affected Services behind which no address is known to be ready."""
    dead = []
    for ref in radius.services:
        service = cluster.get(Service, ref.namespace, ref.name)
        if service is None or service.type == "ExternalName" or not service.selector:
            continue
        addresses = cluster.addresses_of(service)
        if addresses is not None:
            alive = any(address.ready for address in addresses)
        elif cluster.covers(Pod, ref.namespace):
            alive = any(pod.ready for pod in cluster.select(ref.namespace, service.selector))
        else:
            continue
        if not alive:
            dead.append(ref)
    return tuple(dead)


def _workloads(cluster: ClusterSnapshot, starts: Iterable[ObjectRef]) -> set[ObjectRef]:
    found: set[ObjectRef] = set()
    for ref in starts:
        match ref.kind:
            case "Node":
                found |= {cluster.workload_ref(pod.ref) for pod in cluster.pods_on(ref.name) if pod.expected_to_run}
            case "Namespace" | "ResourceQuota" | "LimitRange":
                place = ref.name if ref.kind == "Namespace" else ref.namespace
                found |= {w.ref for w in cluster.workloads() if w.namespace == place and w.ready_replicas < w.wanted}
            case "Service":
                service = cluster.get(Service, ref.namespace, ref.name)
                found |= set(cluster.workloads_behind(service)) if service else set()
            case _:
                view = cluster.find(ref)
                if isinstance(view, Pod | Workload):
                    found.add(cluster.workload_ref(ref))
                found |= {cluster.workload_ref(user.ref) for user in cluster.users_of(ref)}
    return found


def _services(cluster: ClusterSnapshot, starts: Iterable[ObjectRef], workloads: set[ObjectRef]) -> set[ObjectRef]:
    found = {ref for ref in starts if ref.kind == "Service"}
    for ref in workloads:
        view = cluster.find(ref)
        labels = view.template_labels if isinstance(view, Workload) else view.labels if view else {}
        found |= {service.ref for service in cluster.services_selecting(ref.namespace, labels)}
    return found


def _share_ready(cluster: ClusterSnapshot, workloads: Iterable[ObjectRef]) -> float | None:
    wanted = ready = 0
    for ref in workloads:
        view = cluster.find(ref)
        if isinstance(view, Workload) and not isinstance(view, Job | CronJob) and view.has_status:
            wanted += view.wanted
            ready += min(view.ready_replicas, view.wanted)
    return ready / wanted if wanted else None


def _keeps_data(cluster: ClusterSnapshot, ref: ObjectRef) -> bool:
    view = cluster.find(ref)
    if view is None:
        return ref.kind == "StatefulSet"
    spec = cluster.pod_spec(view)
    return bool(view.objects("spec", "volumeClaimTemplates")) or bool(spec and spec.claims())


def _first(refs: Iterable[ObjectRef]) -> tuple[ObjectRef, ...]:
    return tuple(sorted(refs)[:MOST])
