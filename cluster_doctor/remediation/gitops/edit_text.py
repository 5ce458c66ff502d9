"""Edits the text of a manifest so that exactly the intended lines change.

Each edit is taken apart into single changes. A change is spliced into the text as it was written, the text is read
again, and unless the one thing that was to change is the one thing that did, the edit is refused. Aliases and merge
keys: a field that is reached through one gets a value of its own, a scalar that others refer to hands its anchor on to
the first of them, and what else is shared is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from json import loads

from pydantic import JsonValue

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.steps import FieldEdit
from cluster_doctor.remediation.fields import ValueDiffersError, edited, same, value_at
from cluster_doctor.remediation.gitops.assumed import is_assumed
from cluster_doctor.remediation.gitops.changes import splices_for
from cluster_doctor.remediation.gitops.difference import Difference, first_difference, with_difference
from cluster_doctor.remediation.gitops.layout import layout_of
from cluster_doctor.remediation.gitops.parsing import is_json, parse
from cluster_doctor.remediation.gitops.scalars import value_of
from cluster_doctor.remediation.gitops.splices import spliced

MOST_CHANGES = 500
"""Single changes that one edit may come to."""


class NotInFileError(RemediationError):
    """An object is not in a file that could be read."""


_PARTS = re.compile(r"^(?:%.*\r?\n)*---(?=\s|$)", re.MULTILINE)
_WHOLE = "document"


def edit_text(text: str, ref: ObjectRef | None, edits: Sequence[FieldEdit]) -> str:
    """Make edits of one object in a text.

    Args:
        text: YAML with any number of documents and `List` kinds, or JSON.
        ref: the object; None for a text that is one document of any kind, such as Helm values.
        edits: the fields to set, in order. The path of an edit may begin in a list where the document is one.

    Returns:
        The text with the edits made.

    Raises:
        ValueDiffersError: a field is not what an edit assumes.
        RemediationError: the object is not there, or there twice, or the edit cannot be made without touching others.
    """
    start, stop, number, prefix = find_object(text, ref)
    part = text[start:stop]
    for edit in edits:
        part = _edited(part, number, prefix, edit)
    return text[:start] + part + text[stop:]


def find_object(text: str, ref: ObjectRef | None) -> tuple[int, int, int, tuple[str | int, ...]]:
    """Find an object in a text.

    Returns:
        Where the part of the text begins and ends that holds it, its document's number there, its path in this.

    Raises:
        RemediationError: it is not there, or there twice, or the text cannot be read.
    """
    found: list[tuple[bool, tuple[int, int, int, tuple[str | int, ...]]]] = []
    for start, stop in _parts(text):
        part = text[start:stop]
        if ref is not None and ref.name not in part and "\\" not in part:
            continue
        for number, node in enumerate(parse(part)):
            value = value_of(node)
            if ref is None:
                found += [(True, (start, stop, number, ()))] if value is not None else []
            else:
                found += [(exact, (start, stop, number, path)) for exact, path in _objects(value, ref)]
    best = [place for exact, place in found if exact] or [place for _, place in found]
    what = str(ref) if ref else "a document"
    if not best:
        raise NotInFileError(f"{what} is not in the file", "Look for it elsewhere.")
    if len(best) > 1:
        raise RemediationError(f"{what} is in the file {len(best)} times", "Remove all but one, or edit it by hand.")
    return best[0]


def _parts(text: str) -> Iterator[tuple[int, int]]:
    """Where the parts between document separators begin and end; anchors never reach beyond them."""
    starts = [found.start() for found in _PARTS.finditer(text)]
    bounds = [0, *(start for start in starts if start), len(text)]
    yield from pairwise(bounds)


def _objects(
    value: JsonValue, ref: ObjectRef, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[bool, tuple[str | int, ...]]]:
    """Where a document holds an object, and whether it states the namespace."""
    if not isinstance(value, dict):
        return
    items, kind = value.get("items"), value.get("kind")
    if isinstance(items, list) and isinstance(kind, str) and kind.endswith("List"):
        for position, item in enumerate(items):
            yield from _objects(item, ref, (*path, "items", position))
    metadata, version = value.get("metadata"), value.get("apiVersion")
    if kind != ref.kind or not isinstance(metadata, dict) or metadata.get("name") != ref.name:
        return
    group = version.rpartition("/")[0] if isinstance(version, str) else None
    space = metadata.get("namespace")
    if group in {None, ref.group} and (space == ref.namespace or not space or not ref.namespace):
        yield space == ref.namespace, path


def _edited(text: str, number: int, prefix: tuple[str | int, ...], edit: FieldEdit) -> str:
    roots = parse(text)
    values = [value_of(root) for root in roots]
    way = (_WHOLE, *(f"[{part}]" if isinstance(part, int) else part for part in prefix))
    wanted = _wanted(values[number], way, edit)
    json = is_json(text)
    if json and not same(values[number], loads(text)):
        raise RemediationError("it is JSON with characters that mean another thing as YAML", "Edit it by hand.")
    for _ in range(MOST_CHANGES):
        change = first_difference(values[number], wanted)
        if change is None:
            return text
        root = roots[number]
        made, splices = splices_for(text, root, change, wanted, layout_of(text, root, json=json))
        text = spliced(text, splices)
        try:
            roots = parse(text)
        except RemediationError as error:
            raise _unclear(made, error.what) from error
        expected = [*values[:number], with_difference(values[number], made), *values[number + 1 :]]
        values = [value_of(root) for root in roots]
        if not same(list(values), list(expected)):
            raise _unclear(made, "something else in the document would change with it")
        if json and not is_json(text):
            raise _unclear(made, "the file would be no JSON any more")
    raise RemediationError(f"{edit.place} comes to more than {MOST_CHANGES} changes", "Edit it by hand.")


def _wanted(value: JsonValue, way: tuple[str, ...], edit: FieldEdit) -> JsonValue:
    """The document as it shall be, if the field is what the edit assumes."""
    whole: dict[str, JsonValue] = {_WHOLE: value}
    now = value_at(whole, (*way, *edit.path))
    if not is_assumed(edit.path, now, edit.was):
        done = same(now, edit.becomes)
        raise ValueDiffersError(
            f"{edit.place} was to be {_shown(edit.was)} and is {_shown(now)} in the file"
            + (", as it is to become" if done else ""),
            "The cluster may not have taken it up yet." if done else "Diagnose again, or edit it by hand.",
        )
    return edited(whole, [FieldEdit(path=(*way, *edit.path), was=now, becomes=edit.becomes)])[_WHOLE]


def _unclear(change: Difference, why: str) -> RemediationError:
    return RemediationError(f"{change} cannot be changed by itself: {why}", "Edit it by hand.")


def _shown(value: JsonValue) -> str:
    return "absent" if value is None else repr(value)
