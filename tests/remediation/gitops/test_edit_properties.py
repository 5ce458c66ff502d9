"""For files laid out at random: what is taken back leaves no trace, and other readers agree on what an edit did."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue
from ruamel.yaml import YAML

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.domain.steps import FieldEdit
from cluster_doctor.remediation.fields import edited, same
from cluster_doctor.remediation.gitops.edit_text import edit_text
from cluster_doctor.remediation.gitops.parsing import is_json
from cluster_doctor.snapshot.yaml_text import load_yaml

WORDS = ("alpha", "beta", "gamma", "delta", "kappa", "omega", "sigma", "theta")
WILD: tuple[str, ...] = (
    "",
    " ",
    "on",
    "Yes",
    "null",
    "~",
    "0644",
    "1e3",
    "12:30",
    "- a",
    "a: b",
    "a #b",
    "it's",
    '"q"',
    "x\ny\n",
    "\n\n",
    "  lead\nrest",
    "tab\there",
    "é漢😀",
    "{a}",
    "[b]",
    "*c",
    "&d",
    "!e",
    "%f",
    "@g",
    "`h`",
    "k:",
    "\x7f\u2028",
    "a\rb",
)
REFUSALS = ("cannot take its place", "several lines", "unacceptable character", "mean another thing as YAML")
SEEDS = st.integers(0, 2**32)


class _Author:
    """Makes values and lays them out, as somebody's editor, generator or formatter might."""

    def __init__(self, seed: int, *, wild: bool) -> None:
        self.random = Random(seed)
        self._wild = wild

    def leaf(self) -> JsonValue:
        some = self.random
        number, word = some.randint(-9999, 9999), self.word()
        tame: list[JsonValue] = [number, some.random() < 0.5, word, f"{word}/{self.word()}:1.2"]
        wild: list[JsonValue] = [*WILD, number / 8, None, "".join(some.choices("ab:- #'", k=9))]
        return some.choice(wild if self._wild and some.random() < 0.5 else tame)

    def word(self) -> str:
        return self.random.choice(WORDS)

    def tree(self, depth: int) -> JsonValue:
        kind = self.random.random()
        if depth == 0 or kind < 0.4:
            return self.leaf()
        if kind < 0.75:
            return self.mapping(depth, self.random.randint(0, 4))
        named: list[JsonValue] = [
            {"name": f"n{position}", **self.mapping(depth, 3)} for position in range(self.random.randint(1, 3))
        ]
        return named

    def mapping(self, depth: int, most: int) -> dict[str, JsonValue]:
        return {f"{self.word()}{self.random.choice(['', '.io/x', '-y'])}": self.tree(depth - 1) for _ in range(most)}

    def text(self, value: dict[str, JsonValue]) -> str:
        some = self.random
        if some.random() < 0.4:
            indent = some.choice([None, 2, 4, "\t"])
            text = json.dumps(value, indent=indent, ensure_ascii=some.random() < 0.5)
        else:
            text = self._yaml(value)
        text += some.choice(["", "\n"])
        return text.replace("\n", "\r\n") if some.random() < 0.3 else text

    def _yaml(self, value: dict[str, JsonValue]) -> str:
        some, writer, stream = self.random, YAML(), io.StringIO()
        writer.version = (1, 1)
        offset = some.randint(0, 3)
        writer.indent(mapping=some.randint(2, 6), sequence=offset + some.randint(2, 4), offset=offset)
        writer.width = 100_000
        writer.default_flow_style = some.choice([False, False, None, True])
        writer.dump(value, stream)
        lines = stream.getvalue().removeprefix("%YAML 1.1\n").removeprefix("---\n").splitlines()
        plain = not any(mark in "".join(map(str, _leaves(value))) for mark in "\n\u2028\r")
        for _ in range(some.randint(0, 4) if plain else 0):
            comment = some.choice(["", f"{' ' * some.randint(0, 6)}# a comment: with - signs?"])
            lines.insert(some.randint(0, len(lines)), comment)
        return "\n".join(lines)


def _leaves(value: JsonValue) -> Iterator[JsonValue]:
    match value:
        case dict():
            for inner in value.values():
                yield from _leaves(inner)
        case list():
            for inner in value:
                yield from _leaves(inner)
        case _:
            yield value


def _places(value: JsonValue, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], JsonValue]]:
    if path:
        yield path, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _places(inner, (*path, key))
    elif isinstance(value, list):
        for member in value:
            if isinstance(member, dict):
                yield from _places(member, (*path, f"[name={member['name']}]"))


def _like(author: _Author, value: JsonValue) -> JsonValue:
    """Another value that can be written as this one is."""
    match value:
        case bool():
            return not value
        case int():
            return value + 7
        case _:
            return f"{author.word()}.{author.word()}"


def _addition(author: _Author, path: tuple[str, ...], now: JsonValue) -> FieldEdit | None:
    if isinstance(now, dict) and now:
        return FieldEdit(path=(*path, "new"), becomes=author.tree(2) or "x")
    if isinstance(now, list) and now:
        return FieldEdit(path=(*path, "[name=new]"), becomes={"name": "new", **author.mapping(1, 2)})
    return None


@settings(max_examples=100, deadline=None)
@given(SEEDS)
def test_what_is_set_or_added_and_taken_back_leaves_every_byte_as_it_was(seed: int) -> None:
    author = _Author(seed, wild=False)
    value = author.mapping(3, 4)
    text = author.text(value)
    path, now = author.random.choice(list(_places(value)))
    author = _Author(seed, wild=True)
    edit = _addition(author, path, now) or FieldEdit(path=path, was=now, becomes=_like(author, now))
    if isinstance(now, dict | list) and not now:
        edit = FieldEdit(path=("new",), becomes=author.tree(2) or "x")
    elif path[-1] == "name":
        edit = FieldEdit(path=("new",), becomes="x")
    after = edit_text(text, None, [edit])
    assert after != text
    assert edit_text(after, None, [edit.reverse]) == text, edit


@settings(max_examples=100, deadline=None)
@given(SEEDS)
def test_other_readers_find_what_the_edit_says_or_it_was_refused(seed: int) -> None:
    author = _Author(seed, wild=True)
    value = author.mapping(3, 4)
    text = author.text(value)
    path, now = author.random.choice(list(_places(value)))
    edit = _addition(author, path, now) or FieldEdit(path=path, was=now, becomes=author.tree(2))
    if author.random.random() < 0.3 and path[-1] != "name":
        edit = FieldEdit(path=path, was=now)
    if edit.was is None and edit.becomes is None:
        return
    after = _edited_or_refused(text, edit)
    if after is not None:
        found: Any = json.loads(after) if is_json(text) else next(load_yaml(after))
        assert same(found, edited(value, [edit])), edit


def _edited_or_refused(text: str, edit: FieldEdit) -> str | None:
    """The text after the edit; None if it was refused for a reason that is to be expected."""
    try:
        return edit_text(text, None, [edit])
    except RemediationError as refused:
        if any(reason in str(refused) for reason in REFUSALS):
            return None
        raise
