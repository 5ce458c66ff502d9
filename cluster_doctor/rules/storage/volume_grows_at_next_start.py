"""A volume that has grown, and a file system on it that has not."""

from __future__ import annotations

from datetime import timedelta

from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.paths import dig
from cluster_doctor.snapshot.quantity import parse_quantity
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views import Claim, Pod

PATIENCE = timedelta(minutes=15)
"""A kubelet that can grow the file system under a running Pod has done so by then."""


@rule(Severity.WARNING, subject=Claim, needs=(Pod,), directness=Directness.STATED)
def volume_grows_at_next_start(claim: Claim, cluster: ClusterSnapshot) -> Matches:
    """The claim's volume was made larger, and its file system stays small until the Pod that uses it starts again.

    Why it matters:
        Somebody asked for room and the application still fills the old size: the driver cannot grow a file system
        that is in use, or the kubelet does not get to it.

    Fires on:
        kind: PersistentVolumeClaim
        metadata: {name: data}
        spec: {resources: {requests: {storage: 20Gi}}}
        status:
          phase: Bound
          capacity: {storage: 10Gi}
          conditions:
          - {type: FileSystemResizePending, status: 'True', lastTransitionTime: '2026-01-01T09:00:00Z'}
        ---
        kind: Pod
        metadata: {name: db-0}
        spec:
          nodeName: n1
          containers: [{name: app}]
          volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
        status: {phase: Running}

    Stays quiet on:
        kind: PersistentVolumeClaim
        metadata: {name: data}
        spec: {resources: {requests: {storage: 20Gi}}}
        status:
          phase: Bound
          capacity: {storage: 10Gi}
          conditions:
          - {type: FileSystemResizePending, status: 'True', lastTransitionTime: '2026-01-01T09:00:00Z'}

    Remedy:
        Restart the Pod that uses the claim, when its users can do without it for the moment.

    References:
        https://kubernetes.io/docs/concepts/storage/persistent-volumes/#resizing-an-in-use-persistentvolumeclaim
    """
    condition = claim.condition("FileSystemResizePending")
    capacity = parse_quantity(dig(claim.raw, "status", "capacity", "storage"))
    if condition.get("status") != "True" or claim.deleted_at:
        return
    if claim.requested is None or capacity is None or capacity >= claim.requested:
        return
    since = parse_time(condition.get("lastTransitionTime"))
    if since is not None and cluster.taken_at - since < PATIENCE:
        return
    wanted = dig(claim.raw, "spec", "resources", "requests", "storage")
    offered = dig(claim.raw, "status", "capacity", "storage")
    users = [view for view in cluster.users_of(claim.ref) if isinstance(view, Pod) and view.phase == "Running"]
    for pod in users[:1]:
        yield Match(
            message=f"the volume of claim {claim.name} is to grow from {offered} to {wanted}, which waits for Pod "
            f"{pod.name} to be restarted",
            evidence=(
                claim.cite(f"{claim.condition_path('FileSystemResizePending')}.status"),
                claim.cite("status.capacity.storage"),
            ),
            since=since,
            facts=(("pod", pod.name),),
        )
