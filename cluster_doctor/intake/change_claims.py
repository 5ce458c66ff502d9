"""What a report says of changes: since the last deploy, nothing was changed, works in staging."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from cluster_doctor.domain.change import ChangeKind
from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.domain.incident import Claim, ClaimVerdict, Incident
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.changes.changes import RECENTLY, all_changes
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.times import format_time
from cluster_doctor.snapshot.views import Deployment

_SINCE_DEPLOY = re.compile(
    r"\b(?:since|after)\s+(?:the\s+|our\s+|my\s+|a\s+)?(?:last|latest|new|recent|today'?s|yesterday'?s)?\s*"
    r"(?:deploy(?:ment)?|release|rollout|upgrade|update)\b",
    re.IGNORECASE,
)
_NO_CHANGE = re.compile(
    r"\b(?:no|without(?: any)?)\s+(?:recent\s+)?(?:changes?|deploys?|deployments?|releases?)\b"
    r"|\b(?:nothing|nobody|no one)\s+(?:was\s+|has\s+|have\s+)?(?:been\s+)?(?:changed|deployed|touched)\b"
    r"|\b(?:we|i)\s+(?:did not|didn't|have not|haven't)\s+(?:change|changed|deploy|deployed|touch|touched)\b",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"\b(?:works?|worked|fine|ok|okay|healthy)\s+(?:fine\s+|well\s+)?(?:in|on)\s+"
    r"(staging|stage|dev|development|test|testing|qa|uat|my machine|another cluster|the other cluster)\b",
    re.IGNORECASE,
)


def check(incident: Incident, objects: tuple[ObjectRef, ...], cluster: ClusterSnapshot) -> Iterator[Claim]:
    """Hold what is said of changes against the ages of revisions."""
    since, none = _SINCE_DEPLOY.search(incident.text), _NO_CHANGE.search(incident.text)
    about = tuple(dict.fromkeys(cluster.workload_ref(ref) for ref in objects))
    spaces = frozenset(incident.namespaces) | {ref.namespace for ref in objects if ref.namespace}
    if since:
        yield _deployed(since[0], about, spaces, cluster, asserted=True)
    if none:
        yield _deployed(none[0], about, spaces, cluster, asserted=False)
    elsewhere = _ELSEWHERE.search(incident.text)
    if elsewhere:
        yield Claim(
            text=elsewhere[0],
            asserts=f"it works in {elsewhere[1].lower()}",
            verdict=ClaimVerdict.UNVERIFIABLE,
            reason="only this cluster was looked at; compare configuration, image and quota there with those here",
        )


def _deployed(
    words: str, about: tuple[ObjectRef, ...], spaces: frozenset[str], cluster: ClusterSnapshot, *, asserted: bool
) -> Claim:
    asserts = "there was a deploy lately" if asserted else "nothing was changed"
    subjects = tuple(ref for ref in about if ref.kind == "Deployment")
    revisions = sorted(_revisions(subjects, spaces, cluster), key=lambda found: found[0], reverse=True)
    if not revisions:
        return Claim(
            text=words,
            asserts=asserts,
            subjects=subjects,
            verdict=ClaimVerdict.UNVERIFIABLE,
            reason="no revision of a Deployment was seen that would tell when it was changed",
        )
    when, evidence, deployment = revisions[0]
    age = cluster.taken_at - when
    recent = age <= RECENTLY
    verdict = ClaimVerdict.CONFIRMED if recent is asserted else ClaimVerdict.REFUTED
    reason = f"the newest revision of {deployment} is of {format_time(when)}, {_age(age)} before this picture"
    if not recent and not asserted:
        reason += "; changes of configuration leave no such trace"
        verdict = ClaimVerdict.UNVERIFIABLE
    return Claim(text=words, asserts=asserts, subjects=subjects, verdict=verdict, reason=reason, evidence=(evidence,))


def _revisions(
    subjects: tuple[ObjectRef, ...], spaces: frozenset[str], cluster: ClusterSnapshot
) -> Iterator[tuple[datetime, Evidence, ObjectRef]]:
    """When each Deployment got a Pod template, as far as that is known."""
    for change in all_changes(cluster):
        ref = change.subject
        if change.kind is not ChangeKind.ROLLOUT or ref.kind != Deployment.kind or change.at is None:
            continue
        if ref in subjects if subjects else ref.namespace in spaces:
            yield change.at, change.evidence[0], ref


def _age(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    if hours < 1:
        return f"{max(age.total_seconds(), 0) / 60:.0f} minutes"
    return f"{hours:.0f} hours" if hours < 72 else f"{hours / 24:.0f} days"
