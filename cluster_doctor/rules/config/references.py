"""What Pods name and whether it is there."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import ContainerRole, Pod, Reference, View


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


def kubelet_word(pod: Pod, word: str, cluster: ClusterSnapshot) -> tuple[Evidence, ...]:
    """Cite the newest Warning about a Pod that mentions a name."""
    for event in cluster.events_about(pod.ref):
        if event.type == "Warning" and word in event.message:
            return (event.cite_message(),)
    return ()
