"""What differs between two states of one object, field by field, in the form that can be taken back."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import JsonValue

from cluster_doctor.domain.steps import FieldEdit
from cluster_doctor.remediation.fields import Object, keys_of, position_in, same

MARK = "cluster-doctor.io/step"
"""Annotation that tells which step wrote an object last."""

_OF_THE_SERVER = frozenset(
    {"managedFields", "resourceVersion", "generation", "creationTimestamp", "selfLink", "uid", "deletionTimestamp"}
)
_MAPS = (
    ("metadata", "annotations"), ("metadata", "labels"),
    ("spec", "template", "metadata", "annotations"), ("spec", "template", "metadata", "labels"),
)  # fmt: skip
_NAMES = (
    ("name",), ("mountPath",), ("containerPort", "protocol"), ("port", "protocol"), ("key",), ("type",), ("ip",),
    ("host",), ("path", "pathType"),
)  # fmt: skip
"""Fields by which a list's members are told apart, the first that all of them have wins."""


def difference(before: Object, after: Object) -> tuple[FieldEdit, ...]:
    """List what changed of an object's specification, metadata and contents.

    The status, and what the server itself keeps in the metadata, are left out, and so is our own mark.
    """
    return tuple(_differing((), bare(before), bare(after)))


def contents(made: Object) -> tuple[FieldEdit, ...]:
    """List the fields of an object that is made, beyond kind and name, as `difference` does from an empty one."""
    metadata = made.get("metadata")
    named = metadata if isinstance(metadata, dict) else {}
    empty: Object = {key: {} for key, value in made.items() if isinstance(value, dict)}
    return difference({**empty, "metadata": {key: named[key] for key in ("name", "namespace") if key in named}}, made)


def bare(raw: Object) -> Object:
    """An object without its status, what the server keeps of it, and our mark."""
    kept = {key: value for key, value in raw.items() if key not in {"status", "apiVersion", "kind"}}
    metadata = raw.get("metadata")
    if isinstance(metadata, dict):
        inner = {key: value for key, value in metadata.items() if key not in _OF_THE_SERVER}
        annotations = inner.get("annotations")
        if isinstance(annotations, dict) and MARK in annotations:
            inner["annotations"] = {key: value for key, value in annotations.items() if key != MARK}
        kept["metadata"] = {key: value for key, value in inner.items() if value or ("metadata", key) not in _MAPS}
    return kept


def _differing(path: tuple[str, ...], before: JsonValue, after: JsonValue) -> Iterator[FieldEdit]:
    if same(before, after):
        return
    if path in _MAPS:  # each key is somebody's own
        before, after = before or {}, after or {}
    if (
        isinstance(before, dict)
        and isinstance(after, dict)
        and not any(key.startswith("[") for key in (*before, *after))
    ):
        for key in dict.fromkeys((*before, *after)):
            yield from _differing((*path, key), before.get(key), after.get(key))
        return
    if isinstance(before, list) and isinstance(after, list):
        names = next((names for names in _NAMES if _told_apart(before, names) and _told_apart(after, names)), None)
        if names and before and after:
            old, new = _by_name(before, names), _by_name(after, names)
            if list(new)[: len(old)] == list(old):  # else members could not be put back where they were
                for name in new:
                    yield from _differing((*path, name), old.get(name), new[name])
                return
    yield FieldEdit(path=path, was=before, becomes=after)


def _told_apart(members: list[JsonValue], names: tuple[str, ...]) -> bool:
    first = names[0]
    if not all(isinstance(member, dict) and isinstance(member.get(first), str | int) for member in members):
        return False
    return len(_by_name(members, names)) == len(members)


def _by_name(members: list[JsonValue], names: tuple[str, ...]) -> dict[str, JsonValue]:
    named: dict[str, JsonValue] = {}
    for member in members:
        if isinstance(member, dict):
            held = {name: member[name] for name in names if name in member}
            told = f"[{','.join(f'{name}={value}' for name, value in held.items())}]"
            at = position_in(members, told)
            if at is not None and members[at] is member and keys_of(told) == held:
                named[told] = member
    return named
