"""An init container that waits and waits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.rules.selections import unwell_pods
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Container, ContainerRole, Pod, Service

PATIENCE = timedelta(minutes=2)
"""How long an ordinary init container may work."""

_HOST = re.compile(
    r"(?:nslookup|getent hosts|nc -\\S+|wget \\S*|curl \\S*|ping(?: -\\S+)*|host|dig) +(?:https?://)?([a-z][a-z0-9.-]+)"
)


@rule(Severity.ERROR, subject=Pod, needs=(Service,), among=unwell_pods)
def init_container_waits_for_ever(pod: Pod, cluster: ClusterSnapshot) -> Matches:
    """An init container has been running for long, while the containers after it wait.

    Why it matters:
        Init containers run one after the other; one that waits for something that never comes holds the Pod.

    Fires on:
        kind: Pod
        metadata: {name: web-0, creationTimestamp: '2026-01-01T11:00:00Z'}
        spec:
          nodeName: n1
          initContainers:
          - name: wait
            command: [sh, -c, until nslookup cart; do sleep 2; done]
          containers:
          - {name: app}
        status:
          phase: Pending
          initContainerStatuses:
          - name: wait
            ready: false
            state:
              running: {startedAt: '2026-01-01T11:00:05Z'}
          containerStatuses:
          - name: app
            ready: false
            state:
              waiting: {reason: PodInitializing}

    Stays quiet on:
        kind: Pod
        metadata: {name: web-0, creationTimestamp: "2026-01-01T11:59:30Z"}
        spec: {nodeName: n1, initContainers: [{name: wait}], containers: [{name: app}]}
        status:
          phase: Pending
          initContainerStatuses: [{name: wait, ready: false, state: {running: {startedAt: "2026-01-01T11:59:35Z"}}}]

    Remedy:
        Read the init container's log; restore what it waits for, or drop the wait.

    References:
        https://kubernetes.io/docs/concepts/workloads/pods/init-containers/
    """
    if not pod.expected_to_run:
        return
    for container in pod.containers:
        since = container.running_since
        if container.role is not ContainerRole.INIT or since is None or cluster.taken_at - since < PATIENCE:
            continue
        awaited = [
            ref for _, host, _ in container.addresses if (ref := cluster.service_named(host, pod.namespace)) is not None
        ]
        missing = next(iter(_named_and_missing(container, pod, cluster)), "")
        said = next(
            (
                log.cite(len(log.lines) - 1)
                for log in cluster.logs_of(pod.ref)
                if log.container == container.name and log.lines
            ),
            None,
        )
        waits = f"; it waits for {missing}, which is no Service" if missing else ""
        yield Match(
            message=f"init container {container.name} of Pod {pod.name} has been running for "
            f"{int((cluster.taken_at - since).total_seconds() // 60)} minutes{waits}",
            evidence=(
                pod.cite(f"{container.status_path}.state"),
                pod.cite(f"{container.path}.command"),
                *((said,) if said else ()),
            ),
            effects=(
                Effect(EffectKind.POD_NOT_STARTED, pod.ref),
                Effect(EffectKind.POD_NOT_READY, pod.ref),
                Effect(EffectKind.CALLS_FAILING, cluster.workload_ref(pod.ref)),
            ),
            because=(
                *tuple(Effect(EffectKind.SERVICE_UNREACHABLE, ref) for ref in awaited),
                Effect(EffectKind.CALLS_FAILING, cluster.workload_ref(pod.ref)),
            ),
            about=container.name,
            since=since,
            directness=Directness.STATED if missing else Directness.REPORTED,
            facts=(("container", container.name), ("awaited", missing or ",".join(ref.name for ref in awaited))),
        )


def _named_and_missing(container: Container, pod: Pod, cluster: ClusterSnapshot) -> Iterator[str]:
    for host in _HOST.findall(" ".join(container.command)):
        parts = host.split(".")
        namespace = parts[1] if len(parts) > 1 else pod.namespace
        if cluster.exists(Service, namespace, parts[0]) is False:
            yield host
