"""The picture of a cluster as it will be after a change of some objects, as far as it can be told beforehand.

There are two of them, because a picture of a cluster holds what people wrote and what came of it. In the *edited* one
only that is new which follows from the change by the API's own rules: the objects, and the Pods as the template has
them. What was reported of them stays, though the rollout will replace the Pods it was reported of. In the *settled* one
the workloads concerned are rolled out and well, the Services lead to their Pods, and what was reported before is gone:
it is how things are if the new Pods run as they are written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TypeVar

from pydantic import BaseModel, JsonValue

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.remediation.foresight.reached import endpoints_of
from cluster_doctor.remediation.foresight.renewed import renewed, rolls_out, with_template
from cluster_doctor.snapshot.paths import mapping
from cluster_doctor.snapshot.selectors import matches_labels
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.tables import view_of
from cluster_doctor.snapshot.views import Endpoints, EndpointSlice, Event, Pod, ReplicaSet, Service, View, Workload

Object = dict[str, JsonValue]
R = TypeVar("R", bound=BaseModel)


def edited_picture(
    cluster: ClusterSnapshot, changed: Mapping[ObjectRef, Object], gone: Collection[ObjectRef] = ()
) -> ClusterSnapshot:
    """The picture with objects changed or gone, and their Pods as the new templates have them."""
    new = {ref: _with_limits(raw) for ref, raw in changed.items()}
    for ref, raw in changed.items():
        before, after = cluster.find(ref), view_of(raw)
        if not isinstance(after, Workload) or not rolls_out(after) or before is None:
            continue
        if mapping(before.raw, *after.template_path) != mapping(raw, *after.template_path):
            new |= {pod.ref: with_template(pod, after) for pod in cluster.pods_of(ref) if pod.expected_to_run}
    return _replaced(cluster, new, gone)


def settled_picture(cluster: ClusterSnapshot, concerned: Iterable[ObjectRef]) -> ClusterSnapshot:
    """The edited picture once the workloads concerned are rolled out and well.

    Args:
        cluster: the edited picture.
        concerned: what changed, and what suffered; of anything but workloads what was reported is dropped.
    """
    refs = dict.fromkeys(cluster.workload_ref(ref) for ref in concerned)
    gone, new = set[ObjectRef](), dict[ObjectRef, Object]()
    reported = set[ObjectRef](refs)
    for ref in refs:
        workload = cluster.find(ref)
        if not isinstance(workload, Workload) or not rolls_out(workload):
            continue
        family = {pod.ref for pod in cluster.pods_of(ref)}
        gone |= family
        reported |= family | {view.ref for view in cluster.owned_by(ref, ReplicaSet)}
        new |= {view_of(raw).ref: raw for raw in renewed(cluster, workload)}
    rolled_out = _replaced(cluster, new, gone - new.keys(), reported)
    return _with_endpoints(rolled_out, cluster, refs, gone | new.keys())


def _with_endpoints(
    cluster: ClusterSnapshot, before: ClusterSnapshot, concerned: Collection[ObjectRef], pods: Collection[ObjectRef]
) -> ClusterSnapshot:
    spaces = {ref.namespace for ref in pods}
    labels = [
        (pod.namespace, pod.labels)
        for picture in (before, cluster)
        for space in spaces
        for pod in picture.within(Pod, space)
        if pod.ref in pods
    ]
    services = [
        service
        for service in cluster.all(Service)
        if service.ref in concerned
        or any(space == service.namespace and matches_labels(service.selector, found) for space, found in labels)
    ]
    new = {view_of(raw).ref: raw for service in services for raw in endpoints_of(cluster, service)}
    led = {(service.namespace, service.name) for service in services if service.selector}
    kept: list[View] = [*cluster.all(EndpointSlice), *cluster.all(Endpoints)]
    gone = {
        view.ref
        for view in kept
        if isinstance(view, EndpointSlice | Endpoints) and (view.namespace, view.service) in led
    }
    return _replaced(cluster, new, gone - new.keys())


def _with_limits(raw: Object) -> Object:
    """A quota's status repeats its limits, and its controller brings them up to date at once."""
    if raw.get("kind") != "ResourceQuota" or not mapping(raw, "status"):
        return raw
    return {**raw, "status": {**mapping(raw, "status"), "hard": mapping(raw, "spec", "hard")}}


def _replaced(
    cluster: ClusterSnapshot,
    new: Mapping[ObjectRef, Object],
    gone: Collection[ObjectRef],
    reported: Collection[ObjectRef] = (),
) -> ClusterSnapshot:
    """The picture with objects replaced, added and taken away, and without what was reported of some."""
    left = dict(new)
    objects: list[Object] = []
    for raw in cluster.objects:
        view = view_of(raw)
        if view.ref in gone or (isinstance(view, Event) and view.regarding in reported):
            continue
        objects.append(left.pop(view.ref, raw))
    return ClusterSnapshot(
        taken_at=cluster.taken_at,
        objects=[*objects, *left.values()],
        declared=cluster.declared,
        coverage=cluster.coverage,
        identity=cluster.identity,
        logs=[log for log in cluster.logs if log.subject not in reported],
        metrics=[series for series in cluster.metrics if series.subject not in reported],
        alerts=[alert for alert in cluster.alerts if alert.subject not in reported],
        node_services=cluster.node_services,
        connection_probes=[probe for probe in cluster.connection_probes if probe.target not in reported],
        call_edges=cluster.call_edges,
        unparsed=cluster.unparsed,
        server_version=cluster.server_version,
        source=cluster.source,
        locations=cluster.locations,
        is_unapplied=cluster.is_unapplied,
    )
