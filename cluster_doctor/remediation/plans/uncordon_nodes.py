"""Let nodes take Pods again."""

from __future__ import annotations

import shlex
from dataclasses import replace

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.remediation import Risk
from cluster_doctor.domain.steps import StepType
from cluster_doctor.remediation.change import Change, repairs
from cluster_doctor.remediation.fields import edit_of
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Node


@repairs("nodes_are_cordoned", by=StepType.UNCORDON)
def uncordon_nodes(cluster: ClusterSnapshot, cause: RootCause) -> Change | None:
    """Uncordon the cordoned nodes among those that the cause names."""
    named = [name for name in cause.facts.get("nodes", "").split(",") if name]
    nodes = [node for name in named if (node := cluster.get(Node, None, name)) and node.cordoned]
    if not nodes:
        return None
    first, *rest = (_uncordoned(node) for node in nodes)
    return replace(first, then=tuple(rest))


def _uncordoned(node: Node) -> Change:
    name = shlex.quote(node.name)
    return Change(
        title=f"Uncordon {node.name}",
        target=node.ref,
        instruction="Let the node take Pods again. Ask first who cordoned it: a drain may be under way.",
        precondition="nobody is working on this node",
        type=StepType.UNCORDON,
        edits=(edit_of(node.raw, ("spec", "unschedulable"), None),),
        command=f"kubectl uncordon {name}",
        undo=f"kubectl cordon {name}",
        check="kubectl get nodes shows no SchedulingDisabled, and the Pending Pods get a node",
        risk=Risk.MEDIUM,
    )
