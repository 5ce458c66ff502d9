"""Two containers of one name."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Workload


@rule(Severity.ERROR, subject=Workload)
def container_name_is_taken(workload: Workload, cluster: ClusterSnapshot) -> Matches:
    """Two containers of a Pod template bear one name.

    Why it matters:
        The API server refuses the Pods, or the workload itself.

    Fires on:
        kind: Deployment
        metadata: {name: web}
        spec: {template: {spec: {containers: [{name: app}, {name: app}]}}}

    Stays quiet on:
        kind: Deployment
        metadata: {name: web}
        spec: {template: {spec: {containers: [{name: app}, {name: proxy}]}}}

    Remedy:
        Rename one of them.

    References:
        https://kubernetes.io/docs/concepts/workloads/pods/
    """
    if not cluster.is_unapplied:
        return
    first: dict[str, str] = {}
    for container in workload.template.containers:
        if first.setdefault(container.name, container.path) == container.path or not container.name:
            continue
        yield Match(
            message=f"two containers of {workload.ref} are called {container.name}",
            evidence=(workload.cite(f"{first[container.name]}.name"), workload.cite(f"{container.path}.name")),
            effects=(Effect(EffectKind.PODS_NOT_CREATED, workload.ref),),
            about=container.name,
        )
