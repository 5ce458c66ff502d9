"""The recorded answers of diagnostic tools: `tool:{"argument": …}` → answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import orjson
from pydantic import JsonValue

from cluster_doctor.snapshot.kinds import kind_named
from cluster_doctor.snapshot.paths import strings
from cluster_doctor.sources.terminal.command import Command


@dataclass(frozen=True)
class Answer:
    """One tool call and what it returned. Arguments are text."""

    tool: str
    arguments: dict[str, str]
    value: JsonValue


def read_answers(raw: dict[str, JsonValue]) -> Iterator[Answer]:
    """Take the keys apart; a key without arguments names the tool alone."""
    for key, value in raw.items():
        tool, _, written = key.partition(":")
        try:
            arguments = orjson.loads(written) if written else {}
        except orjson.JSONDecodeError:
            continue
        yield Answer(tool, strings(arguments) if isinstance(arguments, dict) else {}, value)


def as_command(answer: Answer) -> Command | None:
    """Tell which kubectl command a tool stands for; None if it stands for none."""
    verb = {"GetResources": "get", "DescribeResource": "describe"}.get(answer.tool)
    if verb is None:
        return None
    word = answer.arguments.get("resource_type", "")
    known = kind_named(word)
    name = answer.arguments.get("name", "")
    selected = any("selector" in argument and value for argument, value in answer.arguments.items())
    return Command(
        verb=verb,
        kinds=(known.kind if known else word,),
        names=(name,) if name else (),
        namespace=answer.arguments.get("namespace") or None,
        all_namespaces=answer.arguments.get("all_namespaces") == "true",
        output=answer.arguments.get("output", ""),
        partial=selected,
    )
