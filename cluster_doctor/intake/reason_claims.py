"""Whether the states that a report names are seen on the objects that it names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.domain.incident import Claim, ClaimVerdict
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.intake.mentions import Mention, MentionKind
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Node, Pod

_PROSE = {
    "CrashLoopBackOff": re.compile(r"\bcrash(?:ing|es)?[ -]?loop\w*\b|\bkeeps? crashing\b", re.IGNORECASE),
    "OOMKilled": re.compile(r"\bout of memory\b|\boom[ -]?kill\w*\b|\bOOM\b", re.IGNORECASE),
    "Pending": re.compile(r"\b(?:is|are|stays?|stuck|remains?) (?:in )?pending\b", re.IGNORECASE),
    "NotReady": re.compile(r"\bnot[ -]ready\b", re.IGNORECASE),
    "ImagePullBackOff": re.compile(r"\b(?:cannot|can't|fails? to) pull (?:the |its )?image", re.IGNORECASE),
    "Evicted": re.compile(r"\bevict(?:ed|ion)s?\b", re.IGNORECASE),
}
_SAME = {
    "ImagePullBackOff": {"ImagePullBackOff", "ErrImagePull"},
    "ErrImagePull": {"ImagePullBackOff", "ErrImagePull"},
    "CrashLoopBackOff": {"CrashLoopBackOff"},
}
_MOST = 3


def check(text: str, named: Iterable[Mention], cluster: ClusterSnapshot) -> Iterator[Claim]:
    """Check each reason, named in Kubernetes' word or in prose, on the named objects; on all if none is named."""
    mentions = tuple(named)
    reasons = {mention.value: mention.text for mention in mentions if mention.kind is MentionKind.REASON}
    for reason, pattern in _PROSE.items():
        found = pattern.search(text)
        if found:
            reasons.setdefault(reason, found[0])
    objects = tuple(mention.ref for mention in mentions if mention.ref)
    spaces = {mention.namespace for mention in mentions if mention.namespace}
    for reason, words in reasons.items():
        yield _claim(reason, words, objects, spaces, cluster)


def _claim(
    reason: str, words: str, objects: tuple[ObjectRef, ...], spaces: set[str], cluster: ClusterSnapshot
) -> Claim:
    of_nodes = reason in {"NotReady", "NodeNotReady"} and any(ref.kind == "Node" for ref in objects)
    about = tuple(ref for ref in objects if (ref.kind == "Node") is of_nodes)
    pods = [] if of_nodes else _pods(about, spaces, cluster)
    nodes = [node for ref in about if (node := cluster.get(Node, None, ref.name))] if of_nodes else []
    evidence = [*(fact for pod in pods for fact in _on_pod(pod, reason)), *(f for n in nodes for f in _on_node(n))]
    evidence += [
        event.cite_message()
        for ref in (*about, *(pod.ref for pod in pods))
        for event in cluster.events_about(ref, reason)
    ]
    where = ", ".join(str(ref) for ref in about) or "the scope"
    asserts = f"{reason} on {where}"
    if evidence:
        return Claim(
            text=words,
            asserts=asserts,
            subjects=about,
            verdict=ClaimVerdict.CONFIRMED,
            reason=f"seen on {evidence[0].subject}",
            evidence=tuple(evidence[:_MOST]),
        )
    if pods or nodes:
        seen = [*(_state(pod) for pod in pods[:_MOST]), *(_readiness(node) for node in nodes[:_MOST])]
        return Claim(
            text=words,
            asserts=asserts,
            subjects=about,
            verdict=ClaimVerdict.REFUTED,
            reason=f"not so when it was looked at: {', '.join(note for note, _ in seen)}",
            evidence=tuple(fact for _, fact in seen),
        )
    return Claim(
        text=words,
        asserts=asserts,
        subjects=about,
        verdict=ClaimVerdict.UNVERIFIABLE,
        reason=f"no {'Node' if of_nodes else 'Pod'} was seen that it could be about",
    )


def _pods(about: tuple[ObjectRef, ...], spaces: set[str], cluster: ClusterSnapshot) -> list[Pod]:
    if not about:
        return [pod for pod in cluster.all(Pod) if not spaces or pod.namespace in spaces]
    found: dict[ObjectRef, Pod] = {}
    for ref in about:
        own = cluster.get(Pod, ref.namespace, ref.name) if ref.kind == "Pod" else None
        behind = cluster.select(ref.namespace, _selector(ref, cluster)) if ref.kind == "Service" else []
        for pod in [*([own] if own else []), *cluster.pods_of(ref), *behind]:
            found[pod.ref] = pod
    inside = spaces | {ref.namespace for ref in about if ref.namespace}
    return list(found.values()) or [pod for pod in cluster.all(Pod) if pod.namespace in inside]


def _selector(ref: ObjectRef, cluster: ClusterSnapshot) -> dict[str, str]:
    view = cluster.find(ref)
    return view.strings("spec", "selector") if view else {}


def _on_pod(pod: Pod, reason: str) -> Iterator[Evidence]:
    wanted = _SAME.get(reason, {reason})
    if pod.phase in wanted:
        yield pod.cite("status.phase")
    if pod.reason in wanted:
        yield pod.cite("status.reason")
    if reason == "NotReady" and pod.expected_to_run and not pod.ready:
        yield pod.cite(f"{pod.condition_path('Ready')}.status")
    for container in pod.containers:
        for field, value in (
            ("state.waiting.reason", container.waiting),
            ("state.terminated.reason", container.terminated.get("reason")),
            ("lastState.terminated.reason", container.last_terminated.get("reason")),
        ):
            if value in wanted:
                yield pod.cite(f"{container.status_path}.{field}")


def _on_node(node: Node) -> Iterator[Evidence]:
    if node.ready in {"False", "Unknown"}:
        yield node.cite(f"{node.condition_path('Ready')}.status")


def _state(pod: Pod) -> tuple[str, Evidence]:
    waiting = next((c for c in pod.containers if c.waiting), None)
    if waiting:
        return f"{pod.ref} waits in {waiting.waiting}", pod.cite(f"{waiting.status_path}.state.waiting.reason")
    ready = "ready" if pod.ready else "not ready"
    return f"{pod.ref} is {pod.phase or 'without phase'} and {ready}", pod.cite("status.phase")


def _readiness(node: Node) -> tuple[str, Evidence]:
    return f"{node.ref} has Ready={node.ready or 'unset'}", node.cite(f"{node.condition_path('Ready')}.status")
