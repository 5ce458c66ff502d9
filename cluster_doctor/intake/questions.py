"""Understands questions in the words of the field: a small grammar, and no guessing.

What it does not understand it says, with what can be asked. `FORMS` is the grammar as people read it; a test asks each.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from pydantic import ValidationError

from cluster_doctor.domain.errors import UsageError
from cluster_doctor.domain.question import (
    Conditions,
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
from cluster_doctor.snapshot.kinds import BY_WORD, kind_named

LONGEST = 500
FORMS = (
    "which pods use image nginx:1.25",
    "which pods use the old image",
    "which pods are on node node-1",
    "which pods are pending in namespace shop",
    "which deployments are not ready",
    "which services have label app=web",
    "which pods use secret db",
    "who uses secret db",
    "what depends on service db",
    "what changed since 2h",
    "what changed in deployment web since yesterday",
    "what restarted since noon",
    "how often did checkout restart",
    "why is checkout slow since noon",
    "why is pod web-0 pending",
    "is deployment web healthy",
)
"""What can be asked, by example."""

_KINDS = "|".join(sorted(map(re.escape, BY_WORD), key=len, reverse=True))
_NAME = r"[`'\"]?(?:(?P<{0}space>[a-z0-9][-a-z0-9]*)/)?(?P<{0}name>[a-z0-9][-a-z0-9._]*)[`'\"]?"
_TARGET = rf"(?:the\s+)?(?:(?P<{{0}}kind>{_KINDS})[\s/]+)?{_NAME}"
_PLACE = r"(?:\s+(?:in|from)(?:\s+(?:the\s+)?(?:namespace|ns))?\s+(?P<place>[a-z0-9][-a-z0-9]*)(?:\s+namespace)?)?"
_BEHIND = _PLACE.replace("<place>", "<behind>")
_SINCE = r"(?:\s+(?:since|in the last|within the last|after)\s+(?P<since>.+))?"
_COMPLAINTS = (
    "slow|failing|broken|down|pending|crashing|crash looping|crashlooping|unhealthy|degraded|not ready|not running|"
    "not working|not starting|not scheduled|not available|unavailable|unreachable|not reachable|stuck|evicted|"
    "restarting|terminating|erroring|out of memory"
)
_FAILS = "fail|crash|restart|not start|not work|not answer|not run|time out|keep crashing|keep restarting|keep failing"
_UNITS = {"second": "s", "minute": "m", "min": "m", "hour": "h", "day": "d", "week": "w"}
_CLOCKS = {"noon": "12:00", "midnight": "00:00", "midday": "12:00", "this morning": "06:00"}
_STATES = {
    "failing": "unhealthy", "broken": "unhealthy", "degraded": "unhealthy", "unwell": "unhealthy", "well": "healthy",
    "ok": "healthy", "unready": "not ready", "crash looping": "CrashLoopBackOff", "crashlooping": "CrashLoopBackOff",
    "evicted": "Evicted", "oomkilled": "OOMKilled", "not healthy": "unhealthy",
}  # fmt: skip
_WORDED = "pending|running|succeeded|failed|ready|not ready|healthy|unhealthy|cordoned|suspended"


@dataclass(frozen=True)
class _Form:
    """One form of a question, and what it is taken for."""

    pattern: re.Pattern[str]
    read: Callable[[re.Match[str]], Question | None]


def understand(text: str) -> Question:
    """Understand a question.

    Raises:
        UsageError: it is none that is known; the error says what can be asked.
    """
    asked = " ".join(text.split()).rstrip("?!. ")
    asked = re.sub(r"^(?:please|tell me|show me|can you tell me)[, ]+", "", asked, flags=re.IGNORECASE)
    if not asked or len(asked) > LONGEST:
        raise UsageError("no question was asked" if not asked else "the question is too long", _can_be_asked())
    for form in _ASKED:
        match = form.pattern.fullmatch(asked)
        if match:
            try:
                found = form.read(match)
            except ValidationError:
                found = None
            if found is not None:
                return found
    raise UsageError(f"the question {text.strip()[:200]!r} is not understood", _can_be_asked())


def _can_be_asked() -> str:
    return "What can be asked, in these words:\n" + "\n".join(f"  {form}" for form in FORMS)


def _named(match: re.Match[str], of: str = "") -> Named:
    groups = match.groupdict()
    kind = kind_named(groups.get(f"{of}kind") or "")
    place = groups.get(f"{of}space") or groups.get("place") or ""
    return Named(name=match[f"{of}name"], kind=kind.kind if kind else "", namespace=place)


def _moment(written: str | None, default: str = "") -> str:
    """Write a time as questions hold it; a wrong one is refused by the form of the question."""
    said = (written or "").strip().lower()
    said = re.sub(r"\s+ago$", "", said)
    if not said:
        return default
    if said in _CLOCKS:
        return _CLOCKS[said]
    spelt = re.fullmatch(r"(an?|the last|\d+)?\s*(second|minute|min|hour|day|week)s?", said)
    if spelt:
        return f"{spelt[1] if (spelt[1] or '').isdigit() else 1}{_UNITS[spelt[2]]}"
    return said.upper() if re.match(r"\d{4}-", said) else said


def _which(match: re.Match[str]) -> Question | None:
    kind = kind_named(match["listed"])
    where = _conditions(match["rest"] or "")
    return WhichObjects(kind=kind.kind, where=where) if kind and where is not None else None


def _conditions(rest: str) -> Conditions | None:
    """Read conditions one after the other; None if a word of them is not understood."""
    found: dict[str, object] = {}
    left = rest.strip()
    while left:
        for pattern, read in _CONDITIONS:
            match = pattern.match(left)
            if match and match.end():
                told = read(match)
                if told.keys() & found.keys():
                    return None
                found |= told
                left = re.sub(r"^\s*(?:,|and\b|that\b|which\b)?\s*", "", left[match.end() :])
                break
        else:
            return None
    return Conditions.model_validate(found)


def _labels(match: re.Match[str]) -> dict[str, object]:
    return {"labels": dict(pair.split("=", 1) for pair in match["labels"].split(","))}


def _use(match: re.Match[str]) -> dict[str, object]:
    kind = kind_named(match["ukind"])
    return {"node": match["uname"]} if kind and kind.kind == "Node" else {"uses": _named(match, "u")}


def _condition(
    pattern: str, read: Callable[[re.Match[str]], dict[str, object]], flags: re.RegexFlag = re.IGNORECASE
) -> tuple[re.Pattern[str], Callable[[re.Match[str]], dict[str, object]]]:
    return re.compile(pattern, flags), read


_END = r"(?=\s|,|$)"
_BE = r"(?:that\s+|which\s+)?(?:are\s+|is\s+)?"
_USE = rf"{_BE}(?:use|uses|using|run|runs|running|with|have|having|on)\s+(?:the\s+|an?\s+)?"
_LABELS = r"(?P<labels>[^\s=,]+=[^\s=,]*(?:,[^\s=,]+=[^\s=,]*)*)"
_SPACE = r"(?:namespace\s+|ns\s+)?(?P<ns>[a-z0-9][-a-z0-9]*)(?:\s+namespace)?"
_STATE = "|".join(sorted((*_STATES, *_WORDED.split("|")), key=len, reverse=True))
_CONDITIONS = (
    _condition(rf"{_USE}(?:old|outdated|previous)\s+images?{_END}", lambda _: {"old_image": True}),
    _condition(rf"{_USE}image\s+[`'\"]?(?P<image>[^\s`'\",]+)[`'\"]?", lambda m: {"image": m["image"]}),
    _condition(rf"{_USE}(?P<ukind>{_KINDS})[\s/]+{_NAME.format('u')}{_END}", _use),
    _condition(rf"(?:with|have|having|labell?ed)\s+(?:the\s+)?(?:labels?\s+)?{_LABELS}", _labels),
    _condition(
        rf"{_BE}(?:run\s+|running\s+|live\s+)?on\s+(?:the\s+)?(?:node\s+)?(?P<node>[\w.-]+){_END}",
        lambda m: {"node": m["node"]},
    ),
    _condition(rf"{_BE}(?:live\s+)?in\s+(?:the\s+)?{_SPACE}", lambda m: {"namespace": m["ns"]}),
    _condition(
        rf"{_BE}(?P<state>{_STATE}){_END}", lambda m: {"state": _STATES.get(m["state"].lower(), m["state"].lower())}
    ),
    _condition(
        rf"{_BE}(?:in\s+)?(?P<state>(?:[A-Z][a-z0-9]+|[A-Z]+){{2,}}){_END}",
        lambda m: {"state": m["state"]},
        re.RegexFlag(0),
    ),
)


def _form(pattern: str, read: Callable[[re.Match[str]], Question | None]) -> _Form:
    return _Form(re.compile(pattern, re.IGNORECASE), read)


def _user_question(match: re.Match[str]) -> Question | None:
    of = _named(match)
    listed = kind_named(match["listed"]) if match["listed"] else None
    if listed:
        return WhichObjects(kind=listed.kind, where=Conditions(uses=of))
    return WhoUses(of=of)


_T = _TARGET.format("")
_ASKED: tuple[_Form, ...] = (
    _form(
        rf"why\s+(?:is|are)\s+{_T}{_PLACE}\s+(?P<complaint>{_COMPLAINTS}){_BEHIND}{_SINCE}",
        lambda m: WhyIs(of=_placed(m), complaint=m["complaint"].lower(), since=_moment(m["since"])),
    ),
    _form(
        rf"why\s+(?:does|do|did)\s+{_T}{_PLACE}\s+(?P<complaint>{_FAILS}){_BEHIND}{_SINCE}",
        lambda m: WhyIs(of=_placed(m), complaint=m["complaint"].lower(), since=_moment(m["since"])),
    ),
    _form(
        rf"(?:is|are)\s+{_T}{_PLACE}\s+(?:healthy|ok|okay|well|up|ready|fine|running){_BEHIND}",
        lambda m: IsHealthy(of=_placed(m)),
    ),
    _form(
        rf"(?:who|what|which\s+(?P<listed>{_KINDS}))\s+uses?\s+(?:the\s+)?(?P<kind>{_KINDS})[\s/]+{_NAME.format('')}{_PLACE}",
        _user_question,
    ),
    _form(rf"(?:who|what)\s+depends?\s+on\s+{_T}{_PLACE}", lambda m: WhatDependsOn(of=_named(m))),
    _form(
        rf"what\s+(?:has\s+|was\s+)?changed{_PLACE}{_SINCE}",
        lambda m: WhatChanged(namespace=m["place"] or "", since=_moment(m["since"], "24h")),
    ),
    _form(
        rf"what\s+(?:has\s+|was\s+)?changed\s+(?:in|of|on|at|about)\s+(?:the\s+)?(?P<kind>{_KINDS})[\s/]+{_NAME.format('')}{_PLACE}"
        rf"{_SINCE}",
        lambda m: WhatChanged(of=_named(m), since=_moment(m["since"], "24h")),
    ),
    _form(
        rf"(?:what|who|which\s+(?:pods|containers))\s+(?:has\s+|have\s+)?restarted{_PLACE}{_SINCE}",
        lambda m: WhichRestarted(namespace=m["place"] or "", since=_moment(m["since"])),
    ),
    _form(
        rf"restarts{_PLACE}{_SINCE}",
        lambda m: WhichRestarted(namespace=m["place"] or "", since=_moment(m["since"])),
    ),
    _form(
        rf"restarts\s+of\s+{_T}{_PLACE}{_SINCE}",
        lambda m: WhichRestarted(of=_named(m), since=_moment(m["since"])),
    ),
    _form(
        rf"how\s+often\s+(?:did|has|have)\s+{_T}{_PLACE}\s+restart(?:ed)?{_BEHIND}{_SINCE}",
        lambda m: WhichRestarted(of=_placed(m), since=_moment(m["since"])),
    ),
    _form(rf"(?:which|what|list)\s+(?:the\s+)?(?P<listed>{_KINDS})(?:\s+(?P<rest>.+))?", _which),
)


def _placed(match: re.Match[str]) -> Named:
    """An object, with the namespace before or behind the complaint."""
    of = _named(match)
    behind = match.groupdict().get("behind")
    return of.model_copy(update={"namespace": behind}) if behind and not of.namespace else of
