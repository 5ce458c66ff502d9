"""Go back to the revision whose Pods run."""

from __future__ import annotations

import copy

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.remediation import Risk
from cluster_doctor.domain.steps import FieldEdit, StepType
from cluster_doctor.remediation.change import Change, repairs
from cluster_doctor.remediation.cluster.difference import difference
from cluster_doctor.remediation.wording import kubectl, rollout_check
from cluster_doctor.snapshot.paths import mapping
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Deployment, ReplicaSet

_OF_THE_CONTROLLER = "pod-template-hash"


@repairs("new_revision_crashes", by=StepType.ROLL_BACK)
def roll_back(cluster: ClusterSnapshot, cause: RootCause) -> Change | None:
    """Give the Deployment the template of its newest revision that has Pods which are ready."""
    return back_to_serving(cluster, cause.subject)


def back_to_serving(cluster: ClusterSnapshot, subject: ObjectRef) -> Change | None:
    """Go back to the revision that serves; None for what is no Deployment, or has no older revision that does."""
    workload = cluster.get(Deployment, subject.namespace, subject.name) if subject.kind == Deployment.kind else None
    serving = _serving(cluster, workload) if workload else None
    edits = _edits(workload, serving) if workload and serving else ()
    if workload is None or serving is None or not edits:
        return None
    return Change(
        title=f"Roll {workload.ref} back to revision {serving.revision}",
        target=workload.ref,
        instruction=f"Put back the Pod template of revision {serving.revision}, whose Pods run: "
        f"{'; '.join(map(str, edits[:5]))}. Then read the log of the new revision.",
        precondition="nothing else in the new revision is needed, and data it wrote can be read by the old one",
        type=StepType.ROLL_BACK,
        edits=edits,
        command=f"{kubectl('rollout undo', workload.ref)} --to-revision={serving.revision}",
        check=rollout_check(workload.ref),
        risk=Risk.MEDIUM,
    )


def _serving(cluster: ClusterSnapshot, workload: Deployment) -> ReplicaSet | None:
    revisions = sorted(
        (view for view in cluster.owned_by(workload.ref, ReplicaSet) if view.revision), key=lambda view: view.revision
    )
    if not revisions or any(pod.ready for pod in cluster.pods_of(revisions[-1].ref)):
        return None
    return next((old for old in reversed(revisions[:-1]) if any(pod.ready for pod in cluster.pods_of(old.ref))), None)


def _edits(workload: Deployment, serving: ReplicaSet) -> tuple[FieldEdit, ...]:
    """What makes the one template of the other, field by field."""
    template = copy.deepcopy(mapping(serving.raw, "spec", "template"))
    mapping(template, "metadata", "labels").pop(_OF_THE_CONTROLLER, None)
    return difference(
        {"spec": {"template": mapping(workload.raw, "spec", "template")}}, {"spec": {"template": template}}
    )
