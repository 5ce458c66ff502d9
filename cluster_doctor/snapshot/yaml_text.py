"""YAML as Kubernetes reads it, from a text that nobody vouches for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

DEEPEST = 200
"""Levels that documents may be nested."""

MOST_MERGED = 100_000
"""Keys that a mapping may get from `<<`."""


class NestedTooDeeplyError(yaml.YAMLError):
    """A document nests more than `DEEPEST` levels."""


class _KubernetesLoader(yaml.CSafeLoader):
    """Timestamps stay strings. PyYAML's wheels carry the C parser."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - the attribute is PyYAML's
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Merge `<<` as usual, but not without bounds: every level may double the one below."""
        super().flatten_mapping(node)
        if len(node.value) > MOST_MERGED:
            raise yaml.YAMLError(f"a mapping merges more than {MOST_MERGED} keys")


def load_yaml(content: bytes | str) -> Iterator[object]:
    """Parse the documents of a YAML stream, one by one.

    Aliases are shared, not copied: what walks the result has to mind that they may multiply or loop.

    Raises:
        NestedTooDeeplyError: a document nests too deeply; nothing is built then.
        yaml.YAMLError: it is no YAML, or merges too much.
        ValueError: a scalar has no value, such as the date of a 31st of April that is tagged as one.
    """
    _check_depth(content)
    yield from yaml.load_all(content, _KubernetesLoader)


def compose_yaml(content: bytes | str) -> yaml.Node | None:
    """Parse one document into nodes, which know their lines; None if there is none.

    Raises:
        yaml.YAMLError: it is no YAML, holds several documents, or nests too deeply.
    """
    _check_depth(content)
    return yaml.compose(content, _KubernetesLoader)


@dataclass(frozen=True, slots=True)
class DocumentLines:
    """Lines, from 1, where a document and the members of its `items` begin."""

    start: int
    items: tuple[int, ...] = ()


def document_lines(content: bytes | str) -> list[DocumentLines]:
    """Say where the documents of a YAML stream begin, without those that are empty.

    Raises:
        yaml.YAMLError: it is no YAML, or nests too deeply.
    """
    _check_depth(content)
    found = []
    for node in yaml.compose_all(content, _KubernetesLoader):
        if node is None or (isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"):
            continue
        found.append(DocumentLines(node.start_mark.line + 1, tuple(_items(node))))
    return found


def _items(node: yaml.Node) -> Iterator[int]:
    if isinstance(node, yaml.SequenceNode):
        yield from (member.start_mark.line + 1 for member in node.value)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value == "items" and isinstance(value, yaml.SequenceNode):
                yield from (member.start_mark.line + 1 for member in value.value)


def _check_depth(content: bytes | str) -> None:
    """Refuse deep nesting before anything is built: PyYAML's C composer recurses until the process dies."""
    depth = 0
    for event in yaml.parse(content, _KubernetesLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                raise NestedTooDeeplyError(f"nests more than {DEEPEST} levels")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
