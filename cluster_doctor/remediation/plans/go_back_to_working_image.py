"""Go back to the image that ran before one that cannot be pulled."""

from __future__ import annotations

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.remediation import Risk
from cluster_doctor.domain.steps import StepType
from cluster_doctor.remediation.change import Change, repairs
from cluster_doctor.remediation.fields import edit_of
from cluster_doctor.remediation.pod_template import container_path
from cluster_doctor.remediation.wording import rollout_check
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Deployment, ReplicaSet


@repairs("image_does_not_exist", "image_lacks_the_platform", by=StepType.SET_IMAGE)
def go_back_to_working_image(cluster: ClusterSnapshot, cause: RootCause) -> Change | None:
    """Set the image of the last revision that had another one; it is known to have been pulled if it still runs."""
    workload = cluster.get(Deployment, cause.subject.namespace, cause.subject.name)
    name, broken = cause.facts.get("container", ""), cause.facts.get("image", "")
    if workload is None or not name or not broken:
        return None
    revisions = sorted(
        cluster.owned_by(workload.ref, ReplicaSet),
        key=lambda view: (view.ready_replicas > 0, view.revision),
        reverse=True,
    )
    for revision in revisions:
        container = revision.template.container(name)
        if container and container.image and container.image != broken:
            return Change(
                title=f"Set container {name} of {workload.ref} back to image {container.image}",
                target=workload.ref,
                instruction=f"Set the image to {container.image}, that of revision {revision.revision}; "
                f"it is {broken}. Correct the new reference afterwards.",
                precondition=f"the image is still {broken}, and nothing else in that revision is needed",
                type=StepType.SET_IMAGE,
                edits=(edit_of(workload.raw, (*container_path(workload, name), "image"), container.image),),
                check=rollout_check(workload.ref),
                risk=Risk.MEDIUM,
            )
    return None
