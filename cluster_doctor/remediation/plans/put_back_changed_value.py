"""Put back what a value was before it was changed, where a model found that value to be the cause.

The model says nothing of the repair: what the value was is on record in the cluster, and a person approves.
"""

from __future__ import annotations

from cluster_doctor.domain.change import FieldChange, Touch
from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.remediation import Risk
from cluster_doctor.domain.steps import StepType
from cluster_doctor.inference.reach import FOUND_BY_MODEL
from cluster_doctor.remediation.change import Change, repairs
from cluster_doctor.remediation.fields import edit_of
from cluster_doctor.remediation.pod_template import container_path, variable_at
from cluster_doctor.remediation.wording import rollout_check
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Workload


@repairs(FOUND_BY_MODEL, by=StepType.PATCH_ENV)
def put_back(cluster: ClusterSnapshot, cause: RootCause) -> Change | None:
    """Give a variable its earlier value; for other fields a person does that, told what it was."""
    changed = _changed(cause)
    if changed is None:
        return None
    workload = cluster.find(cause.subject)
    found = variable_at(workload, cause.about) if isinstance(workload, Workload) else None
    before = changed.before
    check = rollout_check(cause.subject)
    precondition = f"{cause.about} is still {changed.after}, and nobody needs it to be"
    if not isinstance(workload, Workload) or found is None or not isinstance(before, str):
        return Change(
            title=f"Put back {cause.about} of {cause.subject}",
            target=cause.subject,
            instruction=f"Set {cause.about} to what it was, {before}; it is {changed.after}.",
            precondition=precondition,
            check=check,
            choice=True,
        )
    container, name = found
    edit = edit_of(workload.raw, (*container_path(workload, container.name), "env", f"[name={name}]", "value"), before)
    return Change(
        title=f"Put {name} of container {container.name} in {workload.ref} back to {before}",
        target=workload.ref,
        instruction=f"Set the variable {name} to {before}, which it was; it is {changed.after}.",
        precondition=precondition,
        type=StepType.PATCH_ENV,
        edits=(edit,),
        check=check,
        risk=Risk.LOW,
    )


def _changed(cause: RootCause) -> FieldChange | None:
    """What a change made of the field that the cause names."""
    wrong = cause.facts.get("wrong")
    for prior in cause.changes:
        if prior.touch is Touch.FIELD and prior.change.subject == cause.subject:
            for field in prior.change.fields:
                if field.path == cause.about and str(field.after) == wrong and field.before is not None:
                    return field
    return None
