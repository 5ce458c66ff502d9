"""May A reach B on port P, and which policy says so: the cases that Kubernetes documents."""

from __future__ import annotations

import pytest

from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.rules.network.peers import OutsidePeer, PodPeer, UnreadPeer
from cluster_doctor.rules.network.policy import Direction
from cluster_doctor.rules.network.reachability import Access, Passage, may_reach
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod

TOWN = """
kind: Namespace
metadata: {name: shop, labels: {team: sales}}
---
kind: Namespace
metadata: {name: audit, labels: {team: control}}
---
kind: Pod
metadata: {name: db, labels: {role: db}}
spec:
  nodeName: n1
  containers: [{name: db, ports: [{name: sql, containerPort: 5432}]}]
status: {podIP: 10.0.1.1}
---
kind: Pod
metadata: {name: front, labels: {role: front}}
spec: {nodeName: n2, containers: [{name: front}]}
status: {podIP: 10.0.2.1}
---
kind: Pod
metadata: {name: reader, namespace: audit, labels: {role: reader}}
spec: {nodeName: n2, containers: [{name: reader}]}
status: {podIP: 10.0.2.2}
---
kind: Pod
metadata: {name: agent, namespace: audit, labels: {role: front}}
spec: {nodeName: n1, hostNetwork: true, containers: [{name: agent}]}
status: {podIP: 192.0.2.1}
"""


def _town(*policies: str, hidden: tuple[str, ...] = ()) -> ClusterSnapshot:
    documents = [f"kind: NetworkPolicy\nmetadata: {{name: p{at}}}\n{policy}" for at, policy in enumerate(policies)]
    return snapshot_of("\n---\n".join([TOWN, *documents]), hidden=hidden)


def _pod(cluster: ClusterSnapshot, path: str) -> PodPeer:
    namespace, _, name = path.rpartition("/")
    found = cluster.get(Pod, namespace or "shop", name)
    assert found is not None
    return PodPeer(found)


def _asks(cluster: ClusterSnapshot, source: str, target: str, port: int | str = 5432, protocol: str = "TCP") -> Passage:
    return may_reach(_pod(cluster, source), _pod(cluster, target), port, cluster, protocol=protocol)


def test_without_any_policy_everyone_reaches_everyone() -> None:
    passage = _asks(_town(), "front", "db")
    assert (passage.access, passage.policies) == (Access.ALLOWED, ())


def test_default_deny_of_ingress_keeps_everybody_out_and_is_named() -> None:
    cluster = _town("spec: {podSelector: {}, policyTypes: [Ingress]}")
    passage = _asks(cluster, "front", "db")
    assert passage.access is Access.DENIED
    assert passage.direction is Direction.INGRESS
    assert [policy.name for policy in passage.policies] == ["p0"]
    assert _asks(cluster, "db", "audit/reader").access is Access.ALLOWED, "it isolates one direction and one namespace"


def test_an_empty_rule_allows_all_ingress_though_another_policy_denies() -> None:
    cluster = _town("spec: {podSelector: {}, policyTypes: [Ingress]}", "spec: {podSelector: {}, ingress: [{}]}")
    passage = _asks(cluster, "front", "db")
    assert passage.access is Access.ALLOWED
    assert [policy.name for policy in passage.policies] == ["p1"]


def test_default_deny_of_egress_denies_at_the_source() -> None:
    passage = _asks(_town("spec: {podSelector: {}, policyTypes: [Egress]}"), "front", "audit/reader", 80)
    assert (passage.access, passage.direction) == (Access.DENIED, Direction.EGRESS)


def test_policy_types_default_to_ingress_and_to_egress_only_with_egress_rules() -> None:
    without = _town("spec: {podSelector: {matchLabels: {role: front}}}")
    assert _asks(without, "front", "db").access is Access.ALLOWED
    assert _asks(without, "db", "front").access is Access.DENIED
    egress = "spec: {podSelector: {matchLabels: {role: front}}, egress: [{ports: [{port: 443}]}]}"
    assert _asks(_town(egress), "front", "db").direction is Direction.EGRESS


def test_two_selectors_in_one_entry_must_both_hold() -> None:
    cluster = _town(
        "spec: {podSelector: {matchLabels: {role: db}}, ingress: [{from: ["
        "{namespaceSelector: {matchLabels: {team: control}}, podSelector: {matchLabels: {role: front}}}]}]}"
    )
    assert _asks(cluster, "audit/reader", "db").access is Access.DENIED
    assert _asks(cluster, "front", "db").access is Access.DENIED


def test_two_entries_are_alternatives() -> None:
    cluster = _town(
        "spec: {podSelector: {matchLabels: {role: db}}, ingress: [{from: ["
        "{namespaceSelector: {matchLabels: {team: control}}}, {podSelector: {matchLabels: {role: front}}}]}]}"
    )
    assert _asks(cluster, "audit/reader", "db").access is Access.ALLOWED
    assert _asks(cluster, "front", "db").access is Access.ALLOWED


def test_a_pod_selector_alone_means_pods_of_the_policys_namespace() -> None:
    cluster = _town(
        "spec: {podSelector: {matchLabels: {role: db}}, ingress: [{from: ["
        "{podSelector: {matchLabels: {role: reader}}}]}]}"
    )
    assert _asks(cluster, "audit/reader", "db").access is Access.DENIED


def test_an_empty_namespace_selector_means_every_namespace() -> None:
    cluster = _town("spec: {podSelector: {}, ingress: [{from: [{namespaceSelector: {}}]}]}")
    assert _asks(cluster, "audit/reader", "db").access is Access.ALLOWED
    outside = may_reach(OutsidePeer("198.51.100.7"), _pod(cluster, "db"), 5432, cluster)
    assert outside.access is Access.DENIED, "what is outside the cluster lives in no namespace"


