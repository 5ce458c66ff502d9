"""Raise a quota, or ask for less."""

from __future__ import annotations

from decimal import Decimal

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.remediation import Risk
from cluster_doctor.domain.steps import FieldEdit, StepType
from cluster_doctor.remediation.change import Change, repairs
from cluster_doctor.remediation.fields import edit_of
from cluster_doctor.remediation.try_again import and_again
from cluster_doctor.remediation.wording import kubectl
from cluster_doctor.snapshot.quantity import format_quantity, parse_quantity
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Deployment, ReplicaSet, ReplicationController, StatefulSet

_BYTES = ("memory", "storage")
_OF_PODS = frozenset({"pods", "cpu", "memory", "ephemeral-storage"})
_REPLICATED = (Deployment, ReplicaSet, ReplicationController, StatefulSet)


@repairs(
    "namespace_cpu_quota_is_exceeded",
    "namespace_memory_quota_is_exceeded",
    "namespace_pod_quota_is_exceeded",
    "namespace_service_quota_is_exceeded",
    "namespace_storage_quota_is_exceeded",
    by=StepType.ADJUST_QUOTA,
    then=(StepType.PATCH_ANNOTATION,),
)
def raise_quota(cluster: ClusterSnapshot, cause: RootCause) -> Change | None:
    """Raise the limit to what is used and asked for; whether that may be is a person's choice."""
    facts = cause.facts
    quota, resource, limit = facts.get("quota", ""), facts.get("resource", ""), facts.get("limit", "")
    used, asked = parse_quantity(facts.get("used")), parse_quantity(facts.get("requested"))
    if not quota or not resource or used is None or asked is None:
        return None
    namespace = cause.subject.name if cause.subject.kind == "Namespace" else cause.subject.namespace
    target = ObjectRef(kind="ResourceQuota", name=quota, namespace=namespace)
    enough = _shown(used + max(asked, _missing(cluster, namespace, resource, asked)), resource)
    change = Change(
        title=f"Raise {resource} in quota {quota} of {namespace} to {enough}",
        target=target,
        instruction=f"Set spec.hard['{resource}'] to at least {enough}; it is {limit}. "
        "A rollout needs more for a while.",
        precondition=f"the cluster has room, and spec.hard['{resource}'] is still {limit}",
        type=StepType.ADJUST_QUOTA,
        edits=(_edit(cluster, target, resource, limit, enough),),
        check=f"{kubectl('describe', target)} shows room, and the refused Pods are created",
        risk=Risk.MEDIUM,
    )
    return and_again(change, cluster, cause.subject, f"exceeded quota: {quota},").or_else(
        Change(
            title=f"Ask for less {resource} in {namespace}",
            target=target,
            instruction="Lower requests, replicas or unused workloads in the namespace until the refused Pods fit.",
            precondition="something in the namespace can do with less",
            undo="Put the requests or replicas back.",
            check=f"{kubectl('describe', target)} shows room",
            risk=Risk.MEDIUM,
        )
    )


def _edit(cluster: ClusterSnapshot, target: ObjectRef, resource: str, limit: str, enough: str) -> FieldEdit:
    """The edit of the quota as it was read; where it was not, what was exceeded tells its limit."""
    path = ("spec", "hard", resource)
    quota = cluster.find(target)
    return edit_of(quota.raw, path, enough) if quota else FieldEdit(path=path, was=limit, becomes=enough)


def _shown(value: Decimal, resource: str) -> str:
    return format_quantity(value, binary=any(word in resource for word in _BYTES))


def _missing(cluster: ClusterSnapshot, namespace: str | None, resource: str, asked: Decimal) -> Decimal:
    """What the Pods ask for together that workloads still lack; one that was refused stands for the others.

    Only the first Pod of a workload is refused in words. With a quota raised for that one alone the next is refused.
    """
    which, _, name = resource.rpartition(".")
    if name not in _OF_PODS and resource != "count/pods":
        return asked
    lacking = {
        workload: workload.wanted - workload.integer("status", "replicas")
        for workload in cluster.workloads()
        if workload.namespace == namespace and isinstance(workload, _REPLICATED) and workload.has_status
    }
    short = {workload: count for workload, count in lacking.items() if count > 0}
    by_template = len(short) > 1 and which != "limits" and name != "pods"
    return sum(
        (
            count * ((workload.template.request(name) if by_template else Decimal(0)) or asked)
            for workload, count in short.items()
        ),
        Decimal(0),
    )
