"""Finds the runbooks that fit a root cause, and says why.

What a runbook says of itself counts most, then its headings, then its text. A rule's name counts more than a reason,
and that more than a symptom, which many causes share.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.runbook import RunbookMatch
from cluster_doctor.inference.runbooks.front_matter import FrontMatter, Named
from cluster_doctor.inference.runbooks.page import Page, Passage
from cluster_doctor.inference.runbooks.terms import Term, TermKind, Terms, phrase_of, rule_terms, terms_of
from cluster_doctor.snapshot.kinds import BY_WORD

MOST_MATCHES = 3
"""Runbooks that are told of one cause."""
MOST_REASONS = 3
MOST_TAKEN_APART = 1024 * 1024
"""Characters of runbooks that are taken apart for one cause, those first that name most of it."""

_FRONT = {TermKind.RULE: 100, TermKind.SYMPTOM_RULE: 50, TermKind.REASON: 60, TermKind.EFFECT: 55}
_HEADING = {TermKind.RULE: 80, TermKind.SYMPTOM_RULE: 30, TermKind.REASON: 40, TermKind.EFFECT: 25}
_TEXT = {TermKind.RULE: 45, TermKind.SYMPTOM_RULE: 15, TermKind.REASON: 20, TermKind.EFFECT: 5}
_TOLD = 52
"""A symptom in its front matter that is found in what is told of the cause."""


@dataclass(frozen=True)
class _Hit:
    """One reason for a match, with its weight and the place that shows it."""

    weight: int
    reason: str
    line: int
    heading: str = ""


def match_runbooks(pages: Sequence[Page], cause: RootCause) -> tuple[tuple[RunbookMatch, ...], tuple[str, ...]]:
    """Find the runbooks that fit a cause best, best first, and what was left aside.

    Equal runbooks give equal answers, in whatever order they come.
    """
    return _match(pages, terms_of(cause))


def match_rule(pages: Sequence[Page], rule: str) -> tuple[tuple[RunbookMatch, ...], tuple[str, ...]]:
    """Find the runbooks that name a rule, best first, and what was left aside."""
    return _match(pages, Terms(rule_terms(rule)))


def _match(pages: Sequence[Page], terms: Terms) -> tuple[tuple[RunbookMatch, ...], tuple[str, ...]]:
    found = []
    taken_apart = 0
    left = 0
    for page in sorted(pages, key=lambda page: (-_named(page, terms), page.file)):
        if not _is_about(page.front, terms):
            continue
        hits = list(_in_front(page.front, terms))
        if not page.front.says_when and _named(page, terms):
            taken_apart += len(page.text)
            if taken_apart > MOST_TAKEN_APART:
                left += 1
                continue
            hits += _in_text(page, terms)
        if hits:
            ranked = sorted(hits, key=lambda hit: (-hit.weight, hit.line, hit.reason))
            found.append(([*(-hit.weight for hit in ranked), 0], page.file, page, ranked))
    found.sort(key=lambda match: match[:2])
    notes = (f"{left} more runbooks that may fit were not looked at: they are too long together",) if left else ()
    return tuple(_told(page, hits) for _, _, page, hits in found[:MOST_MATCHES]), notes


def _named(page: Page, terms: Terms) -> int:
    """How many names of a cause stand anywhere in a runbook: where there is none, it need not be taken apart."""
    return sum(term.phrase in page.phrase for term in terms.names)


def _is_about(front: FrontMatter, terms: Terms) -> bool:
    """Whether the kinds to which a runbook is bound, if any, are among those of the cause."""
    named = {_kind(entry) for entry in front.kinds}
    return not named or not terms.kinds or bool(named & terms.kinds)


def _kind(entry: Named) -> str:
    known = BY_WORD.get(entry.word.lower())
    return (known.kind if known else entry.word).lower()


def _in_front(front: FrontMatter, terms: Terms) -> Iterator[_Hit]:
    for kinds, entries in (
        ({TermKind.RULE, TermKind.SYMPTOM_RULE}, front.rules),
        ({TermKind.REASON, TermKind.SYMPTOM_RULE, TermKind.EFFECT}, front.symptoms),
    ):
        for entry in entries:
            phrase = phrase_of(entry.word)
            same = [term for term in terms.names if term.kind in kinds and term.phrase == phrase]
            if same:
                yield _Hit(_FRONT[same[0].kind], f"{same[0].kind.value} {same[0].told}", entry.line)
            elif entries is front.symptoms and phrase.strip() and phrase in terms.told:
                yield _Hit(_TOLD, f"symptom “{entry.word}”", entry.line)


def _in_text(page: Page, terms: Terms) -> Iterator[_Hit]:
    """Where each name stands first, in a heading if it stands in one."""
    for term in terms.names:
        if term.phrase in page.phrase:
            passages = sorted(page.passages, key=lambda passage: not passage.is_heading)
            hit = next((hit for passage in passages if (hit := _mention(passage, term))), None)
            if hit:
                yield hit


def _mention(passage: Passage, term: Term) -> _Hit | None:
    if term.phrase not in passage.phrase:
        return None
    text, code = passage.seen
    if term.phrase not in phrase_of("\n".join(code) if term.ambiguous else text):
        return None
    named = f"{term.kind.value} {term.told}"
    if passage.is_heading:
        reason = f"{named} in heading “{passage.heading}”"
        return _Hit(_HEADING[term.kind], reason, passage.line, passage.heading)
    place = f"in the text below “{passage.heading}”" if passage.heading else "in the text"
    # A paragraph may have many lines; a name that is broken over two of them is found where the paragraph begins.
    above = next((at for at, line in enumerate(text.split("\n")) if term.phrase in phrase_of(line)), 0)
    return _Hit(_TEXT[term.kind], f"{named} {place}", passage.line + above, passage.heading)


def _told(page: Page, hits: Sequence[_Hit]) -> RunbookMatch:
    reasons = dict.fromkeys(hit.reason for hit in hits)
    return RunbookMatch(
        title=page.title,
        file=page.file,
        line=hits[0].line,
        heading=hits[0].heading,
        url=page.front.url,
        reasons=tuple(reasons)[:MOST_REASONS],
    )
