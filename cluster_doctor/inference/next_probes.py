"""What to read next: whatever lets most of the rules judge that could explain what is left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache

from cluster_doctor.domain import lacks
from cluster_doctor.domain.diagnosis import NextProbe
from cluster_doctor.domain.effects import EffectKind
from cluster_doctor.domain.findings import Finding, Stage
from cluster_doctor.inference.propagation import sources_of
from cluster_doctor.rules.engine import run_rules
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.rules.protocol import Records, Rule
from cluster_doctor.rules.rule_set import OURS, RuleSet
from cluster_doctor.snapshot.kinds import BY_KIND

MOST = 3
"""Probes that are proposed; who is awake at night does one thing after the other."""
_RECORDS = {
    Records.LOGS: "kubectl logs{namespace} POD --all-containers --tail=200",
    Records.METRICS: "cluster-doctor diagnose --prometheus URL",
    Records.ALERTS: "cluster-doctor diagnose --alertmanager URL",
    Records.NODE_SERVICES: "systemctl status kubelet containerd kube-proxy  # on the node",
    Records.CONNECTION_PROBES: "kubectl exec{namespace} POD -- nc -zv SERVICE PORT",
}


def next_probes(left: Sequence[Finding], lacked: Mapping[str, str], rules: RuleSet = OURS) -> tuple[NextProbe, ...]:
    """Propose what to read, that which decides most first.

    Args:
        left: symptoms that nothing explains.
        lacked: what rules could not judge without, by rule.
        rules: those that were run.
    """
    if not left or not lacked:
        return ()
    wanted = sources_of(effect.kind for finding in left for effect in finding.effects)
    decided: dict[str, list[str]] = defaultdict(list)
    for rule in rules.rules:
        if rule.stage is Stage.CAUSE and rule.name in lacked and not wanted.isdisjoint(_effects_of(rule)):
            for need in lacks.unread(lacked[rule.name]):
                decided[need].append(rule.name)
    namespace = left[0].subject.namespace
    ranked = sorted(decided.items(), key=lambda entry: (-len(entry[1]), entry[0]))
    return tuple(_probe(kind, namespace, decides) for kind, decides in ranked[:MOST])


@cache
def _effects_of(rule: Rule) -> frozenset[EffectKind]:
    """What a rule's match brings about, as its own example shows."""
    found = run_rules([rule], snapshot_of(rule.doc.fires_on)).findings
    return frozenset(effect.kind for finding in found for effect in finding.effects)


def _probe(kind: str, namespace: str | None, rules: Sequence[str]) -> NextProbe:
    known = BY_KIND.get(kind)
    place = namespace if known is None or known.namespaced else None
    scope = f" -n {place}" if place else ""
    if kind in set(Records):
        command = _RECORDS[Records(kind)].format(namespace=scope)
    else:
        command = f"kubectl get {known.plural if known else kind.lower()}{scope} -o yaml"
    return NextProbe(kind=kind, namespace=place, command=command, decides=tuple(rules))
