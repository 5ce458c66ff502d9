"""A NetworkPolicy that keeps Pods from the cluster's DNS."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.dependency.failing_calls import FailingCall, callers_in_trouble, failing_calls
from cluster_doctor.rules.network.blocked_calls import cite_denial
from cluster_doctor.rules.network.name_servers import cached_on_nodes, dns_pods, target_port
from cluster_doctor.rules.network.peers import Peer, PodPeer, UnreadPeer
from cluster_doctor.rules.network.policy import Direction
from cluster_doctor.rules.network.reachability import Access, may_reach
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.snapshot.log_lines.trouble import Trouble
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import NetworkPolicy, Pod, Workload

_SILENT = ("UnknownHostException", "getaddrinfo failed")
"""What Java and Windows say as well when no answer came; elsewhere an unknown name is an answer."""


@rule(Severity.ERROR, subject=Workload, needs=(NetworkPolicy, Pod, Records.LOGS), among=callers_in_trouble)
def network_policy_blocks_dns(workload: Workload, cluster: ClusterSnapshot) -> Matches:
    """The workload's Pods log that names do not resolve, and a NetworkPolicy keeps them from the cluster's DNS.

    Why it matters:
        A policy that denies egress denies DNS as well unless it says otherwise, so that every connection by name
        fails before it begins.

    Fires on:
        kind: Deployment
        metadata: {name: cart}
        spec: {template: {metadata: {labels: {app: cart}}, spec: {containers: [{name: app}]}}}
        ---
        kind: Pod
        metadata:
          name: cart-0
          labels: {app: cart}
          ownerReferences:
          - {apiVersion: apps/v1, kind: Deployment, name: cart, controller: true}
        spec: {nodeName: n1, containers: [{name: app}]}
        status: {phase: Running, podIP: 10.0.0.3}
        ---
        kind: Log
        subject: Pod/cart-0
        container: app
        lines: ['lookup stock on 10.96.0.10:53: read udp 10.0.0.3:4711->10.96.0.10:53: i/o timeout']
        ---
        kind: NetworkPolicy
        metadata: {name: only-to-stock}
        spec:
          podSelector: {}
          policyTypes: [Egress]
          egress:
          - to: [{podSelector: {matchLabels: {app: stock}}}]
            ports: [{port: 8080}]

    Stays quiet on:
        kind: Deployment
        metadata: {name: cart}
        spec: {template: {metadata: {labels: {app: cart}}, spec: {containers: [{name: app}]}}}
        ---
        kind: Pod
        metadata:
          name: cart-0
          labels: {app: cart}
          ownerReferences:
          - {apiVersion: apps/v1, kind: Deployment, name: cart, controller: true}
        spec: {nodeName: n1, containers: [{name: app}]}
        status: {phase: Running, podIP: 10.0.0.3}
        ---
        kind: Log
        subject: Pod/cart-0
        container: app
        lines: ['lookup stock on 10.96.0.10:53: read udp 10.0.0.3:4711->10.96.0.10:53: i/o timeout']
        ---
        kind: NetworkPolicy
        metadata: {name: only-dns}
        spec:
          podSelector: {}
          policyTypes: [Egress]
          egress:
          - ports: [{port: 53, protocol: UDP}]

    Remedy:
        Allow egress to the Pods of the cluster's DNS on port 53, for UDP and for TCP.

    References:
        https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-deny-all-egress-traffic
    """
    told = [call for call in failing_calls(workload.ref, cluster) if _unanswered(call)]
    pods = [pod for pod in cluster.pods_of(workload.ref) if pod.expected_to_run and pod.node_name]
    if not told or not pods or workload.template.dns_policy in {"None", "Default"} or cached_on_nodes(cluster):
        return
    servers: list[Peer] = [PodPeer(pod) for pod in dns_pods(cluster) if pod.ready]
    port = target_port(cluster)
    for server in servers or [UnreadPeer("kube-system")]:
        passage = may_reach(PodPeer(pods[0]), server, port, cluster, protocol="UDP")
        if passage.access is not Access.DENIED or passage.direction is not Direction.EGRESS:
            return
    policy = passage.policies[0]
    yield Match(
        message=f"{policy.ref} keeps {workload.ref} from the cluster's DNS: {passage.reason} "
        f"and admits nothing to port {port}/UDP",
        evidence=(*cite_denial(passage), told[0].evidence),
        blame=policy.ref,
        effects=(
            Effect(EffectKind.NAME_UNRESOLVED, workload.ref),
            Effect(EffectKind.CALLS_FAILING, workload.ref),
        ),
        about=str(workload.ref),
        facts=(("workload", str(workload.ref)), ("policies", ", ".join(entry.name for entry in passage.policies))),
    )


def _unanswered(call: FailingCall) -> bool:
    return call.trouble is Trouble.RESOLVER or (
        call.trouble is Trouble.UNKNOWN_HOST and any(word in str(call.evidence.value) for word in _SILENT)
    )
