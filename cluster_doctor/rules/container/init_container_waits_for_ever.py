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
from cluster_doctor.snapshot.views import Container, ContainerRole, Namespace, Pod, Service

PATIENCE = timedelta(minutes=2)
"""How long an ordinary init container may work."""

_ASKS = re.compile(
    r"\b(?:nslookup|getent a?hosts(?:v[46])?|n(?:et)?cat|nc|wget|curl|ping|host|dig|telnet|ssh|grpcurl"
    r"|pg_isready|psql|mysql(?:admin)?|mariadb(?:-admin)?|redis-cli|valkey-cli|mongosh?|kcat|wait-for(?:-it)?(?:\.sh)?"
    r"|dockerize)\b([^;&|\n]{0,300})"
)
"""Programs that scripts wait with, and what stands behind them."""
_HOST = re.compile(
    r"(?:^|[\s='\"@]|://)([a-z](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9-]{1,63}){0,6})\.?(?!://)(?=$|[\s:/'\";)])"
)
_OPTION = re.compile(r"(?:^|\s)(?:-[UdDuPpnctwqi]|--(?:user|username|dbname|database|port|timeout|password))[= ]\s*\S+")
"""Options whose value is no host; the others are read over by the form of what follows them."""
_ORDERS = frozenset({"ping", "status", "tcp", "http", "https"})
_WORD = re.compile(r"(?:^|\s)-[\w-]+")


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
    for asked in _ASKS.findall(" ".join(container.command)):
        plain = _WORD.sub(" ", _OPTION.sub(" ", asked))
        for host in [found for found in _HOST.findall(plain) if found not in _ORDERS][:1]:
            name, namespace = _service_and_namespace(host, pod, cluster)
            if name and cluster.exists(Service, namespace, name) is False:
                yield host


def _service_and_namespace(host: str, pod: Pod, cluster: ClusterSnapshot) -> tuple[str, str | None]:
    """Read a host name as that of a Service: `db`, `db.shop`, `db-0.db.shop.svc`; empty where it is none."""
    parts = host.split(".")
    if "svc" in parts[2:]:
        at = parts.index("svc", 2)
        return parts[at - 2], parts[at - 1]
    if len(parts) == 2 and cluster.exists(Namespace, None, parts[1]) is True:
        return parts[0], parts[1]
    return (parts[0], pod.namespace) if len(parts) == 1 else ("", None)
