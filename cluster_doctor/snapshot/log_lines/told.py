"""What one line of a log is evidence for."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ahocorasick_rs import AhoCorasick

from cluster_doctor.snapshot.hints import lower
from cluster_doctor.snapshot.log_lines.address import address_in
from cluster_doctor.snapshot.log_lines.harmless import is_counted, is_listing, is_tested_or_served, speaks_of_success
from cluster_doctor.snapshot.log_lines.line import LONGEST, LogLevel, read_log_line, without_colours
from cluster_doctor.snapshot.log_lines.named import misses_schema, misses_setting, name_in
from cluster_doctor.snapshot.log_lines.signs import ERRNO, GRPC, MYSQL, OS_NUMBERS, PATTERNS, SQLSTATES, TEXTS, WORDS
from cluster_doctor.snapshot.log_lines.trouble import RANK, Trouble


@dataclass(frozen=True, slots=True)
class Told:
    """A trouble, and whom or what it concerns.

    `host` is empty and `port` None where the line names none. `name` is the file, user, variable, table, topic, port
    or reason that the trouble is about, empty where the line does not tell.
    """

    trouble: Trouble
    host: str = ""
    port: int | None = None
    name: str = ""


_OS_ERROR = re.compile(r"\(os error (\d{1,3})\)|\[Errno (-?\d{1,3})\]|failed \((\d{1,3}): |errno[:= ]+-?(\d{1,3})\b")
_SQLSTATE = re.compile(
    r"SQL ?[Ss]tate[\s:=\[(]{1,3}([0-9A-Z]{5})\b|SQLSTATE[\s:=\[(]{1,3}([0-9A-Z]{5})\b"
    r"|\bcode[:=] ?['\"]([0-9A-Z]{5})['\"]"
    r"|\bcode[:=] ?(?=\d{0,4}[A-Z])([0-9A-Z]{5})(?=[\s,}]|$)"
    r"|\b(?:ERROR|Error) \d{4} \(([0-9A-Z]{5})\)|\b(?:FATAL|ERROR): +([0-9A-Z]{5}): "
)
_MYSQL = re.compile(
    r"\b(?:ERROR|Error) (\d{4})(?: \([0-9A-Z]{5}\))?: |SQLSTATE\[\w{5}\](?: \[|: [^:]{1,60}: )(\d{4})\b"
    r"|\((\d{4}), ['\"]"
    r"|\berrno[:=] ?(\d{4})\b|[Ee]rror ?[Cc]ode:? ?\[?(\d{4})\b|\(errno (\d{4})\)"
)
_GRPC = re.compile(
    r"code = (\w+) desc|StatusCode[.=]\"?(\w+)|Status\{code=(\w+)|\b([A-Z_]{7,20}): |status: (\w+), message"
)
_HTTP = re.compile(r"(?:status|code|HTTP(?:/[\d.]+)?|response)[\w \":=(]{0,14}\b429\b", re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-z0-9_]+")
_PART = re.compile(r"[a-z0-9]+")
_ESCAPED = re.compile(r"\\+[nrt\"]")
_CODED = (
    "os error", "errno", "failed (", "sqlstate", "sql state", "code", "error ", "error: ", "fatal: ",
    "operationalerror", "429", *GRPC, "deadline_exceeded", "resource_exhausted",
)  # fmt: skip
"""One of these stands beside every code."""
_LACKING = (
    "not set", "not defined", "not found", "not provided", "not present", "not configured", "not specified", "must be",
    "must specify", "unset", "undefined", "missing", "required", "unbound", "keyerror", "placeholder", "empty",
    "absent", "improperlyconfigured",
)  # fmt: skip
_OS_WORDS = {str(number) for number in OS_NUMBERS}
_MYSQL_WORDS = {str(number) for number in MYSQL}
_STATUSES = AhoCorasick(GRPC)
_ABSENT = ("exist", "no such", "unknown database", "unknown column", "missing table", "invalid object name")
_FORMED = ("does not exist", "i/o timeout", "already in use", "bind() to")
_SAID = tuple(TEXTS)
_CORES = tuple((text.index(core), len(core)) for text in _SAID for core in [max(_PART.findall(text), key=len)])
"""Begin and length of the longest word of each text, which has to stand as a word."""
_SYMBOLS = tuple(dict.fromkeys(word.lower() for word in WORDS))
_LOOSE = tuple(dict.fromkeys((*_CODED, *_LACKING, *_ABSENT, *_FORMED)))
_TELLING = AhoCorasick((*_SAID, *_SYMBOLS, *_LOOSE))
"""Without one of these pieces, of which the loose ones must stand as words, no line tells of a trouble."""
_FIRM = len(_SAID) + len(_SYMBOLS)
_OPEN = {piece for piece, loose in enumerate(_LOOSE, _FIRM) if not loose[-1].isalnum()}
"""Pieces that a word may follow at once."""
_OF_CODES, _OF_LACKS, _OF_SCHEMAS, _OF_FORMS = (
    frozenset(piece for piece, loose in enumerate(_LOOSE, _FIRM) if loose in kind)
    for kind in (_CODED, _LACKING, _ABSENT, _FORMED)
)


@lru_cache(maxsize=16_384)
def read_told(raw: str) -> Told | None:
    """Read one line as it stands in a container's log; None where it tells of no trouble.

    A line that its writer calls information is believed only where it has the form of an error, which names an address,
    a file or a code: programs that wait for something say so without alarm, and others merely mention an error.
    """
    plain = without_colours(raw[:LONGEST])
    spaced = _ESCAPED.sub(" ", plain) if "\\" in plain else plain
    if next(_telling(lower(spaced)), None) is None:
        return None  # so most lines are done with
    line = read_log_line(plain)
    text = line.text
    trouble = trouble_in(text)
    if trouble is None or is_tested_or_served(text):
        return None
    calm = line.level is not None and line.level <= LogLevel.INFO
    if (calm or line.level is None) and speaks_of_success(text):
        return None
    host, port = address_in(text)
    name = name_in(text, trouble)
    if calm and not host and not name:
        return None
    if trouble is Trouble.PORT_TAKEN and port is None and name:
        port = int(name)
    return Told(trouble, host, port, name)


def telling_lines(lines: Sequence[str], lowered: str, ends: Sequence[int]) -> tuple[int, ...]:
    """Number the lines that may tell of a trouble, the last first, much faster than reading each of them.

    Args:
        lines: the lines.
        lowered: the same, joined and in lower case.
        ends: where each line ends there.
    """
    odd = {at for at, line in enumerate(lines) if "\\" in line or "\x1b" in line or len(line) > LONGEST}
    if lowered.count("\n") != len(lines) - 1:
        return tuple(reversed(range(len(lines))))  # a line that is several would shift the count
    return tuple(sorted(odd | {bisect_right(ends, start) for start in _telling(lowered)}, reverse=True))


def trouble_in(text: str) -> Trouble | None:
    """Find the most telling trouble that a text bears a sign of."""
    found = set(_signs(text))
    return min(found, key=RANK.__getitem__) if found else None


def _telling(lowered: str) -> Iterator[int]:
    """Where the pieces stand without which no line tells of a trouble."""
    for piece, start, end in _TELLING.find_matches_as_indexes(lowered, overlapping=True):
        if piece < _FIRM or (_opens(lowered, start) and (piece in _OPEN or _closes(lowered, end))):
            yield start


def _opens(lowered: str, at: int) -> bool:
    """Whether a word may begin there."""
    return not _PART.match(lowered[at - 1 : at])


def _closes(lowered: str, at: int) -> bool:
    """Whether a word may end there."""
    return not _PART.match(lowered[at : at + 1])


def _signs(text: str) -> Iterator[Trouble]:
    lowered = lower(text)
    found = _TELLING.find_matches_as_indexes(lowered, overlapping=True)
    yield from _said(lowered, found)
    yield from _named(text, found)
    pieces = {piece for piece, _, _ in found}
    if not pieces.isdisjoint(_OF_CODES):
        yield from _codes(text, set(_TOKEN.findall(text)))
    if not pieces.isdisjoint(_OF_FORMS):
        yield from (trouble for trouble, pattern in PATTERNS if pattern.search(text))
    if not pieces.isdisjoint(_OF_LACKS) and misses_setting(text):
        yield Trouble.SETTING
    if not pieces.isdisjoint(_OF_SCHEMAS) and misses_schema(text):
        yield Trouble.SCHEMA


def _said(lowered: str, found: Iterable[tuple[int, int, int]]) -> Iterator[Trouble]:
    """Read the texts that were found, each where it stands first."""
    seen: set[int] = set()
    for piece, begin, end in found:
        if piece >= len(_SAID) or piece in seen:
            continue
        core, length = _CORES[piece]
        if not (_opens(lowered, begin + core) and _closes(lowered, begin + core + length)):
            continue
        seen.add(piece)
        if not is_counted(lowered, begin, end):
            yield TEXTS[_SAID[piece]]


def _named(text: str, found: Iterable[tuple[int, int, int]]) -> Iterator[Trouble]:
    """Read the symbols that were found, each where it stands first."""
    first: dict[str, tuple[int, int]] = {}
    for piece, begin, end in found:
        if len(_SAID) <= piece < _FIRM and text[begin:end] in WORDS and _is_token(text, begin, end):
            first.setdefault(text[begin:end], (begin, end))
    if is_listing(first.keys() & ERRNO.keys()):
        return
    for word, (begin, end) in first.items():
        if not is_counted(text, begin, end):
            yield WORDS[word]


def _is_token(text: str, begin: int, end: int) -> bool:
    return not _TOKEN.match(text[begin - 1 : begin]) and not _TOKEN.match(text[end : end + 1])


def _codes(text: str, words: set[str]) -> Iterator[Trouble]:
    """Read the codes of a line; where none of a kind stands as a word, its forms need not be looked for."""
    if not _OS_WORDS.isdisjoint(words):
        found = (OS_NUMBERS.get(abs(int(number))) for number in _groups(_OS_ERROR, text))
        yield from (trouble for trouble in found if trouble is not None)
    if not SQLSTATES.keys().isdisjoint(words):
        yield from (SQLSTATES[state] for state in _groups(_SQLSTATE, text) if state in SQLSTATES)
    if not _MYSQL_WORDS.isdisjoint(words):
        yield from (MYSQL[int(number)] for number in _groups(_MYSQL, text) if int(number) in MYSQL)
    if _STATUSES.find_matches_as_indexes(_plain(lower(text))):
        yield from (GRPC[_plain(status)] for status in _groups(_GRPC, text) if _plain(status) in GRPC)
    if "429" in words and _HTTP.search(text):
        yield Trouble.RATE


def _plain(status: str) -> str:
    return status.lower().replace("_", "")


def _groups(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    for found in pattern.finditer(text):
        yield from (group for group in found.groups() if group)
