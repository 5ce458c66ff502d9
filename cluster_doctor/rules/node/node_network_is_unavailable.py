"""A node without network."""

from __future__ import annotations

import re

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.node.settling import may_settle
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views import Node, condition_message

_WORDS = re.compile(r"cni (?:plugin|config)|NetworkReady=false|NetworkPluginNotReady", re.IGNORECASE)


@rule(Severity.CRITICAL, subject=Node, directness=Directness.STATED)
def node_network_is_unavailable(node: Node, cluster: ClusterSnapshot) -> Matches:
    """The node's network is not set up.

    Why it matters:
        The network plugin has not configured the node; new Pods get no address.

    Fires on:
        kind: Node
        metadata: {name: n1}
        status:
          conditions:
          - {type: NetworkUnavailable, status: 'True', reason: NoRouteCreated, message: no route}

    Stays quiet on:
        {kind: Node, metadata: {name: n1}, status: {conditions: [{type: NetworkUnavailable, status: 'False'}]}}

    Remedy:
        Look at the network plugin's Pod on the node.

    References:
        https://kubernetes.io/docs/concepts/cluster-administration/networking/
    """
    condition = node.condition("NetworkUnavailable")
    ready = node.condition("Ready")
    plugin = node.ready == "False" and _WORDS.search(str(ready.get("message") or ""))
    if condition.get("status") != "True" and not plugin:
        return
    kind = "NetworkUnavailable" if condition.get("status") == "True" else "Ready"
    if may_settle(node, kind, cluster.taken_at):
        return
    yield Match(
        message=f"the network of node {node.name} is not set up: {condition_message(node.condition(kind))}",
        evidence=(node.cite(f"{node.condition_path(kind)}.message"),),
        effects=(
            Effect(EffectKind.NODE_NETWORK_IMPAIRED, node.ref),
            *((Effect(EffectKind.NODE_NOT_READY, node.ref),) if plugin else ()),
        ),
        because=(Effect(EffectKind.NODE_NETWORK_IMPAIRED, node.ref),),
        since=parse_time(node.condition(kind).get("lastTransitionTime")),
    )
