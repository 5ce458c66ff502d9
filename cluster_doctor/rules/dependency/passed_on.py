"""What a server says, in its own log or in that of a client that passes it on."""

from __future__ import annotations

from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.rules.container.final_complaint import keeps_saying
from cluster_doctor.rules.dependency.databases import is_database
from cluster_doctor.snapshot.log_lines.wording import Wording
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod, Workload


def says_of(pod: Pod, words: Wording, cluster: ClusterSnapshot) -> tuple[Evidence, ObjectRef, ObjectRef] | None:
    """Find what a Pod's log says again and again: the line, the workload that it is true of, and the one that logs it.

    It is true of the one database that the workload calls, if there is one: clients print what a server answers.
    """
    said = keeps_saying(pod, words, cluster) if pod.expected_to_run else None
    if said is None:
        return None
    speaker = cluster.workload_ref(pod.ref)
    return said, _passed_on_from(speaker, cluster) or speaker, speaker


def _passed_on_from(client: ObjectRef, cluster: ClusterSnapshot) -> ObjectRef | None:
    view = cluster.find(client)
    if isinstance(view, Workload) and is_database(view):
        return None
    called = [
        callee
        for callee in cluster.callees_of(client)
        if isinstance(server := cluster.find(callee), Workload) and is_database(server)
    ]
    return called[0] if len(called) == 1 else None
