"""Delete a Pod that has to start anew, where its controller makes it again."""

from __future__ import annotations

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.remediation import Risk
from cluster_doctor.domain.steps import StepType, Verb
from cluster_doctor.remediation.change import Change, repairs
from cluster_doctor.remediation.wording import kubectl
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import DaemonSet, Pod, ReplicaSet, ReplicationController, StatefulSet

_MAKERS = frozenset(view.kind for view in (DaemonSet, ReplicaSet, ReplicationController, StatefulSet))


@repairs("volume_grows_at_next_start", by=StepType.DELETE_POD)
def start_pod_anew(cluster: ClusterSnapshot, cause: RootCause) -> Change | None:
    """Delete the Pod that uses the claim; one that nobody makes again is a person's to restart."""
    pod = cluster.get(Pod, cause.subject.namespace, cause.facts.get("pod", ""))
    if pod is None or pod.controller is None or pod.controller.kind not in _MAKERS or pod.terminating:
        return None
    return Change(
        title=f"Delete {pod.ref}, so that it starts anew",
        target=pod.ref,
        instruction=f"Delete the Pod; {pod.controller} makes it again, and the file system grows before it starts.",
        precondition="its users can do without it for the moment",
        type=StepType.DELETE_POD,
        verb=Verb.DELETE,
        command=kubectl("delete", pod.ref),
        undo="Nothing to take back: its controller makes another Pod.",
        check=f"{kubectl('get', cause.subject)} shows the capacity that was asked for",
        risk=Risk.MEDIUM,
    )
