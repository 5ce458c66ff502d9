"""A kubectl command line, taken apart."""

from __future__ import annotations

import re
import shlex
from contextlib import suppress
from dataclasses import dataclass, replace

from cluster_doctor.snapshot.kinds import kind_named

_WITH_VALUE = {
    "-n": "namespace", "--namespace": "namespace", "-o": "output", "--output": "output", "-l": "selector",
    "--selector": "selector", "-c": "container", "--container": "container", "--field-selector": "selector",
    "--sort-by": "", "--context": "", "--kubeconfig": "", "--tail": "tail", "--since": "tail", "--for": "selector",
    "-L": "", "--label-columns": "", "--types": "selector", "--limit": "tail", "--since-time": "tail",
    "--cluster": "", "--user": "", "-s": "", "--server": "", "--as": "", "--request-timeout": "", "-f": "file",
    "--chunk-size": "", "-v": "", "--template": "",
}  # fmt: skip
_KUBECTL = re.compile(r"(?:^|/)(?:kubectl|oc|k|kubecolor)(?:\.exe)?$")
_VERBS = frozenset({"get", "describe", "logs", "log", "events", "top"})


@dataclass(frozen=True, slots=True)
class Command:
    """A kubectl command that reads.

    `kinds` are kinds by their proper names, `names` what was asked for by name. `partial` tells that the
    output need not hold all there is: a selector, a limit, or a pipe into another program.
    """

    verb: str
    kinds: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    namespace: str | None = None
    all_namespaces: bool = False
    output: str = ""
    container: str = ""
    previous: bool = False
    partial: bool = False

    def within(self, namespace: str) -> Command:
        """The same command in a namespace."""
        return replace(self, namespace=namespace)


def parse_command(line: str) -> Command | None:
    """Take a command line apart; None if it is no kubectl command that reads objects, logs or usage."""
    line, piped, _ = line.partition(" | ")
    words = line.split()
    if "'" in line or '"' in line or "\\" in line:
        with suppress(ValueError):
            words = shlex.split(line)
    while words and not _KUBECTL.search(words[0]):
        if words[0] not in {"sudo", "watch", "$", "#", "%", ">"} and "=" not in words[0]:
            return None
        words.pop(0)
    plain, flags = _split_flags(words[1:])
    if not plain or plain[0] not in _VERBS:
        return None
    verb, rest = plain[0].replace("log", "logs") if plain[0] == "log" else plain[0], plain[1:]
    kinds, names = _targets(verb, rest)
    return Command(
        verb=verb,
        kinds=tuple(kinds),
        names=tuple(names),
        namespace=flags.get("namespace"),
        all_namespaces="all" in flags,
        output=flags.get("output", "").partition("=")[0],
        container=flags.get("container", ""),
        previous="previous" in flags,
        partial=bool(piped) or "selector" in flags or "tail" in flags or "file" in flags,
    )


def _split_flags(words: list[str]) -> tuple[list[str], dict[str, str]]:
    plain: list[str] = []
    flags: dict[str, str] = {}
    waiting = iter(words)
    for word in waiting:
        name, equals, value = word.partition("=")
        if name in {"-A", "--all-namespaces"}:
            if value != "false":
                flags["all"] = ""
        elif name in {"-p", "--previous"}:
            flags["previous"] = ""
        elif name in _WITH_VALUE:
            if name == "-f" and "logs" in plain:
                continue
            flags[_WITH_VALUE[name]] = value if equals else next(waiting, "")
        elif re.match(r"-[nolc]\S", word) and not word.startswith("--"):
            flags[_WITH_VALUE[word[:2]]] = word[2:].lstrip("=")
        elif not word.startswith("-"):
            plain.append(word)
    return plain, flags


def _targets(verb: str, rest: list[str]) -> tuple[list[str], list[str]]:
    if verb == "events" or not rest:
        return (["Event"], []) if verb == "events" else ([], [])
    if any("/" in word for word in rest):
        pairs = [word.partition("/") for word in rest if "/" in word]
        return list(dict.fromkeys(_kind(kind) for kind, _, _ in pairs)), [name for _, _, name in pairs]
    if verb == "logs":
        return ["Pod"], rest[:1]
    return [_kind(word) for word in rest[0].split(",")], rest[1:]


def _kind(word: str) -> str:
    known = kind_named(word)
    return known.kind if known else word
