"""Lines of a step that say something failed, and what stands beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from cluster_doctor.domain.ci import CiFailureClass, CiLine
from cluster_doctor.inference.ci.families.all_signs import SIGNS
from cluster_doctor.inference.ci.sign import Sign, Weight

MOST_TELLING = 2_000
"""Lines of one step that are held to say something; who repeats an error so often says nothing new."""
LONGEST = 800
"""Characters of a line in which is looked."""

_WORDS = (
    "error", "err!", "fail", "fatal", "denied", "deny", "unauthor", "forbid", "invalid", "can't", "cannot", "could",
    "unable", "because", "killed", "timed out", "timeout", "exceed", "cancel", "missing", "unexpected", "undefined",
    "unrecognized", "toomany", "rate limit", "reformat", "immutable", "refus", "lost", "shutdown", "memory", "enospc",
    "space", "scope", "conflict", "resolve", "required", "logged in", "unknown", "not ok", "not found", "not set",
    "not valid", "not author", "not accessible", "not supplied", "not exist", "is empty", "no match", "no such",
    "no required", "no solution", "no basic", "rspec", "diff in", "already exists", "in progress", "degraded",
    "style issues", "aadsts", "137", "401", "403", "404", "429", "gh0", "[error]", "[warn]",
    "\u25cf", "\u2715", "\u00d7", "\u2717", "\u2718", "\u2716",
)  # fmt: skip
_FORMS = re.compile(r"\.\w{1,5}:\[?\d|\.\w{1,5}\(\d+,|^\s*\d+:\d+\s|^\s*\d+\) |\bline \d|^In |^[A-Z]{1,4}\d{3,4}\b")
"""What a line holds that any sign knows: asking all of them of every line would take minutes."""
_PREFIX = re.compile(r"^(?:#\d+ (?:\d+\.\d+ )?|[\w.-]+ +\| |[\w@/.-]+:[a-z][\w-]*: )")
"""What BuildKit, Compose and task runners put before the lines of the tools that they run."""
_WAITED_FOR = re.compile(
    r"[Ww]aiting for ((?:deployment|statefulset|daemon ?set|job) \"[^\"]+\"|\w+(?:\.\w+)*/[\w.-]+)"
)
_SILENT = frozenset({"warning", "notice", "debug", "command", "endgroup"})
"""Markers of what makes no step fail."""
_ARROW = re.compile(r"^\s*-->\s*(\S+:\d+(?::\d+)?)")
_CITED = re.compile(r"\(([^()\s]+\.\w+:\d+(?::\d+)?)\)|^\s+(\S+_test\.go:\d+):|^\s*(?:at |\u276f )(\S+\.\w+:\d+:\d+)$")
_RAISED = re.compile(r"^(\S+\.py):(\d+): \w")
_PATH = re.compile(r"^(/?(?:[\w@.~-]+/)*[\w@.~-]+\.\w+)$")
_LINE_ALONE = re.compile(r"\d+:\d+")
_DOCKERFILE = re.compile(r"^(\S*Dockerfile\S*:\d+)$")
_IMAGE = re.compile(r"(?:[\w.-]+(?::\d+)?/)+[\w.-]+(?:[:@][\w.:-]+)?|[\w.-]+:[\w.-]+")
_SPLIT = re.compile(r"[\s\"',;()\[\]=]+")


@dataclass(frozen=True, slots=True)
class Telling:
    """A line that says something failed, by which sign, and what it names."""

    at: int
    line: CiLine
    sign: Sign
    thing: str
    why: str

    @property
    def weight(self) -> Weight:
        """How much it decides."""
        return self.sign.weight

    @property
    def failure(self) -> CiFailureClass:
        """The class that it speaks for."""
        return self.sign.failure


def telling_lines(lines: Sequence[CiLine]) -> list[Telling]:
    """List the lines of a step that say something failed, in order."""
    found: list[Telling] = []
    for at, line in enumerate(lines):
        if line.echoed or line.marker in _SILENT or not line.text.strip():
            continue
        told = _told(at, line)
        if told:
            found.append(told if told.thing else _with_what_was_awaited(told, lines))
            if len(found) == MOST_TELLING:
                break
    return found


def _told(at: int, line: CiLine) -> Telling | None:
    text = line.text[:LONGEST]
    lowered = text.lower()
    if not any(word in lowered for word in _WORDS) and not _FORMS.search(text):
        return None
    bare = _PREFIX.sub("", text)
    return _by_sign(at, line, text) or (_by_sign(at, line, bare) if bare != text else None)


def _by_sign(at: int, line: CiLine, text: str) -> Telling | None:
    for sign in SIGNS:
        # GitHub's own words count only where GitHub says them.
        if sign.weight is Weight.DECIDES and line.marker != "error":
            continue
        match = sign.pattern.search(text)
        if match:
            named = {name: value for name, value in match.groupdict().items() if value}
            thing = named.get("thing", "").strip()
            if not thing and sign.failure is CiFailureClass.REGISTRY:
                thing = image_in(text)
            return Telling(at, line, sign, thing, named.get("why", "").strip())
    return None


def _with_what_was_awaited(told: Telling, lines: Sequence[CiLine]) -> Telling:
    """A wait that timed out does not say for what; the lines before it do."""
    if told.failure is not CiFailureClass.DEPLOY:
        return told
    before = [line.text[:LONGEST] for line in reversed(lines[max(0, told.at - 60) : told.at])]
    return replace(told, thing=_first(_WAITED_FOR, before))


def image_in(text: str) -> str:
    """Find what looks like an image in a line; empty if nothing does."""
    words = [word.rstrip(":.") for word in _SPLIT.split(text)]
    images = [word for word in words if _IMAGE.fullmatch(word) and "://" not in word and not word.isdigit()]
    return max(images, key=lambda word: ("/" in word, len(word)), default="")


def place_of(told: Telling, lines: Sequence[CiLine]) -> str:
    """Where in the source it failed, as far as the lines around tell; empty if they do not."""
    after = [line.text[:LONGEST] for line in lines[told.at + 1 : told.at + 30]]
    before = [line.text[:LONGEST] for line in reversed(lines[max(0, told.at - 60) : told.at])]
    if told.failure is CiFailureClass.TEST:
        return _raised(told.thing.partition("::")[0], lines) or _first(_CITED, after)
    if told.failure is CiFailureClass.LINT and _LINE_ALONE.fullmatch(told.thing):
        path = _first(_PATH, [text.strip() for text in before])
        return f"{path}:{told.thing}" if path else ""
    arrow = _first(_ARROW, after[:6])
    if arrow or told.failure not in {CiFailureClass.COMPILE, CiFailureClass.REGISTRY}:
        return arrow
    return _first(_DOCKERFILE, [text.strip() for text in (*before, *after)])


def _raised(file: str, lines: Sequence[CiLine]) -> str:
    """Where a Python test's own file is named in a traceback."""
    for line in lines:
        found = _RAISED.match(line.text[:LONGEST])
        if found and found[1] == file:
            return f"{found[1]}:{found[2]}"
    return ""


def _first(pattern: re.Pattern[str], texts: Iterable[str]) -> str:
    """The first group of a pattern that is found in the first text in which it is."""
    for text in texts:
        found = pattern.search(text)
        if found:
            return next(group for group in found.groups() if group)
    return ""
