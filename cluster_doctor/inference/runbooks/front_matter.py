"""What a runbook says of itself, in YAML above its text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from cluster_doctor.snapshot.yaml_text import compose_yaml

MOST_ENTRIES = 200
"""Entries of one list."""
LONGEST = 200
"""Characters of a title or an entry."""
_NULL = "tag:yaml.org,2002:null"


class UnfitFrontMatterError(Exception):
    """It is no YAML, or not what it should be."""


@dataclass(frozen=True)
class Named:
    """One entry, with its line in the file, from 1."""

    word: str
    line: int


@dataclass(frozen=True)
class FrontMatter:
    """For which rules and symptoms a runbook is, to which kinds of objects it is bound, and what it is called."""

    rules: tuple[Named, ...] = ()
    symptoms: tuple[Named, ...] = ()
    kinds: tuple[Named, ...] = ()
    title: str = ""
    url: str = ""

    @property
    def says_when(self) -> bool:
        """Whether it tells what the runbook is for, so that nothing has to be read off the text."""
        return bool(self.rules or self.symptoms)


def read_front_matter(text: str) -> FrontMatter:
    """Read what stands between the two fences; keys of other tools are passed over.

    Raises:
        UnfitFrontMatterError: it cannot be read; the message says why.
    """
    try:
        root = compose_yaml(text)
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 2}: " if error.problem_mark else ""
        raise UnfitFrontMatterError(f"it is no valid YAML: {line}{error.problem}") from error
    except (yaml.YAMLError, ValueError) as error:
        raise UnfitFrontMatterError(f"it is no valid YAML: {' '.join(str(error).split())[:LONGEST]}") from error
    if root is None:
        return FrontMatter()
    if not isinstance(root, yaml.MappingNode):
        raise UnfitFrontMatterError("it is no mapping with rules, symptoms, kinds, title and url")
    found: dict[str, yaml.Node] = {}
    for key, value in root.value:
        if isinstance(key, yaml.ScalarNode):
            found.setdefault(key.value, value)
    url = _word(found.get("url"))
    if url and not url.startswith(("https://", "http://")):
        raise UnfitFrontMatterError(f"its url {url!r} does not begin with https://")
    return FrontMatter(
        rules=tuple(_entries("rules", found.get("rules"))),
        symptoms=tuple(_entries("symptoms", found.get("symptoms"))),
        kinds=tuple(_entries("kinds", found.get("kinds"))),
        title=_word(found.get("title")),
        url=url,
    )


def _entries(name: str, node: yaml.Node | None) -> Iterator[Named]:
    if node is None:
        return
    members = node.value if isinstance(node, yaml.SequenceNode) else [node]
    for member in members[:MOST_ENTRIES]:
        if not isinstance(member, yaml.ScalarNode):
            raise UnfitFrontMatterError(f"{name} should be a list of words")
        word = _word(member)
        if word:
            yield Named(word, member.start_mark.line + 2)  # lines are counted from 0, and below the first fence


def _word(node: yaml.Node | None) -> str:
    if not isinstance(node, yaml.ScalarNode) or node.tag == _NULL:
        return ""
    return " ".join(str(node.value).split())[:LONGEST]
