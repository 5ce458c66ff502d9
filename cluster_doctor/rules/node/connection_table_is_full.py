"""A node that can track no more connections."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Event, Node

_WORDS = re.compile(r"nf_conntrack: (?:nf_conntrack: )?table full|conntrack table (?:is )?full", re.IGNORECASE)
_CONDITION = "ConntrackFullProblem"
_LINES = 20


@rule(Severity.CRITICAL, subject=Node, needs=(Event,), directness=Directness.STATED)
def connection_table_is_full(node: Node, cluster: ClusterSnapshot) -> Matches:
    """The kernel of the node drops new connections because its connection table is full.

    Why it matters:
        Every connection through the node takes an entry; when none is left, new ones from any Pod there are
        dropped, while established ones go on.

    Fires on:
        {kind: Node, metadata: {name: n1}, status: {conditions: [{type: Ready, status: 'True'}]}}
        ---
        kind: Event
        metadata: {name: e}
        type: Warning
        reason: ConntrackFull
        message: 'kernel: nf_conntrack: table full, dropping packet'
        involvedObject: {kind: Node, name: n1}
        lastTimestamp: '2026-01-01T11:58:00Z'

    Stays quiet on:
        {kind: Node, metadata: {name: n1}, status: {conditions: [{type: Ready, status: 'True'}]}}
        ---
        kind: Event
        metadata: {name: e}
        type: Warning
        reason: ConntrackFull
        message: 'kernel: nf_conntrack: table full, dropping packet'
        involvedObject: {kind: Node, name: n1}
        lastTimestamp: '2026-01-01T02:00:00Z'

    Remedy:
        Stop the flood of connections; raise `net.netfilter.nf_conntrack_max` (kube-proxy's `conntrack` settings).

    References:
        https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/#kubeproxy-config-k8s-io-v1alpha1-KubeProxyConntrackConfiguration
    """
    evidence = next(_signs(node, cluster), None)
    if evidence is None:
        return
    yield Match(
        message=f"the connection table of node {node.name} is full, new connections are dropped: {evidence.value}",
        evidence=(evidence,),
        blame=node.ref,
        effects=(Effect(EffectKind.NODE_NETWORK_IMPAIRED, node.ref),),
    )


def _signs(node: Node, cluster: ClusterSnapshot) -> Iterator[Evidence]:
    if node.condition(_CONDITION).get("status") == "True":
        yield node.cite(f"{node.condition_path(_CONDITION)}.message")
    for event in cluster.events_about(node.ref):
        old = event.last_seen is not None and (cluster.taken_at - event.last_seen).total_seconds() > 1800
        if not old and _WORDS.search(event.message):
            yield event.cite_message()
    for service in cluster.node_services:
        last = "\n".join(service.lines[-_LINES:]) if service.node == node.name else ""
        if "conntrack" in last.lower() and _WORDS.search(last):
            yield service.cite()
