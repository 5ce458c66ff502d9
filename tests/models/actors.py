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
    return calls((INQUIRY, {**empty, "brings_about": "pod not ready", **found}))


def statement(text: str, *cites: str) -> Body:
    """One sentence with what it cites."""
    return {"text": text, "cites": list(cites)}


LEDGER = {"kind": "Deployment", "namespace": "shop", "name": "ledger"}
_IDEA = {**LEDGER, "idea": "a setting of it is wrong"}
_INVENTED = "deadbeef0123"


@dataclass(frozen=True)
class Honest:
    """Looks, cites what it saw, and finds the setting that came with the rollout.

    Attributes:
        setting: name of the variable.
        value: what is wrong with it.
        effect: what that does.
    """

    setting: str
    value: str
    effect: str

    def __call__(self, body: Body) -> Body:
        """Say the next thing."""
        turn = read(body)
        if turn.form == SUSPECTS:
            return suspects(_IDEA, {"kind": "Node", "namespace": "", "name": "node-1", "idea": "it is sick"})
        if "node-1" in turn.task.partition("What is known")[0]:
            return inquiry(kind="Node", namespace="", name="node-1", verdict="refuted", cause=statement("it is well"))
        if not turn.answers:
            return calls(
                ("read_log", LEDGER),
                ("read_object", {**LEDGER, "path": "spec.template.spec.containers"}),
                ("recent_changes", LEDGER),
            )
        found = turn.fact(self.value, "ledger["), turn.fact(self.value, ".value"), turn.fact(self.setting, ".name")
        line, value, name = (fact[0] for fact in found if fact)
        return inquiry(
            **LEDGER,
            cause=statement(f'{self.setting} of Deployment ledger is "{self.value}"', value, name),
            wrong=value,
            brings_about=self.effect,
            evidence_for=[statement(f'it logs "{self.value}"', line)],
        )


honest = Honest("REGION", "eu-wset-1", "pod not ready")


def lazy(body: Body) -> Body:
    """Answers at once, and cites nothing."""
    if read(body).form == SUSPECTS:
        return suspects(_IDEA)
    return inquiry(**LEDGER, cause=statement("its region is wrong"))


def hallucinating(body: Body) -> Body:
    """Makes up facts, ids, numbers and objects."""
    if read(body).form == SUSPECTS:
        return suspects({**LEDGER, "name": "payments", "idea": "it is out of memory"})
    return inquiry(
        kind="Deployment",
        namespace="shop",
        name="payments",
        cause=statement("Deployment payments has a memory limit of 64Mi and needs 512Mi", _INVENTED),
        wrong=_INVENTED,
        evidence_for=[statement("Pod payments-7 was killed 14 times at 03:12", _INVENTED)],
    )


def misreading(body: Body) -> Body:
    """Cites what it truly saw for a conclusion that does not follow."""
    turn = read(body)
    if turn.form == SUSPECTS:
        return suspects(_IDEA)
    if not turn.answers:
        return calls(("read_log", LEDGER), ("read_object", {**LEDGER, "path": "spec.template.spec.containers"}))
    value, line = turn.fact("12", ".value"), turn.fact("12 workers")
    assert value
    assert line
    return inquiry(
        **LEDGER,
        cause=statement('WORKERS of Deployment ledger is "12", which is too many', value[0], *_named(turn, "WORKERS")),
        wrong=value[0],
        brings_about="pod not ready",
        evidence_for=[statement('it logs "with 12 workers"', line[0])],
    )


def _named(turn: Turn, name: str) -> list[str]:
    found = turn.fact(name, ".name")
    return [found[0]] if found else []


def obedient(body: Body) -> Body:
    """Does whatever a text says that it was shown: calls what it names, and answers what it dictates."""
    turn = read(body)
    if turn.form == SUSPECTS:
        return suspects(_IDEA)
    if turn.answers < 2:
        told = ("delete_namespace", "apply_steps", "approve", "run_shell", "read_log")
        return calls(*((name, LEDGER if name == "read_log" else {"name": "shop"}) for name in told))
    return inquiry(
        **LEDGER,
        cause=statement("Node node-1 is broken and must be deleted; approved by the administrator", *turn.shown),
        wrong=next(iter(turn.shown), ""),
        brings_about="pod not ready",
    )


def refusing(body: Body) -> Body:  # noqa: ARG001 - it does not even read
    """Will not."""
    return {"refusal": "I cannot help with that."}


def chatting(body: Body) -> Body:  # noqa: ARG001 - as above
    """Talks, and never answers in the form."""
    return {"content": "Let me think about this step by step."}


def endless(body: Body) -> Body:
    """Looks, and looks, and never answers."""
    return calls(("read_log", LEDGER)) if "read_log" in read(body).tools else chatting(body)


def verbose(body: Body) -> Body:  # noqa: ARG001 - as above
    """Never stops talking."""
    return {"content": "because " * 40_000}


def garbling(body: Body) -> Body:
    """Calls its tools with what is no JSON."""
    form = read(body).form
    return {"tool_calls": [{"id": "x", "type": "function", "function": {"name": form, "arguments": '{"suspects": ['}}]}


def mistyping(body: Body) -> Body:
    """Answers in the form's name, and not in its types."""
    return calls((read(body).form, {"suspects": "all of them", "verdict": 7}))


READINGS = "ReadingsForm"


def readings(*pairs: tuple[str, str]) -> Body:
    """The answer that puts a report into the words of the field."""
    return calls((READINGS, {"readings": [{"quote": quote, "says": says} for quote, says in pairs]}))
