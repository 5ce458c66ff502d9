"""Which objects of a kind fulfil some conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from cluster_doctor.domain.answer import Said
from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.domain.question import Conditions, Named
from cluster_doctor.snapshot.health.reading import health_of
from cluster_doctor.snapshot.health.verdict import HealthStatus
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.tables import view_of
from cluster_doctor.snapshot.views import Node, Pod, View, Workload

_UNWELL = frozenset({HealthStatus.DEGRADED, HealthStatus.MISSING})
Shown = tuple[str, tuple[Evidence, ...]] | None
"""How an object fulfils a condition, and what shows it; None if it does not."""


def which(kind: str, where: Conditions, cluster: ClusterSnapshot, places: tuple[str, ...]) -> Iterator[Said]:
    """List the objects of a kind that fulfil all conditions, each with what shows it."""
    tests = list(_tests(where, cluster))
    for view in sorted(_objects(kind, cluster), key=lambda view: view.ref):
        if places and view.namespace is not None and view.namespace not in places:
            continue
        shown = [test(view) for test in tests]
        met = [one for one in shown if one is not None]
        if len(met) == len(tests):
            facts = tuple(fact for _, evidence in met for fact in evidence) or (view.cite("metadata.name"),)
            yield Said(subject=view.ref, text="; ".join(text for text, _ in met) or "exists", evidence=facts)


def _objects(kind: str, cluster: ClusterSnapshot) -> Iterable[View]:
    return (view for view in map(view_of, cluster.objects) if view.ref.kind == kind)


def _tests(where: Conditions, cluster: ClusterSnapshot) -> Iterator[Callable[[View], Shown]]:
    if where.labels:
        yield lambda view: _labelled(view, where.labels)
    if where.image:
        yield lambda view: _with_image(view, where.image, cluster)
    if where.old_image:
        yield lambda view: _with_old_image(view, cluster)
    if where.node:
        yield lambda view: _on_node(view, where.node)
    if where.uses:
        used = where.uses
        yield lambda view: _using(view, used, cluster)
    if where.state:
        yield lambda view: _in_state(view, where.state)


def _labelled(view: View, labels: dict[str, str]) -> Shown:
    if any(view.labels.get(key) != value for key, value in labels.items()):
        return None
    told = ", ".join(f"{key}={value}" for key, value in labels.items())
    return f"has label {told}", (view.cite("metadata.labels"),)


def _with_image(view: View, image: str, cluster: ClusterSnapshot) -> Shown:
    spec = cluster.pod_spec(view)
    using = [container for container in (spec.containers if spec else ()) if is_image(image, container.image)]
    if not using:
        return None
    told = ", ".join(f"{container.name} uses image {container.image}" for container in using)
    return told, tuple(view.cite(f"{container.path}.image") for container in using)


def is_image(asked: str, image: str) -> bool:
    """Whether an image is meant: with its registry or without, with its tag or with any."""
    plain = image if "@" in asked else image.partition("@")[0]
    if ":" not in asked.rpartition("/")[2]:
        head, slash, last = plain.rpartition("/")
        plain = f"{head}{slash}{last.partition(':')[0]}"
    return plain == asked or plain.endswith(f"/{asked}")


def _with_old_image(view: View, cluster: ClusterSnapshot) -> Shown:
    """Another image than the Pod template of the workload has now."""
    if not isinstance(view, Pod):
        return None
    workload = cluster.find(cluster.workload_ref(view.ref))
    if not isinstance(workload, Workload):
        return None
    told, facts = [], []
    for container in view.containers:
        now = workload.template.container(container.name)
        if now is not None and container.image and now.image and now.image != container.image:
            told.append(f"{container.name} uses image {container.image}, {workload.ref} has {now.image}")
            facts += [view.cite(f"{container.path}.image"), workload.cite(f"{now.path}.image")]
    return ("; ".join(told), tuple(facts)) if told else None


def _on_node(view: View, node: str) -> Shown:
    if not isinstance(view, Pod) or view.node_name != node:
        return None
    return f"is on node {node}", (view.cite("spec.nodeName"),)


def _using(view: View, named: Named, cluster: ClusterSnapshot) -> Shown:
    if named.namespace and view.namespace != named.namespace:
        return None
    facts = uses(view, named.kind, named.name, cluster)
    return (f"uses {named}", facts) if facts else None


def uses(view: View, kind: str, name: str, cluster: ClusterSnapshot) -> tuple[Evidence, ...]:
    """Where an object names a ConfigMap, Secret, claim or ServiceAccount."""
    spec = cluster.pod_spec(view)
    if spec is None:
        return ()
    paths = [reference.path for reference in spec.references() if (reference.kind, reference.name) == (kind, name)]
    paths += [path for claim, path in spec.claims() if (kind, claim) == ("PersistentVolumeClaim", name)]
    return tuple(view.cite(path) for path in dict.fromkeys(paths))


def _in_state(view: View, state: str) -> Shown:
    match state:
        case "ready" | "not ready":
            return _readiness(view, wanted=state == "ready")
        case "healthy" | "unhealthy":
            health = health_of(view)
            asked = health.status is HealthStatus.HEALTHY if state == "healthy" else health.status in _UNWELL
            told = f"is {health.status.value}{f': {health.message}' if health.message else ''}"
            return (told, (view.cite(health.path),)) if asked else None
        case "cordoned":
            is_closed = isinstance(view, Node) and view.cordoned
            return ("is cordoned", (view.cite("spec.unschedulable"),)) if is_closed else None
        case "suspended":
            return ("is suspended", (view.cite("spec.suspend"),)) if view.flag("spec", "suspend") else None
        case _:
            return _phase_or_reason(view, state)


def _readiness(view: View, *, wanted: bool) -> Shown:
    if isinstance(view, Workload):
        is_ready = view.ready_replicas >= view.wanted
        told = f"has {view.ready_replicas} of {view.wanted} replicas ready"
        return (told, (view.cite("status"),)) if is_ready is wanted else None
    if isinstance(view, Pod) and view.finished:
        return None
    status = view.condition("Ready").get("status")
    if status is None or (status == "True") is not wanted:
        return None
    return f"condition Ready is {status}", (view.cite(f"{view.condition_path('Ready')}.status"),)


def _phase_or_reason(view: View, state: str) -> Shown:
    if view.text("status", "phase").lower() == state.lower():
        return f"is {view.text('status', 'phase')}", (view.cite("status.phase"),)
    if view.text("status", "reason").lower() == state.lower():
        return f"is {view.text('status', 'reason')}", (view.cite("status.reason"),)
    for container in view.containers if isinstance(view, Pod) else ():
        if container.waiting.lower() == state.lower():
            path = f"{container.status_path}.state.waiting.reason"
            return f"{container.name} waits: {container.waiting}", (view.cite(path),)
        ended, path = container.ended
        if str(ended.get("reason", "")).lower() == state.lower():
            return f"{container.name} ended: {ended['reason']}", (view.cite(f"{path}.reason"),)
    return None


def kinds_needed(kind: str, where: Conditions) -> tuple[str, ...]:
    """The kinds that must have been read for silence to mean something."""
    return (kind, *(("Deployment",) if where.old_image else ()))
