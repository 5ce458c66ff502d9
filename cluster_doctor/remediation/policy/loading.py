"""Reads a policy, and other YAML that a person wrote for it, strictly: what is off is told with its line."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import JsonValue, ValidationError

from cluster_doctor.domain.errors import PolicyError, UnreadableInput
from cluster_doctor.history.home import open_home
from cluster_doctor.remediation.policy.policy import DEFAULT_POLICY, Policy
from cluster_doctor.remediation.policy.strict import Strict
from cluster_doctor.snapshot.yaml_text import compose_yaml
from cluster_doctor.sources.recorded.contents import read_file

M = TypeVar("M", bound=Strict)

FILE_NAME = "policy.yaml"
MOST_BYTES = 1024 * 1024
MOST_VALUES = 50_000
"""Values in a file, those that an anchor repeats counted each time."""

_NEXT = "docs/policy.md shows a whole policy; `cluster-doctor policy show` prints the one that holds."
_TAG = "tag:yaml.org,2002:"
_WHOLE = re.compile(r"[-+]?[0-9]{1,18}", re.ASCII)

_Place = tuple[str | int, ...]


def default_place(home: str | os.PathLike[str] | None = None) -> Path:
    """Where a policy lies if nobody names another file: `policy.yaml` in the directory where runs are kept."""
    return open_home(home) / FILE_NAME


def load_policy(path: Path | None = None, home: str | os.PathLike[str] | None = None) -> Policy:
    """Read the policy that holds.

    Args:
        path: its file; else the one in the home, else the built-in policy holds.
        home: where runs are kept.

    Raises:
        PolicyError: there is a file and it cannot be read, or is no policy; the message names the line. Nothing may be
            written then.
    """
    place = path or default_place(home)
    if path is None and not place.exists() and not place.is_symlink():
        return DEFAULT_POLICY
    return read_strictly(place, Policy)


def read_strictly(path: Path, form: type[M], *, nulls: bool = False) -> M:
    """Read a file of a form. Nulls are refused where they could stand for something that was forgotten.

    Raises:
        PolicyError: it cannot be read, or is not of that form.
    """
    try:
        content = read_file(path, MOST_BYTES)
    except UnreadableInput as error:
        raise PolicyError(error.what, "Check the path, its rights and its size.") from error
    return parse_strictly(content, form, str(path), nulls=nulls)


def parse_strictly(content: bytes | str, form: type[M], name: str, *, nulls: bool = False) -> M:
    """Read a text of a form. `name` is what errors call it.

    Raises:
        PolicyError: it is not of that form.
    """
    try:
        root = compose_yaml(content)
    except (yaml.YAMLError, ValueError) as error:
        raise PolicyError(f"{name} is no valid YAML{_at(error)}: {_said(error)}", _NEXT) from error
    if root is None:
        raise PolicyError(f"{name} is empty", _NEXT)
    reading = _Reading(name, nulls=nulls)
    plain = reading.value(root, ())
    try:
        return form.model_validate_json(json.dumps(plain), strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        found = tuple(first["loc"])
        line = reading.line_of(found)
        where = ".".join(str(part) for part in found) or "the whole"
        message = _wording(first["type"], first["msg"])
        raise PolicyError(f"{name}, line {line}: {where}: {message}", _NEXT) from error


class _Reading:
    """One pass over the nodes of a file: plain values, and the line of each."""

    def __init__(self, name: str, *, nulls: bool) -> None:
        self._name = name
        self._nulls = nulls
        self._lines: dict[_Place, int] = {}
        self._above: set[int] = set()
        self._values = 0

    def line_of(self, place: _Place) -> int:
        """The line of a value, or of the nearest above it that is there."""
        while place and place not in self._lines:
            place = place[:-1]
        return self._lines.get(place, 1)

    def value(self, node: yaml.Node, place: _Place) -> JsonValue:
        self._values += 1
        if self._values > MOST_VALUES:
            raise self._error(node, f"it holds more than {MOST_VALUES} values; anchors may multiply them")
        if id(node) in self._above:
            raise self._error(node, "an anchor contains itself")
        self._lines[place] = node.start_mark.line + 1
        self._above.add(id(node))
        try:
            return self._inner(node, place)
        finally:
            self._above.discard(id(node))

    def _inner(self, node: yaml.Node, place: _Place) -> JsonValue:
        if isinstance(node, yaml.MappingNode) and node.tag == f"{_TAG}map":
            found: dict[str, JsonValue] = {}
            for key, value in node.value:
                word = self._key(key)
                if word in found:
                    raise self._error(key, f"{word!r} is given twice")
                found[word] = self.value(value, (*place, word))
                self._lines[*place, word] = key.start_mark.line + 1
            return found
        if isinstance(node, yaml.SequenceNode) and node.tag == f"{_TAG}seq":
            return [self.value(member, (*place, position)) for position, member in enumerate(node.value)]
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        raise self._error(node, f"{node.tag} is not read here")

    def _key(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self._error(node, "a key has to be plain text")
        return str(node.value)

    def _scalar(self, node: yaml.ScalarNode) -> JsonValue:
        """A value as it is written; `22:00` and numbers that are not plain ones stay text."""
        text = str(node.value)
        read = _SCALARS.get(node.tag)
        if read is None:
            raise self._error(node, f"{node.tag} is not read here")
        if node.tag == f"{_TAG}null" and not self._nulls:
            raise self._error(node, "nothing stands here; leave the key out, or say what is meant")
        return read(text)

    def _error(self, node: yaml.Node, why: str) -> PolicyError:
        return PolicyError(f"{self._name}, line {node.start_mark.line + 1}: {why}", _NEXT)


def _number(text: str) -> JsonValue:
    return int(text) if _WHOLE.fullmatch(text) else text


def _truth(text: str) -> JsonValue:
    return {"true": True, "false": False}.get(text.lower(), text)


_SCALARS: Mapping[str, Callable[[str], JsonValue]] = {
    f"{_TAG}str": str,
    f"{_TAG}float": str,
    f"{_TAG}int": _number,
    f"{_TAG}bool": _truth,
    f"{_TAG}null": lambda _: None,
    f"{_TAG}merge": str,
    f"{_TAG}value": str,
}
"""How plain values are read. YAML 1.1's yes, no, on and off are text, as in YAML 1.2: a person may be called so."""


def _wording(kind: str, message: str) -> str:
    match kind:
        case "extra_forbidden":
            return "this key is not known"
        case "missing":
            return "this is missing"
        case "string_type":
            return "this has to be text; put it in quotes"
        case _:
            return message.removeprefix("Value error, ")


def _at(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    return f", line {mark.line + 1}" if mark else ""


def _said(error: Exception) -> str:
    """What is wrong, without an excerpt of the file."""
    return " ".join(str(getattr(error, "problem", None) or error).split())[:200]
