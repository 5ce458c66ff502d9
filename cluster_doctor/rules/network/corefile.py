"""What a Corefile does to names: answers of its own, and names put in place of others.

Read by the grammar of CoreDNS: server blocks hold plugins, a plugin may hold a block of properties.
Sources: coredns.io, "Corefile Explained", "template", "rewrite", "kubernetes".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

BAD_ANSWERS = frozenset({"NXDOMAIN", "SERVFAIL", "REFUSED"})
_MATCHES_ADDRESSES = frozenset({"A", "ANY"})


@dataclass
class _Open:
    """A plugin whose block is being read."""

    words: list[str]
    zones: tuple[str, ...]
    inner: list[list[str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Plugin:
    """One plugin of a server block for some zones, with its arguments and the properties in its own block."""

    zones: tuple[str, ...]
    name: str
    arguments: tuple[str, ...]
    properties: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Diversion:
    """Names that do not lead where they say: `line` shows why, `meant` matches them, `instead` is the answer."""

    line: str
    meant: re.Pattern[str]
    instead: str


def plugins(corefile: str) -> list[Plugin]:
    """List the plugins of all server blocks, in order."""
    depth, found = 0, []
    zones: tuple[str, ...] = ()
    current: _Open | None = None
    for raw in corefile.splitlines():
        words = re.sub(r"(?:^|\s)#.*", "", raw).split()
        if not words:
            continue
        opens = words[-1] == "{"
        if words == ["}"]:
            depth -= 1
            if depth == 1 and current:
                found.append(_closed(current))
                current = None
        elif depth == 0:
            depth += opens
            zones = tuple(_zone(word) for word in words if word != "{")
        elif depth == 1:
            current = _Open(words[:-1] if opens else words, zones)
            if opens:
                depth += 1
            else:
                found.append(_closed(current))
                current = None
        elif current:
            current.inner.append(words[:-1] if opens else words)
            depth += opens
    return found


def _closed(plugin: _Open) -> Plugin:
    return Plugin(plugin.zones, plugin.words[0], tuple(plugin.words[1:]), tuple(tuple(words) for words in plugin.inner))


def _zone(key: str) -> str:
    """The zone of a server block's key: `dns://example.org:1053` serves `example.org`, `.:53` everything."""
    return re.sub(r":\d+$", "", key.rpartition("//")[2].rstrip(",")).strip(".")


def serving(found: list[Plugin], name: str) -> list[Plugin]:
    """Keep the plugins of the server block that answers for a name: that of the longest zone."""

    def reach(plugin: Plugin) -> int:
        return max((len(zone) for zone in plugin.zones if not zone or f".{name}".endswith(f".{zone}")), default=-1)

    longest = max(map(reach, found), default=-1)
    return [plugin for plugin in found if reach(plugin) == longest >= 0]


def cluster_domain(found: list[Plugin]) -> str:
    """The domain that Services are named under, from the `kubernetes` plugin."""
    for plugin in found:
        if plugin.name == "kubernetes":
            return next((zone.rstrip(".") for zone in plugin.arguments if not zone.endswith("arpa")), "cluster.local")
    return "cluster.local"


def diversions(found: list[Plugin]) -> Iterator[Diversion]:
    """List what keeps names from the answers that they would have."""
    for plugin in found:
        if plugin.name == "template":
            yield from _template(plugin)
        elif plugin.name == "rewrite":
            lines = [plugin.arguments, *plugin.properties]
            for words in lines:
                yield from _rewrite(words)


def _template(plugin: Plugin) -> Iterator[Diversion]:
    if len(plugin.arguments) < 2 or plugin.arguments[1].upper() not in _MATCHES_ADDRESSES:
        return
    properties = {words[0]: words[1:] for words in plugin.properties}
    rcode = next(iter(properties.get("rcode", ())), "NOERROR").upper()
    if rcode not in BAD_ANSWERS:
        return
    zones = [zone.rstrip(".") for zone in plugin.arguments[2:] if zone != "."]
    patterns = [word for words in plugin.properties if words[0] == "match" for word in words[1:]]
    if not patterns:
        patterns = [rf"(^|\.){re.escape(zone)}\.$" for zone in zones] or [r".*"]
    for text in patterns:
        compiled = _compiled(text)
        if compiled:
            yield Diversion(f"template {' '.join(plugin.arguments)} {text}", compiled, rcode)


def _rewrite(words: tuple[str, ...]) -> Iterator[Diversion]:
    rest = list(words)
    if rest and rest[0] in {"stop", "continue"}:
        rest = rest[1:]
    if not rest or rest[0] != "name":
        return
    rest = rest[1:]
    how = rest[0] if rest and rest[0] in {"exact", "prefix", "suffix", "substring", "regex"} else "exact"
    if rest and rest[0] == how:
        rest = rest[1:]
    if len(rest) < 2:
        return
    name = rest[0]
    shape = {
        "exact": rf"^{re.escape(name.rstrip('.'))}\.$",
        "prefix": rf"^{re.escape(name)}",
        "suffix": rf"{re.escape(name.rstrip('.'))}\.$",
        "substring": re.escape(name),
        "regex": name,
    }[how]
    compiled = _compiled(shape)
    if compiled:
        yield Diversion(f"rewrite {' '.join(words)}", compiled, rest[1])


def _compiled(pattern: str) -> re.Pattern[str] | None:
    """Go's expressions are near enough to Python's, but for the place of a name group; None where they differ."""
    try:
        return re.compile(pattern)
    except re.error:
        return None
