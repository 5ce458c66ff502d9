"""Refusals for an exhausted quota: `exceeded quota: team, requested: pods=1, used: pods=5, limited: pods=5`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.domain.findings import Match
from cluster_doctor.rules.admission.rejection import rejection_of
from cluster_doctor.snapshot.quantity import parse_quantity
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Event, Namespace, ResourceQuota

_EXCEEDED = re.compile(r"exceeded quota: ([^,]+), requested: (.*?), used: (.*?), limited: (.*)", re.DOTALL)
_PAIR = re.compile(r"(?<![^=,\s])([^=,\s]+)=([^,\s]+)")


@dataclass(frozen=True, slots=True)
class Excess:
    """One resource of a quota that a request would have exceeded."""

    quota: str
    resource: str
    requested: str
    used: str
    limit: str


def excesses(words: str) -> Iterator[Excess]:
    """Read the resources that a refusal names and that would really be exceeded."""
    found = _EXCEEDED.search(words)
    if not found:
        return
    requested, used, limited = (dict(_PAIR.findall(found[position])) for position in (2, 3, 4))
    for resource, limit in limited.items():
        asked = parse_quantity(requested.get(resource, "")) or 0
        taken, hard = parse_quantity(used.get(resource, "")), parse_quantity(limit)
        if taken is None or hard is None or asked + taken > hard:
            yield Excess(found[1], resource, requested.get(resource, "?"), used.get(resource, "?"), limit)


def excess_matches(event: Event, cluster: ClusterSnapshot, resources: frozenset[str]) -> Iterator[Match]:
    """Match a refusal that names one of the resources. The namespace has to change: its quota is the limit."""
    rejection = rejection_of(event, cluster)
    if rejection is None:
        return
    for excess in excesses(rejection.words):
        if excess.resource not in resources:
            continue
        namespace = rejection.owner.namespace or ""
        yield Match(
            message=(
                f"quota {excess.quota} of namespace {namespace} allows {excess.resource}={excess.limit}; "
                f"{excess.used} is used and {rejection.workload} asks for {excess.requested} more"
            ),
            evidence=(rejection.evidence, *_quota_evidence(excess, namespace, cluster)),
            blame=Namespace.ref_to(None, namespace),
            effects=rejection.effects,
            about=excess.resource,
            since=rejection.at,
            facts=(
                ("quota", excess.quota),
                ("resource", excess.resource),
                ("limit", excess.limit),
                ("used", excess.used),
                ("requested", excess.requested),
            ),
        )


def _quota_evidence(excess: Excess, namespace: str, cluster: ClusterSnapshot) -> tuple[Evidence, ...]:
    quota = cluster.get(ResourceQuota, namespace, excess.quota)
    if quota is None:
        return ()
    from_status = [quota.cite(f"status.{field}['{excess.resource}']") for field in ("used", "hard")]
    return tuple(evidence for evidence in from_status if evidence.value is not None)
