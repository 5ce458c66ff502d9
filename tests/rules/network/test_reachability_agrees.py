"""The evaluator agrees with a second one that was written without it, on hundreds of made-up clusters."""

from __future__ import annotations

import ipaddress
import json
import random
from typing import Any

import pytest
import yaml

from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.rules.network.peers import OutsidePeer, Peer, PodPeer
from cluster_doctor.rules.network.reachability import Access, may_reach
from cluster_doctor.snapshot.views import Pod

Json = dict[str, Any]

NAMESPACES = {"red": {"env": "live"}, "blue": {"env": "test"}}
OUTSIDE = ["203.0.113.5", "203.0.113.200", "198.51.100.1"]


def _selector(dice: random.Random) -> Json:
    roll = dice.random()
    if roll < 0.3:
        return {}
    if roll < 0.7:
        return {"matchLabels": {"app": dice.choice("abc")}}
    operator = dice.choice(["In", "NotIn", "Exists", "DoesNotExist"])
    values = {"values": dice.sample("abc", 2)} if operator in {"In", "NotIn"} else {}
    return {"matchExpressions": [{"key": dice.choice(["app", "tier"]), "operator": operator, **values}]}


def _peer(dice: random.Random) -> Json:
    spaces = dice.choice([{}, {"matchLabels": {"env": dice.choice(["live", "test"])}}])
    block = {"cidr": "203.0.113.0/24", "except": dice.choice([[], ["203.0.113.128/25"]])}
    return dice.choice(
        [
            {"podSelector": _selector(dice)},
            {"namespaceSelector": spaces},
            {"podSelector": _selector(dice), "namespaceSelector": spaces},
            {"ipBlock": block},
        ]
    )


def _port(dice: random.Random) -> Json:
    return dice.choice(
        [
            {"port": 80},
            {"port": "web"},
            {"port": 53, "protocol": "UDP"},
            {"protocol": "TCP"},
            {"port": 70, "endPort": 90},
        ]
    )


def _policy(dice: random.Random, name: str) -> Json:
    spec: Json = {"podSelector": _selector(dice)}
    for field, peers in (("ingress", "from"), ("egress", "to")):
        if dice.random() < 0.6:
            rules = []
            for _ in range(dice.randrange(3)):
                rule: Json = {}
                if dice.random() < 0.7:
                    rule[peers] = [_peer(dice) for _ in range(dice.randrange(1, 3))]
                if dice.random() < 0.6:
                    rule["ports"] = [_port(dice) for _ in range(dice.randrange(1, 3))]
                rules.append(rule)
            spec[field] = rules
    if dice.random() < 0.5:
        spec["policyTypes"] = dice.choice([["Ingress"], ["Egress"], ["Ingress", "Egress"]])
    return {
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": dice.choice(list(NAMESPACES))},
        "spec": spec,
    }


def _pod(dice: random.Random, number: int) -> Json:
    labels = {"app": dice.choice("abc")} | ({"tier": dice.choice("abc")} if dice.random() < 0.5 else {})
    ports = dice.choice([[], [{"name": "web", "containerPort": dice.choice([80, 8080])}]])
    return {
        "kind": "Pod",
        "metadata": {"name": f"p{number}", "namespace": dice.choice(list(NAMESPACES)), "labels": labels},
        "spec": {"nodeName": f"n{number}", "containers": [{"name": "c", "ports": ports}]},
        "status": {"podIP": f"10.0.0.{number + 1}"},
    }


def _naive(source: Json | str, target: Json | str, port: int, protocol: str, policies: list[Json]) -> bool:
    """Kubernetes' text, sentence by sentence."""
    for here, there, kind in ((source, target, "Egress"), (target, source, "Ingress")):
        if isinstance(here, str):
            continue
        mine = [p for p in policies if p["metadata"]["namespace"] == here["metadata"]["namespace"]]
        mine = [p for p in mine if _picks(p["spec"]["podSelector"], here["metadata"]["labels"])]
        mine = [p for p in mine if kind in _types(p["spec"])]
        if mine and not any(
            _lets(rule, kind, there, target, port, protocol, p["metadata"]["namespace"])
            for p in mine
            for rule in p["spec"].get(kind.lower(), [])
        ):
            return False
    return True


