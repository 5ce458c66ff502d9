"""Whether a NetworkPolicy stands between two objects, as a report may say that it does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cluster_doctor.domain.incident import Claim, ClaimVerdict
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.intake.mentions import Mention
from cluster_doctor.rules.network.between import reachability
from cluster_doctor.rules.network.reachability import Access
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Service

_BLOCKED = re.compile(
    r"\bnetwork[ -]?polic(?:y|ies)\b[^.\n]{0,80}\b(?:block|den(?:y|ies)|prevent|drop|reject|keep|stop|cut)\w*"
    r"|\b(?:block|den|prevent|drop|reject|kept|stopp|cut)\w*\b[^.\n]{0,80}\bnetwork[ -]?polic(?:y|ies)\b",
    re.IGNORECASE,
)
_ENDS = frozenset({"Pod", "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Service"})
_VERDICTS = {
    Access.DENIED: ClaimVerdict.CONFIRMED,
    Access.ALLOWED: ClaimVerdict.REFUTED,
    Access.UNKNOWN: ClaimVerdict.UNVERIFIABLE,
}


def check(text: str, named: Iterable[Mention], cluster: ClusterSnapshot) -> Iterator[Claim]:
    """Check the assertion that a NetworkPolicy blocks one named object from another.

    It takes two objects that were seen: the last one named, or the one Service among them, is whom is called.
    """
    found = _BLOCKED.search(text)
    named_here = dict.fromkeys(mention.ref for mention in named if mention.ref and mention.ref.kind in _ENDS)
    ends = [ref for ref in named_here if cluster.find(ref)]
    if found is None or len(ends) != 2:
        return
    source, target = sorted(ends, key=lambda ref: ref.kind == Service.kind)
    for port, protocol in _ports(target, cluster):
        passage = reachability(cluster, source, target, port, protocol)
        yield Claim(
            text=found[0],
            asserts=f"a NetworkPolicy keeps {source} from {target} on port {port}/{protocol}",
            subjects=(source, target),
            verdict=_VERDICTS[passage.access],
            reason=passage.reason,
            evidence=tuple(policy.cite("spec") for policy in passage.policies[:2]),
        )


def _ports(target: ObjectRef, cluster: ClusterSnapshot) -> list[tuple[int, str]]:
    """Ports that are asked about: those of the Service, or those that the Pods declare."""
    view = cluster.find(target)
    if isinstance(view, Service):
        return [(port.number, port.protocol) for port in view.ports]
    pods = cluster.pods_of(target)[:1]
    return [(port.number, port.protocol) for pod in pods for container in pod.containers for port in container.ports]
