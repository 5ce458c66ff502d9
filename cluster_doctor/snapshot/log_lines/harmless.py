"""Lines that bear the sign of a trouble and tell of none: counters, settings, tests, successes."""

from __future__ import annotations

import re

from ahocorasick_rs import AhoCorasick

from cluster_doctor.snapshot.hints import lower

_COUNTED = re.compile(
    r"[\"'\])]{0,2}(?:_total|_count| errors| count)?[\"']?\s{0,3}[:=]\s{0,3}[\"']?\d+(?:[\s,;.}\"')]|$)"
)
_NONE = re.compile(r"(?:^|[\s\[({:=,])(?:0|no|zero|without(?: a| an| any)?|never) $")
_SERVED = re.compile(r"HTTP/[\d.]{1,3}[\"']? [23]\d\d\b")
_TEST = re.compile(r"^\s*(?:=== (?:RUN|CONT|PAUSE)|--- (?:PASS|SKIP)|PASS\b|ok  \t|[✓✔√] )")
_PASSED = re.compile(r"(?: |::)PASSED\b")
_SUCCESS = re.compile(
    r"\b(?:succeed(?:ed|s)?|successful(?:ly)?|success|recovered|reconnected|re-?established|restored"
    r"|healthy again|is up again|no longer|resolved itself|connection established|connected)\b",
    re.IGNORECASE,
)
_WORKED = AhoCorasick(
    ("succe", "recovered", "connected", "established", "restored", "healthy again", "up again", "no longer",
     "resolved itself")
)  # fmt: skip
"""Without one of these pieces no line speaks of success."""
_NOT = re.compile(
    r"\b(?:not|no|never|without|cannot|can't|n't|failed|before|until)\W{1,3}(?:\w+\W{1,3}){0,2}$", re.IGNORECASE
)
_MANY_ERRNOS = 3


def speaks_of_success(text: str) -> bool:
    """Tell whether a line says that something worked, or works again."""
    if not _WORKED.find_matches_as_indexes(lower(text)):
        return False
    return any(not _NOT.search(text, max(0, found.start() - 40), found.start()) for found in _SUCCESS.finditer(text))


def is_tested_or_served(text: str) -> bool:
    """Tell whether a line is of a test that passed, or of a request that was answered well."""
    return bool(_SERVED.search(text) or _TEST.match(text) or ("PASSED" in text and _PASSED.search(text)))


def is_counted(text: str, begin: int, end: int) -> bool:
    """Tell whether a part of a line is counted there (`timed out: 4`), or said to be absent (`0 timed out`)."""
    return bool(_COUNTED.match(text, end) or _NONE.search(text, max(0, begin - 16), begin))


def is_listing(symbols: set[str]) -> bool:
    """Tell whether a line lists errors, as a setting of what shall be retried does: one call fails in one way."""
    return len(symbols) >= _MANY_ERRNOS