def _types(spec: Json) -> list[str]:
    return spec.get("policyTypes") or (["Ingress", "Egress"] if spec.get("egress") else ["Ingress"])


def _picks(selector: Json, labels: Json) -> bool:
    if any(labels.get(k) != v for k, v in selector.get("matchLabels", {}).items()):
        return False
    for e in selector.get("matchExpressions", []):
        value = labels.get(e["key"])
        holds = {
            "In": value in e.get("values", []) and value is not None,
            "NotIn": value not in e.get("values", []),
            "Exists": value is not None,
            "DoesNotExist": value is None,
        }
        if not holds[e["operator"]]:
            return False
    return True


def _lets(  # noqa: PLR0913, PLR0917 - the corners of one question
    rule: Json,
    kind: str,
    there: Json | str,
    target: Json | str,
    port: int,
    protocol: str,
    home: str,
) -> bool:
    peers = rule.get("from" if kind == "Ingress" else "to")
    if peers and not any(_meant(peer, there, home) for peer in peers):
        return False
    ports = rule.get("ports")
    return not ports or any(_opened(entry, target, port, protocol) for entry in ports)


def _meant(peer: Json, there: Json | str, home: str) -> bool:
    if "ipBlock" in peer:
        if isinstance(there, dict):
            return False
        address = ipaddress.ip_address(there)
        excepted = any(address in ipaddress.ip_network(c) for c in peer["ipBlock"]["except"])
        return address in ipaddress.ip_network(peer["ipBlock"]["cidr"]) and not excepted
    if isinstance(there, str):
        return False
    space = there["metadata"]["namespace"]
    if "namespaceSelector" in peer:
        if not _picks(peer["namespaceSelector"], NAMESPACES[space]):
            return False
    elif space != home:
        return False
    return _picks(peer.get("podSelector", {}), there["metadata"]["labels"])


def _opened(entry: Json, target: Json | str, port: int, protocol: str) -> bool:
    if entry.get("protocol", "TCP") != protocol:
        return False
    wanted = entry.get("port")
    if wanted is None:
        return True
    if isinstance(wanted, str):
        if isinstance(target, str):
            return False
        return any(
            declared["name"] == wanted and declared["containerPort"] == port
            for declared in target["spec"]["containers"][0]["ports"]
        )
    last = entry.get("endPort")
    return int(wanted) <= port <= int(wanted if last is None else last)


@pytest.mark.parametrize("seed", range(40))
def test_two_evaluators_agree_on_every_pair_and_port(seed: int) -> None:
    dice = random.Random(seed)
    pods = [_pod(dice, number) for number in range(5)]
    policies = [_policy(dice, f"policy-{number}") for number in range(dice.randrange(1, 6))]
    spaces = [
        {"kind": "Namespace", "metadata": {"name": name, "labels": labels}} for name, labels in NAMESPACES.items()
    ]
    cluster = snapshot_of("\n---\n".join(json.dumps(raw) for raw in [*pods, *policies, *spaces]))

    def peer(raw: Json | str) -> Peer:
        if isinstance(raw, str):
            return OutsidePeer(raw)
        found = cluster.get(Pod, raw["metadata"]["namespace"], raw["metadata"]["name"])
        assert found is not None
        return PodPeer(found)

    everybody: list[Json | str] = [*pods, *OUTSIDE]
    for source in everybody:
        for target in everybody:
            if source == target or (isinstance(source, str) and isinstance(target, str)):
                continue
            for port, protocol in ((80, "TCP"), (8080, "TCP"), (53, "UDP")):
                answer = may_reach(peer(source), peer(target), port, cluster, protocol=protocol)
                expected = Access.ALLOWED if _naive(source, target, port, protocol, policies) else Access.DENIED
                assert answer.access is expected, yaml.safe_dump([source, target, port, policies, answer.reason])
                assert bool(answer.policies) or expected is Access.ALLOWED, "a denial names its policies"
