"""Who owns files, as a CODEOWNERS file says.

Source: docs.github.com, "About code owners": one of three places counts, the last line that matches wins, a line that
is not valid is skipped, and patterns are those of gitignore without negation and character ranges, where a last `*`
does not reach into folders.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from cluster_doctor.remediation.gitops.tree import SourceTree

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""Where the file may lie; the first one there is the one that counts."""

LARGEST = 3 << 20
"""Bytes of a file that GitHub reads."""

_WORD = re.compile(r"(?:\\.|[^\s\\])+")
_PERSON = re.compile(r"^@[A-Za-z0-9][A-Za-z0-9_-]*$", re.ASCII)
_TEAM = re.compile(r"^@[A-Za-z0-9][A-Za-z0-9-]*/(?P<team>[\w.-]+)$", re.ASCII)
_MAIL = re.compile(r"^[^@\s]+@[^@\s]+$")


@dataclass(frozen=True)
class Owners:
    """Logins of people and slugs of teams, each once, in the order of the file."""

    people: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()


def owners_of(tree: SourceTree, paths: Iterable[str]) -> Owners:
    """The owners of any of some files; those whom only a mail address names cannot be asked and are left out."""
    place = next((place for place in PLACES if tree.has(place)), None)
    content = tree.read(place) if place else b""
    if len(content) > LARGEST:
        return Owners()
    lines = list(_lines(content.decode("utf-8", "replace")))
    people, teams = dict[str, None](), dict[str, None]()
    for path in paths:
        last = next((owners for pattern, owners in reversed(lines) if _matches(pattern, path)), ())
        for owner in last:
            team = _TEAM.match(owner)
            if team:
                teams[team["team"]] = None
            elif _PERSON.match(owner):
                people[owner.removeprefix("@")] = None
    return Owners(tuple(people), tuple(teams))


def _lines(text: str) -> Iterable[tuple[str, tuple[str, ...]]]:
    for line in text.splitlines():
        words = []
        for word in _WORD.findall(line):
            if word.startswith("#"):
                break
            words.append(word)
        if words and _is_valid(words[0], words[1:]):
            yield re.sub(r"\\(.)", r"\1", words[0]), tuple(words[1:])


def _is_valid(pattern: str, owners: list[str]) -> bool:
    odd = pattern.startswith(("!", "\\#")) or "[" in pattern or "]" in pattern
    return not odd and all(_PERSON.match(owner) or _TEAM.match(owner) or _MAIL.match(owner) for owner in owners)


def _matches(pattern: str, path: str) -> bool:
    from dulwich.ignore import Pattern  # noqa: PLC0415 - only those who use Git pay for it

    glob = Pattern(pattern.encode())
    if glob.match(path.encode()):
        return True
    if pattern != "*" and pattern.endswith("/*"):
        return False
    parts = path.split("/")
    return any(glob.match("/".join([*parts[:depth], ""]).encode()) for depth in range(1, len(parts)))
