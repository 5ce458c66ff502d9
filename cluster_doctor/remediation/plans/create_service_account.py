"""Create a ServiceAccount that a workload's Pods are to run as."""

from __future__ import annotations

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.remediation import Risk
from cluster_doctor.domain.steps import StepType, Verb
from cluster_doctor.remediation.change import Change, repairs
from cluster_doctor.remediation.try_again import and_again
from cluster_doctor.remediation.wording import kubectl, rollout_check
from cluster_doctor.snapshot.snapshot import ClusterSnapshot


@repairs(
    "pods_lack_their_service_account",
    "service_account_does_not_exist",
    by=StepType.CREATE_SERVICE_ACCOUNT,
    then=(StepType.PATCH_ANNOTATION,),
)
def create_service_account(cluster: ClusterSnapshot, cause: RootCause) -> Change | None:
    """Create it without rights; what it may do is another question."""
    name = cause.facts.get("name", "")
    if not name:
        return None
    target = ObjectRef(kind="ServiceAccount", name=name, namespace=cause.subject.namespace)
    change = Change(
        title=f"Create {target}",
        target=target,
        instruction=f"Create {target}, and give it the roles that {cause.subject} needs. If another account was "
        "meant, correct spec.serviceAccountName instead.",
        precondition=f"{target} does not exist",
        type=StepType.CREATE_SERVICE_ACCOUNT,
        verb=Verb.CREATE,
        manifest={
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": {"name": name, "namespace": target.namespace},
        },
        command=kubectl("create", target),
        undo=kubectl("delete", target),
        check=rollout_check(cause.subject),
        risk=Risk.LOW,
    )
    return and_again(change, cluster, cause.subject, f'serviceaccount "{name}" not found')
