"""What is said about a database: by its own Pods, or by the clients that share it."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.domain.findings import Match
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.rules.dependency.databases import complained_about, is_database
from cluster_doctor.rules.dependency.failing_calls import FailingCall, failing_calls, read_call
from cluster_doctor.snapshot.log_lines.trouble import Trouble
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Workload


def complaints(server: Workload, trouble: Trouble, what: str, cluster: ClusterSnapshot) -> Iterator[Match]:
    """Match where a database's own probes and logs, or its clients, tell of one trouble."""
    own = list(_own(server, trouble, cluster))
    meant, clients = _clients(trouble, cluster)
    told = clients if meant == server.ref or (own and meant is None) else []
    if not own and not told:
        return
    names = sorted({str(client.ref) for client, _ in told})
    yield Match(
        message=f"{server.ref} {what}"
        + (
            f"; {', '.join(names[:4])}{f' and {len(names) - 4} more' if len(names) > 4 else ''} say so" if names else ""
        ),
        evidence=(*own[:2], *(call.evidence for _, call in told[:3])),
        blame=server.ref,
        effects=(
            Effect(EffectKind.SERVING_ERRORS, server.ref),
            *(Effect(EffectKind.CALLS_FAILING, client.ref) for client, _ in told),
            *(Effect(EffectKind.POD_NOT_READY, pod.ref) for pod in (cluster.pods_of(server.ref) if own else ())),
        ),
    )


def _own(server: Workload, trouble: Trouble, cluster: ClusterSnapshot) -> Iterator[Evidence]:
    for pod in cluster.pods_of(server.ref):
        for event in cluster.events_about(pod.ref, "Unhealthy"):
            told = read_call(event.message)
            if told and told.trouble is trouble:
                yield event.cite_message()
                break
    for call in failing_calls(server.ref, cluster):
        if call.trouble is trouble:
            yield call.evidence


def _clients(trouble: Trouble, cluster: ClusterSnapshot) -> tuple[ObjectRef | None, list[tuple[Workload, FailingCall]]]:
    def read() -> tuple[ObjectRef | None, list[tuple[Workload, FailingCall]]]:
        told = [
            (workload, call)
            for workload in cluster.workloads()
            if not is_database(workload)
            for call in failing_calls(workload.ref, cluster)
            if call.trouble is trouble
        ]
        return complained_about(told, cluster), told

    return cluster.remember(("complaints", trouble), read)
