"""Follows relations out of the scope, to a bounded number of objects that others own."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, Future

from cluster_doctor.domain.coverage import Gap, GapReason
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.builder import SnapshotBuilder
from cluster_doctor.snapshot.kinds import BY_KIND
from cluster_doctor.snapshot.paths import strings, text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import APIService, Namespace, Service, WebhookConfiguration
from cluster_doctor.snapshot.views.cluster import MutatingWebhookConfiguration
from cluster_doctor.sources.live.discovery import Discovery
from cluster_doctor.sources.live.intake import take_listing, take_named
from cluster_doctor.sources.live.listing import Listing, ListRequest, read_list
from cluster_doctor.sources.live.reader import ApiReader
from cluster_doctor.sources.wire.failure import ReadFailure

_OF_A_BACKEND = ("Service", "Pod", "Deployment", "StatefulSet", "DaemonSet", "NetworkPolicy")
"""Lists of a backend's namespace: what runs there, what should, and what may keep us from it."""


def backends_beyond(cluster: ClusterSnapshot, scope: frozenset[str], most: int) -> tuple[tuple[ObjectRef, ...], int]:
    """Name the Services outside the scope that admission, aggregated APIs and workloads of the scope call."""
    found = {ref: None for ref in _named_backends(cluster) if ref.namespace not in scope}
    return tuple(list(found)[:most]), max(0, len(found) - most)


def _named_backends(cluster: ClusterSnapshot) -> Iterator[ObjectRef]:
    for configuration in (*cluster.all(WebhookConfiguration), *cluster.all(MutatingWebhookConfiguration)):
        for _, webhook in configuration.webhooks:
            name = text(webhook, "clientConfig", "service", "name")
            if name:
                yield Service.ref_to(text(webhook, "clientConfig", "service", "namespace"), name)
    for service in cluster.all(APIService):
        if service.text("spec", "service", "name"):
            yield Service.ref_to(service.text("spec", "service", "namespace"), service.text("spec", "service", "name"))
    namespaces = {namespace.name for namespace in cluster.all(Namespace)}
    for workload in cluster.workloads():
        for container in workload.template.containers:
            for _, host, _ in container.addresses:
                called = _service_beyond(cluster, host, workload.namespace, namespaces)
                if called:
                    yield called


def _service_beyond(
    cluster: ClusterSnapshot, host: str, namespace: str | None, namespaces: set[str]
) -> ObjectRef | None:
    known = cluster.service_named(host, namespace)
    if known:
        return known
    name, dot, place = host.rstrip(".").lower().partition(".")
    return Service.ref_to(place, name) if dot and place in namespaces else None


def read_backends(
    reader: ApiReader,
    pool: Executor,
    builder: SnapshotBuilder,
    discovery: Discovery,
    backends: tuple[ObjectRef, ...],
    left_out: int,
) -> None:
    """Read Services by name, with what stands behind each; one page of each list, however large the namespace."""
    if left_out:
        detail = f"{left_out} more Services outside the scope are called from it"
        builder.gap(Gap(kind="Service", reason=GapReason.OUT_OF_SCOPE, detail=detail))
    lists: list[Future[Listing]] = []

    def ask(request: ListRequest) -> None:
        lists.append(pool.submit(read_list, reader, request, builder.admit))

    for request in _around(discovery, backends):
        ask(request)
    named = [
        (kind, ref, pool.submit(_named, reader, discovery, kind, ref))
        for ref in backends
        for kind in ("Service", "Endpoints")
    ]
    for kind, ref, future in named:
        served, answer = discovery.find(kind, ""), future.result()
        if served is None:
            continue
        take_named(builder, served, ref.namespace, ref.name, answer)
        if kind == "Service" and isinstance(answer, dict):
            for request in _behind(discovery, ref, strings(answer, "spec", "selector")):
                ask(request)
    for listing in lists:
        take_listing(builder, listing.result())


def _around(discovery: Discovery, backends: tuple[ObjectRef, ...]) -> Iterator[ListRequest]:
    for namespace in sorted({ref.namespace for ref in backends if ref.namespace}):
        for kind in _OF_A_BACKEND:
            served = discovery.known(BY_KIND[kind])
            if served:
                yield ListRequest(served, namespace, pages=1)


def _named(reader: ApiReader, discovery: Discovery, kind: str, ref: ObjectRef) -> object | ReadFailure:
    served = discovery.find(kind, "")
    if served is None:
        return ReadFailure(GapReason.NOT_SERVED, "")
    try:
        return reader.json(served.path(ref.namespace, ref.name))
    except ReadFailure as failure:
        return failure


def _behind(discovery: Discovery, ref: ObjectRef, selector: dict[str, str]) -> Iterator[ListRequest]:
    slices = discovery.find("EndpointSlice", "discovery.k8s.io")
    if slices:
        chosen = f"kubernetes.io/service-name={ref.name}"
        yield ListRequest(slices, ref.namespace, label_selector=chosen, pages=1, covers=False)
    pods = discovery.find("Pod", "")
    if pods and selector:
        chosen = ",".join(f"{key}={value}" for key, value in sorted(selector.items()))
        yield ListRequest(pods, ref.namespace, label_selector=chosen, pages=1, covers=False)
