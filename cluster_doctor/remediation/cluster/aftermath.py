"""What of a picture still counts after a change.

A container that kept ending and now runs is taken for one that keeps ending for some minutes yet, which is right where
nobody did anything. After a repair it is not: ends of before belong to the fault, and new ones show soon.
"""

from __future__ import annotations

from datetime import datetime

from pydantic import JsonValue

from cluster_doctor.remediation.fields import Object
from cluster_doctor.snapshot.paths import dig
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views import Pod

_LISTS = ("initContainerStatuses", "containerStatuses")


def since_change(cluster: ClusterSnapshot, moment: datetime) -> ClusterSnapshot:
    """Leave out how containers ended before a moment, where they run and are ready now.

    Args:
        cluster: a picture taken after the moment.
        moment: when the change was made.
    """
    settled = [after for pod in cluster.all(Pod) if (after := _settled(pod.raw, moment)) != pod.raw]
    if not settled:
        return cluster
    return ClusterSnapshot(
        taken_at=cluster.taken_at,
        objects=(*cluster.objects, *settled),  # of two with one name the later counts
        declared=cluster.declared,
        coverage=cluster.coverage,
        identity=cluster.identity,
        logs=cluster.logs,
        metrics=cluster.metrics,
        alerts=cluster.alerts,
        node_services=cluster.node_services,
        connection_probes=cluster.connection_probes,
        call_edges=cluster.call_edges,
        server_version=cluster.server_version,
        source=cluster.source,
    )


def _settled(pod: Object, moment: datetime) -> Object:
    status = pod.get("status")
    if not isinstance(status, dict):
        return pod
    listed: dict[str, JsonValue] = {
        name: [_forgotten(one, moment) for one in found]
        for name in _LISTS
        if isinstance(found := status.get(name), list)
    }
    return {**pod, "status": {**status, **listed}}


def _forgotten(container: JsonValue, moment: datetime) -> JsonValue:
    """The status of a container, without the ends of before where it is well."""
    ended = parse_time(dig(container, "lastState", "terminated", "finishedAt"))
    if not isinstance(container, dict) or ended is None or ended > moment:
        return container
    if dig(container, "state", "running") is None or container.get("ready") is not True:
        return container
    return {**container, "lastState": {}, "restartCount": 0}
