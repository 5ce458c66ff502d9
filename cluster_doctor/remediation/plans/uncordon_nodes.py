"""Let nodes take Pods again."""

from __future__ import annotations

import shlex

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.remediation import Risk
from cluster_doctor.remediation.change import Change, repairs
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Node


@repairs("nodes_are_cordoned")
def uncordon_nodes(cluster: ClusterSnapshot, cause: RootCause) -> Change | None:
    """Uncordon the cordoned nodes among those that the cause names."""
    named = [name for name in cause.facts.get("nodes", "").split(",") if name]
    nodes = [node for name in named if (node := cluster.get(Node, None, name)) and node.cordoned]
    if not nodes:
        return None
    names = " ".join(shlex.quote(node.name) for node in nodes)
    return Change(
        title=f"Uncordon {', '.join(node.name for node in nodes)}",
        target=ObjectRef(kind="Node", name=nodes[0].name),
        instruction="Let the nodes take Pods again. Ask first who cordoned them: a drain may be under way.",
        precondition="nobody is working on these nodes",
        command=f"kubectl uncordon {names}",
        undo=f"kubectl cordon {names}",
        check="kubectl get nodes shows no SchedulingDisabled, and the Pending Pods get a node",
        risk=Risk.MEDIUM,
    )
