"""Which symptoms say nothing about a cause, because another fault brings them about."""

from __future__ import annotations

from collections.abc import Mapping

from cluster_doctor.domain.findings import Directness, Finding
from cluster_doctor.rules.dependency.failing_calls import failing_calls
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod, Service, Workload


def of_other_faults(
    at: int, finding: Finding, explains: Mapping[int, frozenset[int]], cluster: ClusterSnapshot
) -> frozenset[int]:
    """Symptoms that count neither for nor against a cause: a second fault is no evidence against the first.

    Args:
        at: position of the cause.
        finding: the cause.
        explains: positions of the symptoms that each cause explains.
        cluster: the picture.
    """
    own = explains[at]
    if not own or not stands_apart(finding, cluster):
        return frozenset()
    return frozenset().union(*(others for others in explains.values() if not own & others))


def stands_apart(finding: Finding, cluster: ClusterSnapshot) -> bool:
    """Tell whether a cause can be no unseen effect of another one.

    What the evidence shows cannot. What it merely suggests may be, unless Services, the workload and its logs were
    read, nobody is known whom it calls, and no line tells of a call that fails.
    """
    if finding.directness is not Directness.SUGGESTED:
        return True
    workload = finding.subject
    read = cluster.covers(Service, workload.namespace) and isinstance(cluster.find(workload), Workload | Pod)
    if not read or not cluster.logs_of(workload):
        return False
    return not cluster.callees_of(workload) and not failing_calls(workload, cluster)
