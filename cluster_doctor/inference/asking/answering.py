"""From a question that was understood to its answer, out of one picture. Nobody who could not look says "no"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import assert_never

from cluster_doctor.domain.answer import Answer, AnswerStatus, Said, statements_of
from cluster_doctor.domain.change import Change
from cluster_doctor.domain.question import (
    IsHealthy,
    Named,
    Question,
    WhatChanged,
    WhatDependsOn,
    WhichObjects,
    WhichRestarted,
    WhoUses,
    WhyIs,
)
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.inference.asking.dependants import dependants, users
from cluster_doctor.inference.asking.faults import causes, concerned, diagnosis_of, unexplained
from cluster_doctor.inference.asking.moments import moment_of
from cluster_doctor.inference.asking.objects import Missing, meet
from cluster_doctor.inference.asking.restarts import restarts
from cluster_doctor.inference.asking.unread import unread
from cluster_doctor.inference.asking.which import kinds_needed, which
from cluster_doctor.inference.diagnose import saw_enough
from cluster_doctor.rules.rule_set import OURS, RuleSet
from cluster_doctor.snapshot.changes.changes import all_changes, changes_of
from cluster_doctor.snapshot.health.reading import health_of
from cluster_doctor.snapshot.health.verdict import HealthStatus
from cluster_doctor.snapshot.kinds import kind_named
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod, View

_DEPENDANT_KINDS = ("Pod", "Deployment", "StatefulSet", "DaemonSet", "CronJob", "Ingress")


_WORDS = {HealthStatus.HEALTHY: "Yes", HealthStatus.PROGRESSING: "Not yet"}


@dataclass(frozen=True)
class _Found:
    """What was found. `nothing` is the headline where that is nothing; `needed` must have been read for it.

    That is in `places`, or, without them, in the namespaces that were asked about.
    """

    said: list[Said]
    some: str
    nothing: str
    needed: tuple[str, ...] = ()
    places: tuple[str, ...] | None = None
    not_seen: tuple[str, ...] = ()


def answer_question(
    question: Question,
    cluster: ClusterSnapshot,
    *,
    text: str = "",
    namespaces: tuple[str, ...] = (),
    rules: RuleSet = OURS,
) -> Answer:
    """Answer out of a picture.

    Args:
        question: what is asked.
        cluster: the picture.
        text: the words that were asked.
        namespaces: where to look; everywhere if empty.
        rules: what is checked where something is wrong.

    Raises:
        UsageError: a name may mean several objects, a kind is not known, or there is no such moment.
    """
    found = _Asked(cluster, namespaces, rules).find(question)
    places = namespaces if found.places is None else found.places
    statements, evidence, more = statements_of(found.said)
    not_seen = tuple(dict.fromkeys((*found.not_seen, *unread(found.needed, cluster, places))))
    status = AnswerStatus.ANSWERED if statements else AnswerStatus.UNKNOWN if not_seen else AnswerStatus.NOTHING
    unknown = f"It could not be seen: {'; '.join(not_seen)}" if status is AnswerStatus.UNKNOWN else ""
    return Answer(
        question=text,
        understood=question,
        status=status,
        headline=unknown or (found.some if statements else found.nothing),
        statements=statements,
        evidence=evidence,
        not_seen=not_seen,
        more=more,
        source=cluster.source,
        taken_at=cluster.taken_at,
    )


class _Asked:
    """Finds what answers a question."""

    def __init__(self, cluster: ClusterSnapshot, namespaces: tuple[str, ...], rules: RuleSet) -> None:
        self._cluster, self._namespaces, self._rules = cluster, namespaces, rules

    def find(self, question: Question) -> _Found:
        match question:
            case WhichObjects():
                return self._which(question)
            case WhoUses():
                return self._users(question.of)
            case WhatDependsOn():
                return self._dependants(question.of)
            case WhatChanged():
                return self._changed(question)
            case WhichRestarted():
                return self._restarted(question)
            case WhyIs():
                return self._why(question.of)
            case IsHealthy():
                return self._health(question.of)
            case unreachable:
                assert_never(unreachable)

    def _which(self, question: WhichObjects) -> _Found:
        known = kind_named(question.kind)
        kind = known.kind if known else question.kind
        places = (question.where.namespace,) if question.where.namespace else self._namespaces
        said = list(which(kind, question.where, self._cluster, places))
        some, needed = f"{_counted(len(said), kind)} found", kinds_needed(kind, question.where)
        return _Found(said, some, f"No {kind} is like that", needed, places)

    def _users(self, named: Named) -> _Found:
        met = meet(named, self._cluster, self._namespaces)
        if isinstance(met, Missing):
            spaces = (named.namespace,) if named.namespace else self._namespaces or self._all_namespaces()
            refs = [ObjectRef(kind=named.kind, name=named.name, namespace=space) for space in spaces]
            named_by = [one for ref in refs for one in users(ref, self._cluster)]
            some = f"{len(named_by)} name {named}, which {'does not exist' if met.evidence else 'was not read'}"
            return _Found([*_absent(met), *named_by], some, f"There is no {named}", not_seen=_unseen(met))
        said = list(users(met, self._cluster))
        return _Found(said, f"{len(said)} use {met.ref}", f"Nothing uses {met.ref}", ("Pod",), self._places(met))

    def _dependants(self, named: Named) -> _Found:
        met = meet(named, self._cluster, self._namespaces)
        if isinstance(met, Missing):
            return self._missing(met)
        said = list({(one.subject, one.text): one for one in dependants(met, self._cluster)}.values())
        nothing = f"Nothing that was read depends on {met.ref}"
        return _Found(said, f"{len(said)} depend on {met.ref}", nothing, _DEPENDANT_KINDS, self._places(met))

    def _changed(self, question: WhatChanged) -> _Found:
        since = moment_of(question.since, self._cluster.taken_at)
        places = (question.namespace,) if question.namespace else self._namespaces
        if question.of is not None:
            met = meet(question.of, self._cluster, self._namespaces)
            if isinstance(met, Missing):
                return self._missing(met)
            found = changes_of(self._cluster, met.ref)
        else:
            found = all_changes(self._cluster)
        said = [
            Said(subject=change.subject, text=f"{_dated(change)}: {change.statement}", evidence=change.evidence)
            for change in found
            if (since is None or change.at is None or change.at >= since)
            and (not places or change.subject.namespace is None or change.subject.namespace in places)
        ]
        when = f" since {since:%Y-%m-%d %H:%M} UTC" if since else ""
        gaps = () if saw_enough(self._cluster) else tuple(map(str, self._cluster.coverage.gaps))
        return _Found(said, f"{len(said)} changed{when}", f"No change{when} has left a trace", not_seen=gaps)

    def _restarted(self, question: WhichRestarted) -> _Found:
        since = moment_of(question.since, self._cluster.taken_at)
        places = (question.namespace,) if question.namespace else self._namespaces
        pods = [pod for pod in self._cluster.all(Pod) if not places or pod.namespace in places]
        if question.of is not None:
            met = meet(question.of, self._cluster, self._namespaces)
            if isinstance(met, Missing):
                return self._missing(met)
            pods = [met] if isinstance(met, Pod) else self._cluster.pods_of(met.ref)
            places = self._places(met)
        said = list(restarts(pods, since))
        when = f" since {since:%Y-%m-%d %H:%M} UTC" if since else ""
        some = f"{_counted(len(said), 'container')} restarted{when}"
        return _Found(said, some, f"No container restarted{when}", ("Pod",), places)

    def _why(self, named: Named) -> _Found:
        met = meet(named, self._cluster, self._namespaces)
        if isinstance(met, Missing):
            return self._missing(met)
        diagnosis, refs = diagnosis_of(met, self._cluster, self._rules), concerned(met, self._cluster)
        said = list(causes(diagnosis, refs, inferred=True))
        gaps = () if saw_enough(self._cluster) else tuple(map(str, diagnosis.gaps))
        some = f"{met.ref}: {said[0].text}" if said else ""
        not_seen = (*unexplained(diagnosis, refs), *gaps)
        return _Found(said, some, f"Nothing wrong was found at {met.ref}", not_seen=not_seen)

    def _health(self, named: Named) -> _Found:
        met = meet(named, self._cluster, self._namespaces)
        if isinstance(met, Missing):
            return self._missing(met)
        diagnosis, refs = diagnosis_of(met, self._cluster, self._rules), concerned(met, self._cluster)
        wrong = list(causes(diagnosis, refs))
        if wrong:
            return _Found(wrong, f"No: {wrong[0].text}", "")
        left = unexplained(diagnosis, refs)
        if left:
            return _Found([], "", "", not_seen=left)
        return self._reported(met)

    def _reported(self, view: View) -> _Found:
        health = health_of(view)
        told = f"{view.ref} is {health.status.value}{f': {health.message}' if health.message else ''}"
        if health.status is HealthStatus.UNKNOWN or not saw_enough(self._cluster):
            gaps = tuple(map(str, self._cluster.coverage.gaps)) or (f"{view.ref} reports no health",)
            return _Found([], "", "", not_seen=gaps)
        yes = _WORDS.get(health.status, "No")
        said = Said(subject=view.ref, text=told, evidence=(view.cite(health.path),))
        return _Found([said], f"{yes}: {told}", "")

    def _missing(self, met: Missing) -> _Found:
        nothing = f"There is no {met.named}"
        return _Found(list(_absent(met)), nothing, nothing, not_seen=_unseen(met))

    def _places(self, met: View) -> tuple[str, ...]:
        """Where what hangs together with an object lives."""
        return (met.namespace,) if met.namespace else self._namespaces

    def _all_namespaces(self) -> tuple[str, ...]:
        return tuple(sorted({str(view.namespace) for view in self._cluster.all(Pod)}))


def _absent(met: Missing) -> Iterable[Said]:
    if met.evidence is not None:
        yield Said(subject=met.evidence.subject, text="does not exist", evidence=(met.evidence,))


def _unseen(met: Missing) -> tuple[str, ...]:
    """What is said where an object is not in the picture and nobody can say that it is not in the cluster."""
    return () if met.evidence else (f"{met.named} is not among what was read, and may exist all the same",)


def _dated(change: Change) -> str:
    return f"{change.at:%Y-%m-%d %H:%M:%S} UTC" if change.at else "at an unknown time"


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 or word.endswith('s') else 's'}"
