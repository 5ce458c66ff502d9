"""Reads the output of one known command into partial objects and coverage."""

from __future__ import annotations

import re

from cluster_doctor.snapshot.kinds import BY_KIND, kind_named
from cluster_doctor.snapshot.paths import mapping
from cluster_doctor.sources.terminal.command import Command
from cluster_doctor.sources.terminal.describe.dispatch import read_descriptions
from cluster_doctor.sources.terminal.documents import read_documents
from cluster_doctor.sources.terminal.events import read_event_list
from cluster_doctor.sources.terminal.moments import Clock
from cluster_doctor.sources.terminal.partials import Detail, Partials
from cluster_doctor.sources.terminal.rows.dispatch import read_rows

NOTHING_FOUND = re.compile(r"^No (?:resources|events) found(?: in (\S+) namespace)?\.?$", re.MULTILINE)
NOT_FOUND = re.compile(r'^Error from server \(NotFound\): (\S+) "([^"]+)" not found', re.MULTILINE)
FORBIDDEN = re.compile(r'^Error from server \(Forbidden\): (\S+?)(?: "[^"]*")? is forbidden: (.*)$', re.MULTILINE)
FAILED = re.compile(r"Error from server|[Ee]rror:|Unable to connect|The connection to the server")


def read_command(
    command: Command, output: str, partials: Partials, clock: Clock, *, silence_is_none: bool = False
) -> bool:
    """Read what a command printed; False if it could not be understood.

    A list covers its kinds in its namespace, or everywhere for `-A` and for kinds that live in none; a table
    does so as far as it hides nothing (`Partials.flush`). A name that was asked for is covered, found or
    not. Without a namespace, `default` is meant.

    Args:
        command: the command, taken apart.
        output: what it printed.
        partials: where objects and coverage go.
        clock: when it was printed; ages count from there.
        silence_is_none: an empty output means that there was nothing, because only standard output was kept
            and `No resources found` goes to standard error.
    """
    namespace = None if command.all_namespaces else command.namespace or "default"
    for word, name in NOT_FOUND.findall(output):
        known = kind_named(word)
        if known:
            partials.cover(known.kind, namespace if known.namespaced else None, name)
    failed = FAILED.match(output.lstrip())
    if failed:
        output = "\n".join(line for line in output.split("\n") if not FAILED.match(line))
        if not output.strip():
            return bool(NOT_FOUND.search(failed.string))
    if not output.strip():
        if silence_is_none and command.verb in {"get", "events"}:
            _cover_lists(command, namespace, partials)
        return silence_is_none
    match command.verb:
        case "get" if command.output in {"yaml", "json"}:
            return _whole(command, output, namespace, partials)
        case "get" | "events":
            return _table(command, output, namespace, partials, clock)
        case "describe":
            kind = command.kinds[0] if len(command.kinds) == 1 else ""
            return read_descriptions(output, kind, namespace, clock, partials) > 0
        case _:
            return False


def _cover_lists(command: Command, namespace: str | None, partials: Partials, *, rows: bool = False) -> None:
    if command.names or command.partial:
        return
    for kind in command.kinds:
        known = BY_KIND.get(kind)
        where = namespace if known is None or known.namespaced else None
        if rows:
            partials.list_rows(kind, where)
        else:
            partials.cover(kind, where)


def _whole(command: Command, output: str, namespace: str | None, partials: Partials) -> bool:
    try:
        documents = read_documents(output)
    except ValueError:
        return False
    for document in documents:
        partials.add(document, Detail.FULL)
        metadata = mapping(document, "metadata")
        name, where = metadata.get("name"), metadata.get("namespace")
        if isinstance(name, str):
            partials.cover(str(document["kind"]), where if isinstance(where, str) else None, name)
    _cover_lists(command, namespace, partials)
    return True


def _table(command: Command, output: str, namespace: str | None, partials: Partials, clock: Clock) -> bool:
    if command.kinds == ("Event",):
        events = read_event_list(output, namespace, clock)
        for event in events:
            partials.add_event(event)
        if events or NOTHING_FOUND.search(output):
            _cover_lists(command, namespace, partials)
            return True
        return False
    kind = command.kinds[0] if len(command.kinds) == 1 else ""
    found = False
    for account in read_rows(output, kind, namespace, clock):
        partials.add(account, Detail.ROW)
        metadata = mapping(account, "metadata")
        where = metadata.get("namespace")
        partials.cover(str(account["kind"]), where if isinstance(where, str) else None, str(metadata["name"]))
        found = True
    if found or NOTHING_FOUND.search(output):
        if command.kinds != ("all",):
            _cover_lists(command, namespace, partials, rows=True)
        return True
    return False
