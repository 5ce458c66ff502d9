"""Objects that kubectl prints whole: `-o yaml`, `-o json`, and manifests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

import orjson
import yaml
from pydantic import JsonValue

from cluster_doctor.snapshot.yaml_text import load_yaml
from cluster_doctor.sources.terminal.merge import JsonObject

MOST_ALIASES = 50
"""More references than any person's manifest holds; a few dozen that nest can fill the memory."""

_ALIAS = re.compile(r"(?:^|[\s,\[{])\*[A-Za-z0-9_-]+", re.MULTILINE)


def read_documents(text: str) -> list[JsonObject]:
    """Read YAML or JSON into objects; lists are opened, what is no object is left out.

    Raises:
        ValueError: the text is neither, nests too deeply, or holds too many references.
    """
    found: list[JsonValue]
    if text.lstrip().startswith(("{", "[")):
        try:
            found = [orjson.loads(text)]
        except orjson.JSONDecodeError as broken:
            raise ValueError(f"not JSON: {broken}") from broken
    else:
        if len(_ALIAS.findall(text)) > MOST_ALIASES:
            raise ValueError("too many references")
        try:
            found = list(cast("Iterator[JsonValue]", load_yaml(text)))
        except (yaml.YAMLError, RecursionError) as broken:
            raise ValueError(f"not YAML: {broken}") from broken
    return [member for document in found for member in _opened(document)]


def _opened(document: JsonValue) -> Iterator[JsonObject]:
    if isinstance(document, list):
        for member in document:
            yield from _opened(member)
    elif isinstance(document, dict):
        items = document.get("items")
        if isinstance(items, list) and str(document.get("kind", "List")).endswith("List"):
            inner = str(document.get("kind", "List")).removesuffix("List")
            version = document.get("apiVersion", "v1")
            for member in items:
                if isinstance(member, dict):
                    yield {"kind": inner, "apiVersion": version, **member} if inner else member
        elif isinstance(document.get("kind"), str) and isinstance(document.get("metadata"), dict):
            yield document
