"""Whether what a sentence says is shown by the facts that it cites.

Names, numbers, times and quotations are compared; a sentence may leave out, and may not add. That keeps out what was
made up. It cannot tell whether a conclusion is right: that is weighed elsewhere (`inference.support`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import orjson

from cluster_doctor.domain.evidence import Evidence, EvidenceSource
from cluster_doctor.snapshot.kinds import KINDS
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Event

LONGEST = 1_000
"""Characters of a sentence; a longer one is no statement."""
_QUOTED = re.compile(
    r"\"([^\"]{2,})\"|`([^`]{2,})`|\u201c([^\u201d]{2,})\u201d|\u2018([^\u2019]{2,})\u2019|(?<!\w)'([^']{2,})'(?!\w)"
)
_FIGURE = re.compile(r"(?<![\w])[-+]?\w*\d[\w./:%+-]*")
_WORD = re.compile(r"[A-Za-z0-9](?:[-_.A-Za-z0-9]*[A-Za-z0-9])?")
_KIND = re.compile(
    r"\b(?:" + "|".join(sorted({kind.kind.lower() for kind in KINDS} | {"pvc", "pv"}, key=len, reverse=True)) + r")s?"
    r"[ /]+[\"'`]?([a-z0-9][-a-z0-9.]*[a-z0-9])",
    re.IGNORECASE,
)
_EVERYWHERE = frozenset({"default", "kubernetes"})
"""Names that every cluster has, and that are words besides."""
_SHORTEST_NAME = 3


def objections(sentence: str, facts: Sequence[Evidence], cluster: ClusterSnapshot) -> Iterator[str]:
    """Say what of a sentence its facts do not show; nothing if it holds.

    Args:
        sentence: what is said.
        facts: what it cites.
        cluster: the picture that the facts must be of.
    """
    if not facts:
        yield "it cites nothing"
        return
    if len(sentence) > LONGEST:
        yield f"it is longer than {LONGEST} characters"
        return
    yield from (f"{fact.id} is not what was observed" for fact in facts if not cluster.holds(fact))
    yield from _added(sentence, facts, cluster)


def _added(sentence: str, facts: Sequence[Evidence], cluster: ClusterSnapshot) -> Iterator[str]:
    """Say what a sentence adds to its facts."""
    said = _normal(sentence)
    shown = _normal("\n".join(map(_written, facts)))
    for quoted in _quotations(sentence):
        if _normal(quoted) not in shown:
            yield f"{quoted!r} is in none of them"
    counts = {str(len(facts)), str(len({fact.subject for fact in facts}))}
    for figure in _figures(said):
        if figure not in counts and not _holds_token(shown, figure):
            yield f"{figure} is in none of them"
    for name in dict.fromkeys((*_named(said), *_known(said, cluster))):
        if not _holds_token(shown, name):
            yield f"{name} is named by none of them"


def _written(fact: Evidence) -> str:
    """Everything that a fact shows, as text."""
    value = fact.value if isinstance(fact.value, str) else orjson.dumps(fact.value).decode()
    at = (
        f"{fact.observed_at:%Y-%m-%dT%H:%M:%SZ}"
        if fact.observed_at and fact.source is not EvidenceSource.OBJECT
        else ""
    )
    subject = fact.subject
    return f"{subject.kind} {subject.namespace or ''} {subject.name} {subject} {fact.path} {value} {at}"


def _normal(text: str) -> str:
    return " ".join(text.replace("\u201c", '"').replace("\u201d", '"').split())


def _quotations(sentence: str) -> Iterator[str]:
    for found in _QUOTED.findall(sentence):
        yield next(part for part in found if part)


def _figures(said: str) -> Iterator[str]:
    for found in _FIGURE.findall(said):
        yield found.strip(".:,/-+%")


def _named(said: str) -> Iterator[str]:
    """What stands behind a kind and looks like a name: it has a dash, a dot or a digit."""
    for name in _KIND.findall(said):
        if re.search(r"[-.\d]", name):
            yield name.rstrip(".")


def _known(said: str, cluster: ClusterSnapshot) -> Iterator[str]:
    """Words that are names of objects."""
    names = cluster.remember(("names of objects",), lambda: _names(cluster))
    for word in _WORD.findall(said):
        if word in names:
            yield word


def _names(cluster: ClusterSnapshot) -> frozenset[str]:
    return frozenset(
        view.name
        for kind, views in cluster.tables.by_type.items()
        if kind is not Event
        for view in views.values()
        if len(view.name) >= _SHORTEST_NAME and view.name not in _EVERYWHERE
    )


def _holds_token(shown: str, token: str) -> bool:
    return re.search(rf"(?<![A-Za-z0-9]){re.escape(token)}(?![A-Za-z0-9])", shown) is not None
