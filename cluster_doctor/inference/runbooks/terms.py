"""The words by which a runbook can name what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.evidence import Evidence, EvidenceSource
from cluster_doctor.snapshot.kinds import BY_KIND

_BETWEEN = re.compile(r"[\W_]+")
_CAPITALISED = re.compile(r"\b[A-Z][A-Za-z0-9]+\b")
_COMPOUND = re.compile(r"[a-z][A-Z]|[A-Z]{2}[a-z]{2}")
_LONGEST_VALUE = 2_000
"""Characters of an observed value in which symptoms are looked for."""


class TermKind(Enum):
    """What a word names; its value is how reports call it."""

    RULE = "rule"
    SYMPTOM_RULE = "rule of a symptom"
    REASON = "reason"
    EFFECT = "symptom"


@dataclass(frozen=True)
class Term:
    """One word, or several, that name something of a cause.

    `phrase` is what is looked for (see `phrase_of`), `told` how it is written. A term that is `ambiguous` also is an
    ordinary word, such as the reasons Error and Failed: only who marks it as code means it.
    """

    kind: TermKind
    told: str
    phrase: str
    ambiguous: bool = False


@dataclass(frozen=True)
class Terms:
    """What can name a cause, what is told of it, and the kinds of objects that it is about."""

    names: tuple[Term, ...]
    told: str = ""
    kinds: frozenset[str] = frozenset()


def terms_of(cause: RootCause) -> Terms:
    """Read off a cause and its symptoms how a runbook may call them.

    Reasons are those that Kubernetes gives in Events, states and conditions; by its API conventions they are single
    words in CamelCase.
    """
    statements = [
        cause.statement,
        *(link.statement for link in cause.chain),
        *(symptom.statement for symptom in cause.explains),
    ]
    subjects = (cause.subject, *cause.affected, *(link.subject for link in cause.chain))
    names = [
        *rule_terms(cause.rule),
        *(_term(TermKind.SYMPTOM_RULE, symptom.rule) for symptom in cause.explains),
        *(_term(TermKind.REASON, reason, ambiguous=not _is_compound(reason)) for reason in _given(cause.evidence)),
        *(_term(TermKind.REASON, word) for statement in statements for word in _compounds(statement)),
        *(_term(TermKind.EFFECT, link.effect) for link in cause.chain if " " in link.effect),
    ]
    values = [fact.value[:_LONGEST_VALUE] for fact in cause.evidence if isinstance(fact.value, str)]
    return Terms(
        names=tuple({(name.kind, name.phrase): name for name in reversed(names)}.values())[::-1],
        told=phrase_of("\n".join([*statements, *values])),
        kinds=frozenset(ref.kind.lower() for ref in subjects),
    )


def rule_terms(rule: str) -> tuple[Term, ...]:
    """How a runbook may name a rule."""
    return (_term(TermKind.RULE, rule),)


def phrase_of(text: str) -> str:
    """Words alone, in lower case and between blanks, so that a phrase is found in a text where its words are."""
    return f" {_BETWEEN.sub(' ', text.casefold()).strip()} "


def _term(kind: TermKind, told: str, *, ambiguous: bool = False) -> Term:
    return Term(kind, told, phrase_of(told), ambiguous)


def _given(evidence: Iterable[Evidence]) -> Iterator[str]:
    """Reasons where the API has a field for them."""
    for fact in evidence:
        is_event = fact.source is EvidenceSource.EVENT
        word = fact.path if is_event else fact.value if fact.path.rpartition(".")[2] == "reason" else None
        if isinstance(word, str) and _CAPITALISED.fullmatch(word) and word not in BY_KIND:
            yield word


def _compounds(text: str) -> list[str]:
    return [word for word in _CAPITALISED.findall(text) if _is_compound(word) and word not in BY_KIND]


def _is_compound(word: str) -> bool:
    return bool(_COMPOUND.search(word))
