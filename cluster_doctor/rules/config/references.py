"""What Pods name and whether it is there."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.domain.findings import Match
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import ConfigMap, ContainerRole, Pod, Reference, Secret, View


def started(pod: Pod) -> bool:
    """Tell whether every container has been started at least once: then what it names was there."""
    return bool(pod.containers) and all(
        container.running or container.terminated or container.last_terminated
        for container in pod.containers
        if container.role is not ContainerRole.INIT
    )


def missing(pod: Pod, kind: type[View], cluster: ClusterSnapshot) -> Iterator[Reference]:
    """Yield what a Pod cannot do without and what is known not to exist, one entry per name."""
    seen = set()
    for reference in pod.spec.references():
        if reference.kind != kind.kind or reference.optional or reference.name in seen:
            continue
        if cluster.exists(kind, pod.namespace, reference.name) is False:
            seen.add(reference.name)
            yield reference


def missing_keys(pod: Pod, kind: type[ConfigMap | Secret], cluster: ClusterSnapshot) -> Iterator[Match]:
    """Yield the keys that a Pod cannot start without and that what it names is known to lack."""
    if not pod.expected_to_run or started(pod):
        return
    for reference in pod.spec.references():
        if reference.kind != kind.kind or reference.optional or reference.key is None:
            continue
        held = cluster.get(kind, pod.namespace, reference.name)
        if held is None or reference.key in held.keys:
            continue
        wanted = f"container {reference.container}" if reference.container else "a volume"
        yield Match(
            message=f"{kind.kind} {reference.name} lacks key {reference.key}, wanted by {wanted} of Pod {pod.name}"
            + (f" (it has: {', '.join(sorted(held.keys)[:8])})" if held.keys else " (it is empty)"),
            evidence=(
                pod.cite(reference.path),
                held.cite("data" if kind is ConfigMap else "keys"),
                *kubelet_word(pod, reference.key, cluster),
            ),
            effects=(Effect(EffectKind.POD_NOT_STARTED, pod.ref),),
            about=f"{reference.name}/{reference.key}",
            since=pod.created_at,
            facts=(("name", reference.name), ("key", reference.key), ("container", reference.container)),
        )


def kubelet_word(pod: Pod, word: str, cluster: ClusterSnapshot) -> tuple[Evidence, ...]:
    """Cite the newest Warning about a Pod that mentions a name."""
    for event in cluster.events_about(pod.ref):
        if event.type == "Warning" and word in event.message:
            return (event.cite_message(),)
    return ()
