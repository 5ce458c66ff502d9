"""JSON and YAML documents from a text that nobody vouches for."""

from __future__ import annotations

import json
from collections.abc import Iterator

import orjson
import yaml

from cluster_doctor.domain.errors import UnreadableInput
from cluster_doctor.snapshot.yaml_text import DEEPEST, NestedTooDeeplyError, load_yaml

MOST_NODES = 5_000_000
"""Values that one YAML stream may hold once its aliases are expanded."""
MOST_YAML = 64 * 1024 * 1024
"""Bytes of YAML that are parsed; JSON of that size takes a hundredth of the time."""


def documents(content: bytes, name: str) -> Iterator[object]:
    """Parse JSON, or YAML of one or more documents.

    Args:
        content: the text.
        name: what to call it in errors.

    Raises:
        UnreadableInput: it is neither, is too large, or expands beyond all bounds.
    """
    if content.lstrip()[:1] in (b"{", b"["):
        try:
            yield orjson.loads(content)
        except orjson.JSONDecodeError as error:
            odd = _odd_json(content)
            if odd is not None:
                yield odd
                return
            if len(content) > MOST_YAML or not _may_be_yaml(content):
                raise UnreadableInput(
                    f"{name} holds broken JSON: {error}", "Was it cut off? Run the command that made it again."
                ) from error
        else:
            return
    yield from _yaml_documents(content, name)


def _odd_json(content: bytes) -> object:
    """Read JSON with lone surrogates or bytes that are no UTF-8, which strict readers refuse; None if it is broken."""
    if len(content) > MOST_YAML:
        return None
    try:
        read: object = json.loads(content.decode("utf-8", "replace"), strict=False)
    except (ValueError, RecursionError):
        return None
    return read


def _may_be_yaml(content: bytes) -> bool:
    """Tell YAML's flow style, which has bare words, from JSON that is broken."""
    return not content.lstrip()[1:].lstrip().startswith((b'"', b"{"))


def _yaml_documents(content: bytes, name: str) -> Iterator[object]:
    if len(content) > MOST_YAML:
        raise UnreadableInput(
            f"{name} holds {len(content)} bytes of YAML; {MOST_YAML} are read at the most",
            "Use `-o json`, or a snapshot from `cluster-doctor record`.",
        )
    try:
        for document in load_yaml(content):
            if b"&" in content:
                _measure(document, name)
            if document is not None:
                yield document
    except NestedTooDeeplyError as error:
        raise UnreadableInput(f"{name} {error}", "Do not trust its origin.") from error
    except yaml.YAMLError as error:
        problem = " ".join(str(error).split())
        raise UnreadableInput(f"{name} is no valid YAML: {problem}", "Correct the line that is named.") from error
    except (RecursionError, UnicodeDecodeError, ValueError) as error:
        raise UnreadableInput(f"{name} is no valid YAML: {error}", "Check that it is the file you mean.") from error


def _measure(document: object, name: str) -> None:
    """Refuse documents whose aliases refer to themselves or multiply beyond the limit."""
    sizes: dict[int, int] = {}
    open_nodes: set[int] = set()

    def size(value: object, depth: int) -> int:
        if not isinstance(value, (dict, list)):
            return 1
        known = sizes.get(id(value))
        if known is not None:
            return known
        if id(value) in open_nodes or depth > DEEPEST:
            raise UnreadableInput(f"{name} has an alias that refers to itself, or nests too deeply", _BOMB)
        open_nodes.add(id(value))
        members = [*value.keys(), *value.values()] if isinstance(value, dict) else value
        total = 1 + sum(size(member, depth + 1) for member in members)
        open_nodes.discard(id(value))
        if total > MOST_NODES:
            raise UnreadableInput(f"{name} has aliases that expand to more than {MOST_NODES} values", _BOMB)
        sizes[id(value)] = total
        return total

    size(document, 0)


_BOMB = "Do not trust its origin; write the values out if it is yours."