@pytest.mark.parametrize(
    ("ports", "port", "protocol", "expected"),
    [
        ("[{port: 5432}]", 5432, "TCP", Access.ALLOWED),
        ("[{port: 5432}]", 5432, "UDP", Access.DENIED),
        ("[{port: 5433}]", 5432, "TCP", Access.DENIED),
        ("[{port: sql}]", 5432, "TCP", Access.ALLOWED),
        ("[{port: sql}]", 5433, "TCP", Access.DENIED),
        ("[{port: 5432}]", "sql", "TCP", Access.ALLOWED),
        ("[{port: http}]", 5432, "TCP", Access.DENIED),
        ("[{port: 5000, endPort: 6000}]", 5432, "TCP", Access.ALLOWED),
        ("[{port: 5000, endPort: 5431}]", 5432, "TCP", Access.DENIED),
        ("[{protocol: UDP}]", 5432, "UDP", Access.ALLOWED),
        ("[{protocol: UDP}]", 5432, "TCP", Access.DENIED),
        ("[{port: 80}, {port: 5432}]", 5432, "TCP", Access.ALLOWED),
        ("[]", 5432, "SCTP", Access.ALLOWED),
    ],
)
def test_ports_open_by_number_name_range_and_protocol(
    ports: str, port: int | str, protocol: str, expected: Access
) -> None:
    cluster = _town(f"spec: {{podSelector: {{matchLabels: {{role: db}}}}, ingress: [{{ports: {ports}}}]}}")
    assert _asks(cluster, "front", "db", port, protocol).access is expected


def test_a_block_admits_outside_addresses_except_some() -> None:
    cluster = _town(
        "spec: {podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 198.51.100.0/24, except: [198.51.100.64/26]}}]}]}"
    )
    database = _pod(cluster, "db")
    assert may_reach(OutsidePeer("198.51.100.7"), database, 5432, cluster).access is Access.ALLOWED
    assert may_reach(OutsidePeer("198.51.100.70"), database, 5432, cluster).access is Access.DENIED
    assert may_reach(OutsidePeer("2001:db8::1"), database, 5432, cluster).access is Access.DENIED


def test_whether_a_block_means_pods_is_not_ours_to_say() -> None:
    cluster = _town("spec: {podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}")
    assert _asks(cluster, "front", "db").access is Access.UNKNOWN
    elsewhere = _town("spec: {podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 203.0.113.0/24}}]}]}")
    assert _asks(elsewhere, "front", "db").access is Access.DENIED


def test_egress_to_dns_alone_leaves_other_ports_closed() -> None:
    cluster = _town(
        "spec: {podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 53, protocol: UDP}, {port: 53}]}]}"
    )
    unread = UnreadPeer("kube-system")
    front = _pod(cluster, "front")
    assert may_reach(front, unread, 53, cluster, protocol="UDP").access is Access.ALLOWED
    assert may_reach(front, unread, 443, cluster).access is Access.DENIED


def test_a_pod_that_nobody_read_is_admitted_or_not_as_far_as_its_labels_do_not_matter() -> None:
    cluster = _town("spec: {podSelector: {}, egress: [{to: [{podSelector: {matchLabels: {role: cache}}}]}]}")
    front = _pod(cluster, "front")
    assert may_reach(front, UnreadPeer("shop"), 80, cluster).access is Access.UNKNOWN
    assert may_reach(front, UnreadPeer("audit"), 80, cluster).access is Access.DENIED, "it is of another namespace"


def test_policies_that_nobody_read_leave_it_open() -> None:
    assert _asks(_town(hidden=("NetworkPolicy",)), "front", "db").access is Access.UNKNOWN


def test_namespaces_that_nobody_read_leave_their_labels_open_but_not_their_name() -> None:
    by_team = "spec: {podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: control}}}]}]}"
    assert _asks(_town(by_team, hidden=("Namespace",)), "audit/reader", "db").access is Access.UNKNOWN
    by_name = by_team.replace("team: control", "kubernetes.io/metadata.name: audit")
    cluster = _town(by_name, hidden=("Namespace",))
    assert _asks(cluster, "audit/reader", "db").access is Access.ALLOWED
    assert _asks(cluster, "front", "db").access is Access.DENIED


def test_a_pod_reaches_itself_and_its_node_reaches_it() -> None:
    cluster = _town("spec: {podSelector: {}, policyTypes: [Ingress, Egress]}")
    assert _asks(cluster, "db", "db").access is Access.ALLOWED
    assert _asks(cluster, "audit/agent", "db").access is Access.ALLOWED, "a process of the same node"


def test_whether_selectors_mean_pods_with_their_nodes_network_is_not_defined() -> None:
    policy = "spec: {podSelector: {}, ingress: [{from: [{namespaceSelector: {}}]}]}"
    cluster = _town(policy)
    assert _asks(cluster, "audit/agent", "front").access is Access.UNKNOWN
    assert _asks(cluster, "front", "audit/agent").access is Access.ALLOWED, "policies do not isolate a node's network"


def test_a_policy_of_the_network_plugin_may_overrule() -> None:
    deny = "spec: {podSelector: {}, policyTypes: [Ingress]}"
    own = "\n---\napiVersion: crd.projectcalico.org/v1\nkind: NetworkPolicy\nmetadata: {name: own}\nspec: {}"
    assert _asks(_town(deny + own), "front", "db").access is Access.UNKNOWN
    elsewhere = own.replace("name: own", "name: own, namespace: audit")
    assert _asks(_town(deny + elsewhere), "front", "db").access is Access.DENIED
