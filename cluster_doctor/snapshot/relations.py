"""How objects hang together: owners, placement, traffic, references, calls."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.index import ObjectIndex
from cluster_doctor.snapshot.records import CallEdge
from cluster_doctor.snapshot.selectors import matches_labels
from cluster_doctor.snapshot.views import (
    CronJob,
    DaemonSet,
    Deployment,
    EndpointAddress,
    Endpoints,
    EndpointSlice,
    Ingress,
    Job,
    Pod,
    PodSpec,
    ReplicaSet,
    ReplicationController,
    Secret,
    Service,
    StatefulSet,
    View,
    Workload,
)

WORKLOADS: tuple[type[Workload], ...] = (
    Deployment, StatefulSet, DaemonSet, CronJob, Job, ReplicaSet, ReplicationController,
)  # fmt: skip


class Relations(ObjectIndex):
    """Follows typed relations between objects."""

    call_edges: tuple[CallEdge, ...] = ()

    def workload_ref(self, ref: ObjectRef) -> ObjectRef:
        """Climb from an object to the one that a person changes: Pod → ReplicaSet → Deployment.

        Where an owner was not read, the climb ends at its name; a ReplicaSet is then named after its
        Deployment by the Pod's `pod-template-hash`, which the Deployment controller appends.
        """
        return self.remember(("workload of", ref), lambda: self._climb(ref))

    def _climb(self, ref: ObjectRef) -> ObjectRef:
        here, seen = ref, {ref}
        while True:
            view = self.find(here)
            here = view.ref if view else here  # as the picture knows it, whoever named it
            owner = view.controller if view else None
            if owner is None or owner in seen or owner.kind == "Node":
                return self._deployment_of_unread_replicaset(here, ref)
            seen.add(owner)
            here = owner

    def _deployment_of_unread_replicaset(self, here: ObjectRef, start: ObjectRef) -> ObjectRef:
        if here.kind != "ReplicaSet" or self.find(here) is not None:
            return here
        pod = self.find(start)
        suffix = f"-{pod.labels.get('pod-template-hash', '')}" if pod else "-"
        if suffix != "-" and here.name.endswith(suffix):
            return Deployment.ref_to(here.namespace, here.name.removesuffix(suffix))
        return here

    @cached_property
    def _pods_by_workload(self) -> dict[ObjectRef, list[Pod]]:
        found: dict[ObjectRef, list[Pod]] = defaultdict(list)
        for pod in self.all(Pod):
            here: ObjectRef | None = pod.controller
            seen: set[ObjectRef] = set()
            while here is not None and here not in seen:
                seen.add(here)
                found[here].append(pod)
                view = self.find(here)
                here = view.controller if view else None
            top = self.workload_ref(pod.ref)
            if pod not in found[top]:
                found[top].append(pod)
        return found

    def pods_of(self, ref: ObjectRef) -> list[Pod]:
        """List the Pods of a workload, at any depth; a Pod's own list is itself."""
        return self._pods_by_workload.get(ref, [])

    @cached_property
    def _pods_by_node(self) -> dict[str, list[Pod]]:
        found: dict[str, list[Pod]] = defaultdict(list)
        for pod in self.all(Pod):
            if pod.node_name:
                found[pod.node_name].append(pod)
        return found

    def pods_on(self, node: str) -> list[Pod]:
        """List the Pods bound to a node."""
        return self._pods_by_node.get(node, [])

    def workloads(self, *namespaces: str | None) -> Iterator[Workload]:
        """All objects with a Pod template that nothing else manages; or those of some namespaces."""
        for kind in WORKLOADS:
            found = [one for place in namespaces for one in self.within(kind, place)] if namespaces else self.all(kind)
            for workload in found:
                if workload.controller is None:
                    yield workload

    def pod_spec(self, view: View) -> PodSpec | None:
        """The Pod specification that an object carries, if it does."""
        match view:
            case Pod():
                return view.spec
            case Workload():
                return view.template
            case _:
                return None

    @cached_property
    def _services_by_label(self) -> dict[tuple[str, str, str], list[Service]]:
        """Each Service under one label of its selector: whatever matches the selector bears that label."""
        found: dict[tuple[str, str, str], list[Service]] = defaultdict(list)
        for service in self.all(Service):
            if service.selector:
                key, value = min(service.selector.items())
                found[(service.namespace or "", key, value)].append(service)
        return found

    def services_selecting(self, namespace: str | None, labels: dict[str, str]) -> list[Service]:
        """List the Services whose selector matches labels."""
        return [
            service
            for key, value in labels.items()
            for service in self._services_by_label.get((namespace or "", key, value), ())
            if matches_labels(service.selector, labels)
        ]

    def services_of(self, ref: ObjectRef) -> list[Service]:
        """List the Services that lead to a Pod or a workload."""
        view = self.find(ref)
        match view:
            case Pod():
                return self.services_selecting(view.namespace, view.labels)
            case Workload():
                return self.services_selecting(view.namespace, view.template_labels)
            case _:
                return []

    def workloads_behind(self, service: Service) -> list[ObjectRef]:
        """List the workloads that a Service leads to, whether they have Pods now or not."""
        found = {self.workload_ref(pod.ref): None for pod in self.select(service.namespace, service.selector)}
        if service.selector:
            for kind in (Deployment, StatefulSet, DaemonSet):
                for workload in self.within(kind, service.namespace):
                    if matches_labels(service.selector, workload.template_labels):
                        found.setdefault(workload.ref)
        return list(found)

    @cached_property
    def _slices(self) -> dict[tuple[str | None, str], list[EndpointSlice]]:
        found: dict[tuple[str | None, str], list[EndpointSlice]] = defaultdict(list)
        for part in self.all(EndpointSlice):
            found[(part.namespace, part.service)].append(part)
        return found

    def addresses_of(self, service: Service) -> list[EndpointAddress] | None:
        """List the addresses behind a Service; None when neither Endpoints nor slices were read."""
        return self.remember(("addresses of", service.ref), lambda: self._read_addresses(service))

    def _read_addresses(self, service: Service) -> list[EndpointAddress] | None:
        slices = self._slices.get((service.namespace, service.name))
        if slices:
            return [address for part in slices for address in part.addresses]
        endpoints = self.get(Endpoints, service.namespace, service.name)
        if endpoints:
            return endpoints.addresses
        read = self.covers(EndpointSlice, service.namespace) or self.covers(Endpoints, service.namespace, service.name)
        return [] if read else None

    @cached_property
    def _users(self) -> dict[ObjectRef, list[View]]:
        found: dict[ObjectRef, list[View]] = defaultdict(list)
        views: list[View] = [*self.all(Pod), *self.workloads()]
        for view in views:
            spec = self.pod_spec(view)
            if spec is None:
                continue
            named = {(reference.kind, reference.name) for reference in spec.references()}
            named |= {("PersistentVolumeClaim", name) for name, _ in spec.claims()}
            for kind, name in named:
                found[ObjectRef(kind=kind, name=name, namespace=view.namespace)].append(view)
        return found

    def users_of(self, ref: ObjectRef) -> list[View]:
        """List the Pods and workloads that name a ConfigMap, Secret, claim or ServiceAccount."""
        return self._users.get(ref, [])

    def ingresses_to(self, service: ObjectRef) -> list[Ingress]:
        """List the Ingresses that lead to a Service."""
        return [
            ingress
            for ingress in self.within(Ingress, service.namespace)
            if any(backend.service == service.name for backend in ingress.backends())
        ]

    def service_named(self, host: str, namespace: str | None) -> ObjectRef | None:
        """Read a host name as a cluster Service would be addressed from a namespace.

        `web` and `web.shop`, `web.shop.svc`, `web.shop.svc.cluster.local` name Service web in shop. Whether it
        exists is another question; a first label alone that no Service bears is not taken for one.
        """
        parts = host.rstrip(".").lower().split(".")
        if len(parts) == 1:
            known = self.get(Service, namespace, parts[0])
            return known.ref if known else None
        if len(parts) >= 3 and parts[2] == "svc":
            return Service.ref_to(parts[1], parts[0])
        known = self.get(Service, parts[1], parts[0]) if len(parts) == 2 else None
        return known.ref if known else None

    def services_in_secrets(self, workload: Workload) -> Iterator[ObjectRef]:
        """Services whose name a Secret holds that the workload's environment takes."""
        for container in workload.template.containers:
            for reference in container.references():
                secret = self.get(Secret, workload.namespace, reference.name) if reference.kind == Secret.kind else None
                for key in sorted(secret.keys) if secret else ():
                    if secret and reference.key in {None, key}:
                        namespace, _, name = str(secret.facts(key).get("service") or "").partition("/")
                        if name:
                            yield Service.ref_to(namespace, name)

    @cached_property
    def _calls(self) -> tuple[dict[ObjectRef, set[ObjectRef]], dict[ObjectRef, set[ObjectRef]]]:
        callees: dict[ObjectRef, set[ObjectRef]] = defaultdict(set)
        for edge in self.call_edges:
            for caller in self._ends(edge.caller):
                callees[caller] |= set(self._ends(edge.callee)) | {edge.callee}
        for workload in self.workloads():
            for container in workload.template.containers:
                for _, host, _ in container.addresses:
                    service = self.service_named(host, workload.namespace)
                    if service:
                        callees[workload.ref] |= {service, *self._ends(service)} - {workload.ref}
            for service in self.services_in_secrets(workload):
                callees[workload.ref] |= {service, *self._ends(service)} - {workload.ref}
        callers: dict[ObjectRef, set[ObjectRef]] = defaultdict(set)
        for caller, targets in callees.items():
            for target in targets:
                callers[target].add(caller)
        return callees, callers

    def _ends(self, ref: ObjectRef) -> list[ObjectRef]:
        if ref.kind != "Service":
            return [ref]
        service = self.get(Service, ref.namespace, ref.name)
        behind = self.workloads_behind(service) if service else []
        return behind or [ref]

    def callees_of(self, workload: ObjectRef) -> set[ObjectRef]:
        """Workloads and Services that a workload is known to call."""
        return self._calls[0].get(workload, set())

    def callers_of(self, ref: ObjectRef) -> set[ObjectRef]:
        """Workloads that are known to call a workload or Service."""
        return self._calls[1].get(ref, set())
