"""Let Pods that fit no node fit one."""

from __future__ import annotations

import re

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.remediation import Risk
from cluster_doctor.domain.steps import StepType
from cluster_doctor.remediation.change import Change, repairs
from cluster_doctor.remediation.fields import edit_of
from cluster_doctor.remediation.wording import rollout_check
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Node, Workload

_TAINT = re.compile(r"(?P<key>[\w./-]+)(?:=(?P<value>[\w.-]*))?:(?P<effect>NoSchedule|NoExecute)")


@repairs("taint_is_not_tolerated", by=StepType.PATCH_TOLERATION)
def tolerate_taint(cluster: ClusterSnapshot, cause: RootCause) -> Change | None:
    """Tolerate the one taint that stands in the way; whether these Pods belong there is a person's choice."""
    workload = cluster.find(cause.subject)
    taint = _TAINT.fullmatch(cause.facts.get("taint", ""))
    if not isinstance(workload, Workload) or taint is None or taint["key"].startswith("node.kubernetes.io/"):
        return None
    value = {"operator": "Equal", "value": taint["value"]} if taint["value"] else {"operator": "Exists"}
    field = (*workload.template_path, "spec", "tolerations")
    kept = [{"key": one.get("key"), **one} for one in workload.template.tolerations]
    return Change(
        title=f"Let the Pods of {workload.ref} tolerate the taint {taint[0]}",
        target=workload.ref,
        instruction=f"Add a toleration for {taint[0]}. Ask first what the nodes are kept free for.",
        precondition="these Pods may run on nodes with this taint",
        type=StepType.PATCH_TOLERATION,
        edits=(edit_of(workload.raw, field, [*kept, {"key": taint["key"], "effect": taint["effect"], **value}]),),
        check=rollout_check(workload.ref),
        risk=Risk.MEDIUM,
    ).or_else(
        Change(
            title=f"Remove the taint {taint[0]} from a node",
            target=workload.ref,
            instruction=f"kubectl taint nodes NODE {taint[0]}- on a node that is no longer kept free.",
            precondition="nobody needs the node kept free",
            undo=f"kubectl taint nodes NODE {taint[0]}",
            check=rollout_check(workload.ref),
            risk=Risk.MEDIUM,
        )
    )


@repairs("node_selector_matches_no_node", by=StepType.PATCH_AFFINITY)
def select_nodes_that_exist(cluster: ClusterSnapshot, cause: RootCause) -> Change | None:
    """Ask for the only value that nodes have under each label; where there are several or none, a person chooses."""
    workload = cluster.find(cause.subject)
    if not isinstance(workload, Workload):
        return None
    wanted = workload.template.node_selector
    held = {key: {node.labels[key] for node in cluster.all(Node) if key in node.labels} for key in wanted}
    wrong = {key: values for key, values in held.items() if wanted[key] not in values}
    if not wrong or any(len(values) != 1 for values in wrong.values()):
        return None
    corrected = {key: next(iter(values)) for key, values in wrong.items()}
    if not any(all(node.labels.get(key) == value for key, value in {**wanted, **corrected}.items())
               for node in cluster.all(Node)):  # fmt: skip
        return None
    shown = ", ".join(f"{key}={value}" for key, value in corrected.items())
    field = (*workload.template_path, "spec", "nodeSelector")
    return Change(
        title=f"Let {workload.ref} ask for nodes with {shown}",
        target=workload.ref,
        instruction=f"Set {shown} in the nodeSelector; nodes have no other value.",
        precondition=f"the nodeSelector still asks for {', '.join(f'{key}={wanted[key]}' for key in corrected)}",
        type=StepType.PATCH_AFFINITY,
        edits=tuple(edit_of(workload.raw, (*field, key), value) for key, value in corrected.items()),
        check=rollout_check(workload.ref),
        risk=Risk.MEDIUM,
    )
