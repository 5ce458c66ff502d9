"""Chat models of the tests' own: what each says, given what it was asked and what its tools have shown."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Body = dict[str, Any]
Say = Callable[["Turn"], Body]

SUSPECTS, INQUIRY = "SuspectsForm", "InquiryForm"


@dataclass(frozen=True)
class Turn:
    """One request, read.

    Attributes:
        task: the first thing that the specialist was told to do.
        said: everything that was told to it, tools' answers included, as text.
        shown: facts that tools showed, by id: `of`, `path`, `value`.
        answers: how many answers of tools there are since the task.
        tools: names of the tools that it may call.
        form: the tool by which it answers.
    """

    task: str
    said: str
    shown: dict[str, Body]
    answers: int
    tools: tuple[str, ...]
    form: str

    def fact(self, part: str, path: str = "") -> tuple[str, Body] | None:
        """The first fact that was shown whose value holds a text, at a path that holds another."""
        return next(
            ((key, fact) for key, fact in self.shown.items() if part in str(fact["value"]) and path in fact["path"]),
            None,
        )


def read(body: Body) -> Turn:
    """Read a request of the chat protocol."""
    messages = body["messages"]
    tools = tuple(tool["function"]["name"] for tool in body.get("tools", ()))
    tasks = [message for message in messages if message["role"] == "user"]
    after = messages[messages.index(tasks[0]) :]
    answers = [message for message in after if message["role"] == "tool"]
    shown: dict[str, Body] = {}
    for text in (str(message["content"]) for message in after):
        for found in _objects(text):
            for fact in _facts(found):
                shown[fact["id"]] = fact
    form = next((name for name in tools if name.endswith("Form")), "")
    said = "\n".join(str(message["content"]) for message in messages)
    return Turn(str(tasks[0]["content"]), said, shown, len(answers), tools, form)


def _objects(text: str) -> Iterator[Any]:
    start = text.find("{")
    if start >= 0:
        try:
            yield json.JSONDecoder().raw_decode(text[start:])[0]
        except ValueError:
            return
    if "What is known, as data:" in text:
        yield from _objects(text.partition("What is known, as data:")[2])


def _facts(found: Any) -> Iterator[Body]:
    if isinstance(found, dict):
        if {"id", "of", "path"} <= found.keys():
            yield found
        for member in found.values():
            yield from _facts(member)
    elif isinstance(found, list):
        for member in found:
            yield from _facts(member)


_NUMBERS = itertools.count(1)


def calls(*asked: tuple[str, Body]) -> Body:
    """A message that calls tools."""
    return {
        "tool_calls": [
            {
                "id": f"call-{next(_NUMBERS)}",
                "type": "function",
                "function": {"name": name, "arguments": json.dumps(given)},
            }
            for name, given in asked
        ]
    }


def suspects(*found: Body) -> Body:
    """The answer that names hypotheses."""
    empty = {"would_show": "", "would_refute": "", "symptoms": []}
    return calls((SUSPECTS, {"suspects": [{**empty, **one} for one in found]}))


def inquiry(**found: Any) -> Body:
    """The answer of looking into one."""
    empty = {"verdict": "supported", "wrong": "", "evidence_for": [], "evidence_against": []}
    return calls((INQUIRY, {**empty, "brings_about": "container crashing", **found}))


def statement(text: str, *cites: str) -> Body:
    """One sentence with what it cites."""
    return {"text": text, "cites": list(cites)}
