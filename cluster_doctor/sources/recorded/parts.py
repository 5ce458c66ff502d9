"""Kubernetes objects out of documents: lists taken apart, and what is none kept aside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import yaml
from pydantic import JsonValue

from cluster_doctor.domain.errors import UnreadableInput
from cluster_doctor.snapshot.kinds import BY_KIND
from cluster_doctor.snapshot.paths import text
from cluster_doctor.snapshot.yaml_text import DocumentLines, document_lines
from cluster_doctor.sources.recorded.documents import documents

RAW = dict[str, JsonValue]
MOST_LOCATED = 1024 * 1024
"""Bytes of a file in which lines are counted; people do not write larger ones."""


@dataclass(frozen=True)
class Part:
    """One object, whether it stood in a list, which shows that its neighbours were read too, and its line."""

    raw: RAW
    listed: bool
    line: int = 0


@dataclass(frozen=True)
class Parts:
    """What one file holds: objects, kinds of whole lists (also of empty ones), and what is no object."""

    objects: tuple[Part, ...]
    lists: frozenset[str] = frozenset()
    odd: tuple[object, ...] = ()


class NoObjectError(UnreadableInput):
    """A file could be read, and is about something else."""


def parts_of(content: bytes, name: str, kind: str = "", *, locate: bool = False) -> Parts:
    """Read a file of objects or lists.

    Args:
        content: JSON or YAML.
        name: what to call it in errors.
        kind: what members of a list are that do not say so.
        locate: whether to note the line of every object.

    Raises:
        NoObjectError: it holds no Kubernetes object.
        UnreadableInput: it is broken.
    """
    if b"\x00" in content[:8192]:
        raise UnreadableInput(f"{name} is binary, not JSON or YAML", "Check that it is the file you mean.")
    if not content.strip():
        raise UnreadableInput(f"{name} is empty", "Was the command that made it refused?")
    read = list(documents(content, name))
    found = parts_in(read, kind, _lines(content if locate else b"", len(read)))
    if not found.objects and not found.lists:
        raise NoObjectError(
            f"{name} holds no Kubernetes object", "Objects have `kind` and `metadata`. Is it the file you mean?"
        )
    return found


def parts_in(read: list[object], kind: str = "", lines: list[DocumentLines] | None = None) -> Parts:
    """Take documents apart that were parsed already."""
    found = list(_taken_apart(read, kind, lines or [DocumentLines(0)] * len(read)))
    lists = frozenset(listed for document in read if (listed := list_kind(document, kind)) is not None)
    return Parts(
        objects=tuple(part for part in found if isinstance(part, Part)),
        lists=lists,
        odd=tuple(part for part in found if not isinstance(part, Part)),
    )


def list_kind(document: object, kind: str = "") -> str | None:
    """Name the kind of a list's members, empty where it does not say; None if it is no list."""
    if isinstance(document, list):
        return kind
    if not isinstance(document, dict):
        return None
    own = text(document, "kind")
    if isinstance(document.get("items"), list) or (own.endswith("List") and "items" in document):
        return own.removesuffix("List") or kind
    return None


def _lines(content: bytes, documents_read: int) -> list[DocumentLines]:
    """Where the documents begin, as far as that is known; large files are not read twice for it."""
    unknown = [DocumentLines(0)] * documents_read
    if not content or len(content) > MOST_LOCATED:
        return unknown
    try:
        found = document_lines(content)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError):
        return unknown  # JSON need not be YAML
    return found if len(found) == documents_read else unknown


def _taken_apart(read: list[object], kind: str, lines: list[DocumentLines]) -> Iterator[object]:
    alone = len(read) == 1
    for document, where in zip(read, lines, strict=True):
        yield from _members(document, kind, where, alone=alone)


def _members(document: object, kind: str, where: DocumentLines, *, alone: bool) -> Iterator[object]:
    listed = list_kind(document, kind)
    if listed is not None:
        items = document.get("items") if isinstance(document, dict) else document
        version = text(document, "apiVersion") if isinstance(document, dict) else ""
        known = BY_KIND.get(listed)
        named = {"kind": listed, "apiVersion": version or (known.api_version if known else "v1")} if listed else {}
        members = items if isinstance(items, list) else []
        starts = where.items if len(where.items) == len(members) else [where.start] * len(members)
        for member, start in zip(members, starts, strict=True):
            if not isinstance(member, dict):
                yield member
            elif list_kind(member) is not None:
                yield from _members(member, "", DocumentLines(start), alone=False)
            else:
                complete = {
                    **named,
                    **{key: value for key, value in member.items() if value is not None or key not in named},
                }
                whole = text(complete, "kind") and isinstance(complete.get("metadata"), dict)
                yield Part(cast("RAW", complete), listed=True, line=start) if whole else member
    elif isinstance(document, dict) and text(document, "kind") and isinstance(document.get("metadata"), dict):
        raw = cast("RAW", document)
        fetched = text(raw, "metadata", "uid") or text(raw, "metadata", "resourceVersion")
        yield Part(raw, listed=not (alone and fetched), line=where.start)
    elif document:
        yield document
