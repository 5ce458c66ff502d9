"""What would miss an object: who names it, selects it, routes to it, calls it, scales it or runs on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cluster_doctor.domain.answer import Said
from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.inference.asking.which import uses
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Autoscaler, Claim, Node, Service, StorageClass, View, Volume, Workload


def users(view: View | ObjectRef, cluster: ClusterSnapshot) -> Iterator[Said]:
    """List the Pods and workloads that name a ConfigMap, Secret, claim or ServiceAccount."""
    ref = view if isinstance(view, ObjectRef) else view.ref
    plain = ObjectRef(kind=ref.kind, name=ref.name, namespace=ref.namespace)
    for user in sorted(cluster.users_of(plain), key=lambda user: user.ref):
        yield Said(subject=user.ref, text=f"uses {ref}", evidence=uses(user, ref.kind, ref.name, cluster))


def dependants(view: View, cluster: ClusterSnapshot) -> Iterator[Said]:
    """List what depends on an object directly."""
    yield from users(view, cluster)
    for kind, read in _READERS:
        if isinstance(view, kind):
            yield from read(view, cluster)


def _of_service(view: View, cluster: ClusterSnapshot) -> Iterator[Said]:
    for ingress in cluster.ingresses_to(view.ref):
        paths = [backend.path for backend in ingress.backends() if backend.service == view.name]
        yield Said(subject=ingress.ref, text=f"routes to {view.ref}", evidence=tuple(map(ingress.cite, paths)))
    yield from _callers(view.ref, cluster)


def _of_workload(view: View, cluster: ClusterSnapshot) -> Iterator[Said]:
    for service in cluster.services_of(view.ref):
        yield Said(subject=service.ref, text=f"leads to {view.ref}", evidence=(service.cite("spec.selector"),))
        yield from _callers(service.ref, cluster)
    for scaler in cluster.within(Autoscaler, view.namespace):
        if scaler.target == view.ref:
            yield Said(subject=scaler.ref, text=f"scales {view.ref}", evidence=(scaler.cite("spec.scaleTargetRef"),))


def _of_node(view: View, cluster: ClusterSnapshot) -> Iterator[Said]:
    for pod in cluster.pods_on(view.name):
        yield Said(subject=pod.ref, text=f"runs on {view.ref}", evidence=(pod.cite("spec.nodeName"),))


def _of_volume(view: View, cluster: ClusterSnapshot) -> Iterator[Said]:
    for claim in cluster.all(Claim):
        if claim.volume == view.name:
            yield Said(subject=claim.ref, text=f"is bound to {view.ref}", evidence=(claim.cite("spec.volumeName"),))


def _of_storage_class(view: View, cluster: ClusterSnapshot) -> Iterator[Said]:
    for claim in cluster.all(Claim):
        if claim.storage_class == view.name:
            yield Said(subject=claim.ref, text=f"is of {view.ref}", evidence=(claim.cite("spec.storageClassName"),))


_READERS: tuple[tuple[type[View], Callable[[View, ClusterSnapshot], Iterator[Said]]], ...] = (
    (Service, _of_service),
    (Workload, _of_workload),
    (Node, _of_node),
    (Volume, _of_volume),
    (StorageClass, _of_storage_class),
)


def _callers(ref: ObjectRef, cluster: ClusterSnapshot) -> Iterator[Said]:
    for caller in sorted(cluster.callers_of(ref)):
        view = cluster.find(caller)
        facts: tuple[Evidence, ...] = ()
        if isinstance(view, Workload):
            facts = tuple(
                view.cite(path)
                for container in view.template.containers
                for path, host, _ in container.addresses
                if cluster.service_named(host, view.namespace) == ref
            )
        yield Said(subject=caller, text=f"calls {ref}", evidence=facts)
