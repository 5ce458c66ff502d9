"""Reads the templates of a chart for where a field gets its value from, without running them.

A template is no YAML. What is read is its lines: keys by their indentation, the blocks of `with`, `if` and `range`, and
the expressions that stand as values. What cannot be told from that is left to a person.
Source: helm.sh, "Chart Template Guide".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_LINE = re.compile(r"^(?P<indent> *)(?P<dashes>(?:- +)*)(?P<key>[\w./-]+|\"[^\"]+\"):(?P<value>(?: .*)?|\{\{.*)$")
_ACTION = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}")
_VALUES = re.compile(r"\$?\.Values((?:\.\w+)+)")
_COMMENT = re.compile(r"\{\{-?\s*/\*.*?\*/\s*-?\}\}", re.DOTALL)


@dataclass(frozen=True)
class Expression:
    """A field in a template: the keys that lead to it, and its value as written, `.` put out in full."""

    keys: tuple[str, ...]
    value: str
    line: int


def values_in(expression: str) -> list[tuple[str, ...]]:
    """The `.Values` that an expression takes."""
    return [tuple(found.split(".")[1:]) for found in _VALUES.findall(expression)]


def pieces_of(value: str) -> list[tuple[bool, str]]:
    """A value as literal texts and expressions, in order; the flag tells an expression."""
    bare = value.strip()
    if len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "'\"":
        bare = bare[1:-1]
    found, last = list[tuple[bool, str]](), 0
    for action in _ACTION.finditer(bare):
        found += [(False, bare[last : action.start()]), (True, action.group(1))]
        last = action.end()
    return [piece for piece in [*found, (False, bare[last:])] if piece[1]]


def expressions(template: str, kind: str) -> Iterator[Expression]:
    """The fields of the objects of a kind in a template that have an expression for a value."""
    clean = _COMMENT.sub(lambda found: "\n" * found.group().count("\n"), template)
    number = 1
    for document in re.split(r"^---.*$", clean, flags=re.MULTILINE):
        if re.search(rf"^kind: *[\"']?{re.escape(kind)}[\"']?\s*$", document, re.MULTILINE):
            yield from _expressions(document, number)
        number += document.count("\n")


def _expressions(document: str, first: int) -> Iterator[Expression]:
    above: list[tuple[int, str]] = []
    blocks: list[str] = []
    for number, line in enumerate(document.splitlines(), first):
        found = _LINE.match(line)
        if found:
            column = len(found["indent"]) + len(found["dashes"])
            above = [(depth, key) for depth, key in above if depth < column]
            above.append((column, found["key"].strip('"')))
            if "{{" in found["value"]:
                yield Expression(_keys(above), _in_full(found["value"], blocks), number)
        elif "toYaml" in line and above:
            yield Expression(_keys(above), _in_full(line, blocks), number)
        for action in _ACTION.findall(line):
            _enter(action, blocks)


def _keys(above: list[tuple[int, str]]) -> tuple[str, ...]:
    return tuple(key for _, key in above)


def _enter(action: str, blocks: list[str]) -> None:
    word = action.split(" ", 1)[0]
    if word == "with":
        taken = action.removeprefix("with").strip()
        blocks.append(taken if _VALUES.fullmatch(taken) else "?")
    elif word in {"if", "range", "define", "block"}:
        blocks.append("" if word == "if" else "?")
    elif word == "end" and blocks:
        blocks.pop()


def _in_full(value: str, blocks: list[str]) -> str:
    """Put `.` out in full by the `with` around it."""
    inner = next((block for block in reversed(blocks) if block), "")
    return re.sub(r"(?<![\w.$)])\.(?=[\s|)}])", inner, value) if inner else value
