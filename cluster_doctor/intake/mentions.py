"""What a report names: objects, namespaces, reasons and quoted errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.kinds import BY_WORD, KindName, kind_named


class MentionKind(StrEnum):
    """What kind of thing is named."""

    OBJECT = "object"
    NAMESPACE = "namespace"
    REASON = "reason"
    QUOTE = "quote"


@dataclass(frozen=True, slots=True)
class Mention:
    """One thing that a report names.

    Attributes:
        kind: what it is.
        text: the words of the report.
        value: the name, the reason or the quoted text.
        ref: the object, for an object. Its namespace is that which the report names next to it, else None.
        namespace: the namespace, for a namespace and for an object that names one.
    """

    kind: MentionKind
    text: str
    value: str
    ref: ObjectRef | None = None
    namespace: str | None = None


MOST_TEXT = 20_000
"""Characters of a report that are read; alerts and pasted mails can be long."""

_NAME = r"[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?"
_KINDS = "|".join(
    sorted(
        (re.escape(word) for word in BY_WORD if len(word) > 2 or word in {"po", "rs", "ds", "cm", "sa", "pv", "ns"}),
        key=len,
        reverse=True,
    )
)
_SLASHED = re.compile(rf"(?<![\w/.-])({_KINDS})(?:\.[a-z0-9.]+)?/(?:({_NAME})/)?({_NAME})", re.IGNORECASE)
_SPACED = re.compile(
    rf"(?<![\w/.-])({_KINDS})\s+(?:named\s+|called\s+)?[`'\"]?(?:({_NAME})/)?({_NAME})(?![\w/])[`'\"]?", re.IGNORECASE
)
_REVERSED = re.compile(rf"(?<![\w/.-])[`'\"]?({_NAME})[`'\"]?\s+({_KINDS})(?![\w/-])", re.IGNORECASE)
_BEHIND = re.compile(
    rf"\s+(?:in|from|of)\s+(?:the\s+)?(?!(?!namespaces?\b|ns\b)(?:{_KINDS})\s)(?:namespace\s+|ns\s+)?[`'\"]?({_NAME})[`'\"]?",
    re.IGNORECASE,
)
_FLAG = re.compile(rf"(?<!\S)(?:-n|--namespace)[ =]({_NAME})")
_NAMESPACE = re.compile(rf"\b(?:namespace|ns)[\s:=/]+[`'\"]?({_NAME})[`'\"]?", re.IGNORECASE)
_NAMESPACE_BEHIND = re.compile(rf"\b(?:in|from)\s+(?:the\s+)?[`'\"]?({_NAME})[`'\"]?\s+namespace\b", re.IGNORECASE)
_IN_PLACE = re.compile(rf"\bin\s+({_NAME})(?=\s*(?:[.,;:!?)]\s|[.,;:!?)]?$))", re.IGNORECASE | re.MULTILINE)
_ELSEWHERE = re.compile(r"\b(?:works?|worked|fine|ok|okay|healthy)\s+$", re.IGNORECASE)
"""What stands before a place where the trouble is not."""
_CAMEL = re.compile(r"\b(?:[A-Z][a-z0-9]+){2,}[A-Z]{0,2}\b|\bOOMKilled\b|\bNodeNotReady\b|\bPending\b|\bEvicted\b")
_QUOTE = re.compile(r"\"([^\"\n]{4,300})\"|`([^`\n]{4,300})`|“([^”\n]{4,300})”")

_ENGLISH = """
a an and are at be been but by can cannot could crash crashed crashes crashing does down during every fail failed
failing fails for from get gets getting give gives has have having healthy if in into is it its keep keeps
kubernetes last latest like logs lost missing my never no not of off on one or our out over pending ready restart
restarted restarting restarts returned returning returns running seem seems should show shows since so some stay
stays still stopped stops stuck than that the their them then there these they this those time to unavailable
unhealthy unreachable up very was we were what when where which while who why will with without work working works
would you your name names named called status state list lists type types kind new old previous same all any both
many most other each seen see after before because also just now only today yesterday again always sometimes error
errors cluster everything nothing place production-like front general particular fact case order
"""
_NO_NAMES = frozenset(_ENGLISH.split())
"""Words of a sentence that stand where a name could, and are none."""
_REASON_KINDS = frozenset(name.kind for name in BY_WORD.values())


def mentions(text: str) -> tuple[Mention, ...]:
    """Read a report in prose, commands or `kind/name` for what it names, in the order of the text.

    Words that merely follow a kind in a sentence ("the pods are down") are not taken for names.
    """
    read = text[:MOST_TEXT]
    found: dict[tuple[MentionKind, str, str, str | None], tuple[int, Mention]] = {}
    for at, mention in (*_objects(read), *_namespaces(read), *_reasons(read), *_quotes(read)):
        kind = mention.ref.kind if mention.ref else ""
        found.setdefault((mention.kind, mention.value, kind, mention.namespace), (at, mention))
    return tuple(mention for _, mention in sorted(found.values(), key=lambda pair: pair[0]))


def namespaces_named(text: str) -> tuple[str, ...]:
    """List the namespaces that a report names, each once."""
    return tuple(dict.fromkeys(mention.namespace for mention in mentions(text) if mention.namespace))


def _objects(text: str) -> Iterator[tuple[int, Mention]]:
    taken: list[tuple[int, int]] = []
    for match in _SLASHED.finditer(text):
        taken.append(match.span())
        known = kind_named(match[1])
        if known and known.kind != "Namespace":
            yield match.start(), _object(known, match[3].lower(), match[2] or _place(text, match.end()), match[0])
    for match in _SPACED.finditer(text):
        known, name = kind_named(match[1]), match[3].lower()
        if known and known.kind != "Namespace" and _may_be_name(name, match[3]) and not _inside(match.start(), taken):
            taken.append(match.span())
            yield match.start(), _object(known, name, match[2] or _place(text, match.end()), match[0])
    for match in _REVERSED.finditer(text):
        known, name = kind_named(match[2]), match[1].lower()
        if known and known.kind != "Namespace" and _may_be_name(name, match[1]) and not _inside(match.start(), taken):
            yield match.start(), _object(known, name, _place(text, match.end()), match[0])


def _object(known: KindName, name: str, namespace: str | None, text: str) -> Mention:
    place = namespace.lower() if namespace and known.namespaced else None
    ref = ObjectRef(kind=known.kind, name=name, namespace=place, api_version=known.api_version)
    return Mention(MentionKind.OBJECT, text.strip(), name, ref, place)


def _place(text: str, end: int) -> str | None:
    """The namespace that stands right behind an object: `in prod`, `-n prod`."""
    behind = _BEHIND.match(text, end)
    if behind and _may_be_name(behind[1].lower(), behind[1]):
        return behind[1].lower()
    flag = re.compile(rf"\s+(?:-n|--namespace)[ =]({_NAME})").match(text, end)
    return flag[1] if flag else None


def _namespaces(text: str) -> Iterator[tuple[int, Mention]]:
    for pattern in (_FLAG, _NAMESPACE, _NAMESPACE_BEHIND, _IN_PLACE):
        for match in pattern.finditer(text):
            if _may_be_name(match[1].lower(), match[1]) and not _ELSEWHERE.search(text, 0, match.start()):
                name = match[1].lower()
                yield match.start(), Mention(MentionKind.NAMESPACE, match[0].strip(), name, None, name)


def _reasons(text: str) -> Iterator[tuple[int, Mention]]:
    for match in _CAMEL.finditer(text):
        if match[0] not in _REASON_KINDS:
            yield match.start(), Mention(MentionKind.REASON, match[0], match[0])


def _quotes(text: str) -> Iterator[tuple[int, Mention]]:
    for match in _QUOTE.finditer(text):
        quoted = next(group for group in match.groups() if group)
        if " " in quoted.strip():
            yield match.start(), Mention(MentionKind.QUOTE, match[0], quoted.strip())


def _may_be_name(name: str, written: str) -> bool:
    """Object names are lower-case; a word of plain English or another kind is none."""
    return written == name and name not in _NO_NAMES and name not in BY_WORD and len(name) > 1


def _inside(at: int, spans: list[tuple[int, int]]) -> bool:
    return any(start <= at < end for start, end in spans)
