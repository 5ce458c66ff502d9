"""What the scheduler said about a Pod, in its own words.

The message has the form `0/4 nodes are available: 1 node(s) were unschedulable, 3 Insufficient cpu. preemption: …`
(FitError in kube-scheduler's framework package): each node is counted under the first plugin that refused it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod


class Refusal(StrEnum):
    """Why a node does not take a Pod."""

    CORDONED = "cordoned"
    TAINT = "taint"
    NODE_SELECTOR = "node selector"
    NODE_AFFINITY = "node affinity"
    CPU = "cpu"
    MEMORY = "memory"
    STORAGE = "ephemeral-storage"
    EXTENDED = "extended resource"
    PODS = "pods"
    HOST_PORT = "host port"
    ANTI_AFFINITY = "pod anti-affinity"
    POD_AFFINITY = "pod affinity"
    BESIDE_PODS = "pod affinity or anti-affinity"
    SPREAD = "topology spread"
    VOLUME_NODE = "volume node affinity"
    VOLUME_LIMIT = "volume limit"
    VOLUME_BINDING = "volume binding"
    CLAIM_UNBOUND = "claim unbound"
    CLAIM_MISSING = "claim missing"
    OTHER = "other"


_WORDINGS: tuple[tuple[Refusal, re.Pattern[str]], ...] = tuple(
    (refusal, re.compile(pattern))
    for refusal, pattern in (
        (Refusal.CORDONED, r"were unschedulable"),
        (Refusal.TAINT, r"untolerated taint|had taints? that the pod didn't tolerate|had taint \{"),
        (Refusal.NODE_AFFINITY, r"didn't match Pod's node affinity|didn't match node selector"),
        (Refusal.CPU, r"Insufficient cpu"),
        (Refusal.MEMORY, r"Insufficient memory"),
        (Refusal.STORAGE, r"Insufficient ephemeral-storage"),
        (Refusal.PODS, r"Too many pods|Insufficient pods"),
        (Refusal.EXTENDED, r"Insufficient \S+"),
        (Refusal.HOST_PORT, r"didn't have free ports"),
        (
            Refusal.ANTI_AFFINITY,
            r"didn't (?:match|satisfy) (?:existing pods? )?(?:pod )?anti-affinity|existing pods anti-affinity",
        ),
        (Refusal.BESIDE_PODS, r"didn't match pod affinity/anti-affinity"),
        (Refusal.POD_AFFINITY, r"didn't match pod affinity"),
        (Refusal.SPREAD, r"didn't match pod topology spread"),
        (
            Refusal.VOLUME_NODE,
            r"volume node affinity conflict|PersistentVolume's node affinity|had no available volume zone",
        ),
        (Refusal.VOLUME_LIMIT, r"exceed max volume count"),
        (Refusal.VOLUME_BINDING, r"didn't find available persistent volumes to bind|not enough free storage"),
        (Refusal.CLAIM_UNBOUND, r"unbound immediate PersistentVolumeClaims"),
        (Refusal.CLAIM_MISSING, r"persistentvolumeclaim \"[^\"]+\" (?:not found|is being deleted)"),
    )
)
_COUNTED = re.compile(r"(\d+)\s+(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class SchedulingVerdict:
    """The scheduler's latest word on a Pod. `counts` holds nodes refused by reason; `texts` the wording."""

    message: str
    evidence: Evidence
    counts: dict[Refusal, int]
    texts: dict[Refusal, str]
    at: datetime | None


def unscheduled(pod: Pod) -> bool:
    """Tell whether a Pod waits for a node."""
    waits = pod.phase in {"Pending", ""} and bool(pod.mapping("status"))
    return waits and not pod.placed and not pod.terminating and pod.reason != "Evicted"


def said_to_be_gated(pod: Pod) -> bool:
    """Tell whether the API server has marked a Pod as one that no scheduler may look at yet.

    It does so when it accepts the Pod (pkg/registry/core/pod), so that the mark tells nothing of the scheduler.
    """
    return pod.condition("PodScheduled").get("reason") == "SchedulingGated"


def verdict_of(pod: Pod, cluster: ClusterSnapshot) -> SchedulingVerdict | None:
    """Find the scheduler's latest word: the newest FailedScheduling Event, else condition PodScheduled."""
    return cluster.remember(("scheduling verdict", pod.ref), lambda: _read(pod, cluster))


def untold_of(pod: Pod) -> SchedulingVerdict | None:
    """A verdict without words: the scheduler turned the Pod down, and why was not kept.

    `kubectl describe` prints a condition's status alone, and Events last an hour. A Pod that the scheduler
    never looked at has no such condition.
    """
    condition = pod.condition("PodScheduled")
    if condition.get("status") != "False" or condition.get("reason") or condition.get("message"):
        return None
    if pod.spec.raw.get("schedulingGates"):
        return None
    return SchedulingVerdict("", pod.cite(f"{pod.condition_path('PodScheduled')}.status"), {}, {}, None)


def _read(pod: Pod, cluster: ClusterSnapshot) -> SchedulingVerdict | None:
    condition = pod.condition("PodScheduled")
    message = str(condition.get("message") or "")
    if condition.get("reason") == "Unschedulable" and message:
        counts, texts = parse_refusals(message)
        return SchedulingVerdict(
            message, pod.cite(f"{pod.condition_path('PodScheduled')}.message"), counts, texts, None
        )
    for event in cluster.events_about(pod.ref, "FailedScheduling"):
        counts, texts = parse_refusals(event.message)
        return SchedulingVerdict(event.message, event.cite_message(), counts, texts, event.last_seen)
    return None


def parse_refusals(message: str) -> tuple[dict[Refusal, int], dict[Refusal, str]]:
    """Count nodes by reason in a scheduler message; what is said of the Pod as a whole counts 0 nodes."""
    body = message.split("preemption:", 1)[0].strip().rstrip(".")
    _, found, reasons = body.partition("nodes are available:")
    counts: dict[Refusal, int] = {}
    texts: dict[Refusal, str] = {}
    for raw in re.split(r",\s+(?=\d+ )|\.\s+(?=\d+ )", reasons if found else body):
        part = raw.strip().rstrip(".,")
        if not part:
            continue
        counted = _COUNTED.fullmatch(part)
        number, wording = (int(counted[1]), counted[2]) if counted else (0, part)
        refusal = next((refusal for refusal, pattern in _WORDINGS if pattern.search(wording)), Refusal.OTHER)
        counts[refusal] = counts.get(refusal, 0) + number
        texts.setdefault(refusal, wording)
    return counts, texts
