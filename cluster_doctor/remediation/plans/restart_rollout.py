"""Start the Pods of a workload anew, one after another."""

from __future__ import annotations

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.remediation import Risk
from cluster_doctor.domain.steps import StepType
from cluster_doctor.remediation.change import Change, repairs
from cluster_doctor.remediation.fields import edit_of
from cluster_doctor.remediation.wording import kubectl, rollout_check
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import DaemonSet, Deployment, StatefulSet

RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"
"""Annotation by which `kubectl rollout restart` changes a Pod template."""


@repairs("secret_is_newer_than_pods", by=StepType.RESTART)
def restart_with_new_secret(cluster: ClusterSnapshot, cause: RootCause) -> Change | None:
    """Let Pods read a Secret anew, which a running process does not do for its environment."""
    workload = cluster.find(cause.subject)
    if not isinstance(workload, (DaemonSet, Deployment, StatefulSet)):
        return None
    field = (*workload.template_path, "metadata", "annotations", RESTARTED_AT)
    return Change(
        title=f"Restart {workload.ref}",
        target=workload.ref,
        instruction=f"Restart the Pods, so that they read Secret {cause.facts.get('secret', '')} as it is now.",
        precondition="the Secret holds what is meant, and the workload bears a rollout now",
        type=StepType.RESTART,
        edits=(edit_of(workload.raw, field, f"{cluster.taken_at:%Y-%m-%dT%H:%M:%SZ}"),),
        command=kubectl("rollout restart", workload.ref),
        undo="Nothing to take back: the Pods have the template that they had.",
        check=rollout_check(workload.ref),
        risk=Risk.LOW,
    )
