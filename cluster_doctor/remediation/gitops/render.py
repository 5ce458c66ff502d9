"""Renders a source before and after an edit with the tools that deploy it, where they are installed.

They run on a copy of the files and never on the network: what a source takes in from elsewhere is not rendered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import JsonValue
from yaml import YAMLError

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.steps import FieldEdit
from cluster_doctor.remediation.fields import edited, same, value_at
from cluster_doctor.remediation.gitops.assumed import is_assumed
from cluster_doctor.remediation.gitops.confined import RenderingError, output_of
from cluster_doctor.remediation.gitops.difference import first_difference
from cluster_doctor.remediation.gitops.helm_command import UNCHECKED
from cluster_doctor.remediation.gitops.tree import SourceTree
from cluster_doctor.snapshot.paths import text
from cluster_doctor.snapshot.yaml_text import load_yaml

Objects = dict[ObjectRef, dict[str, JsonValue]]


@dataclass(frozen=True)
class Rendering:
    """Whether an edit was seen in what is deployed, by which command, or why not, and the object with the edit made."""

    performed: bool
    note: str
    target: dict[str, JsonValue] | None = None


def check_rendering(
    command: Sequence[str], before: SourceTree, after: SourceTree, ref: ObjectRef, edits: Sequence[FieldEdit]
) -> Rendering:
    """Render twice and hold the difference against the edits.

    Raises:
        RemediationError: what is deployed would change in another way than the edits say.
    """
    try:
        old = rendered(command, before)
    except RenderingError as error:
        return Rendering(performed=False, note=f"not rendered: {error.what}")
    new = _rendered_too(command, after)
    target = next((there for there in new if _is(there, ref)), None)
    if target is None:
        raise RemediationError(f"rendered with {_said(command)}, {ref} is not there", "Name its source.")
    if target in old:
        old = {**old, target: _wanted(old[target], edits)}
    return _as_expected(command, old, new, target)


def check_creation(
    command: Sequence[str], before: SourceTree, after: SourceTree, ref: ObjectRef, manifest: dict[str, JsonValue]
) -> Rendering:
    """Render twice and see that one object comes out more, as its manifest says, and nothing else changes.

    Raises:
        RemediationError: something else would be deployed.
    """
    try:
        old = rendered(command, before)
    except RenderingError as error:
        return Rendering(performed=False, note=f"not rendered: {error.what}")
    new = _rendered_too(command, after)
    target = next((there for there in new if _is(there, ref)), None)
    if target is None or target in old or not _says(new[target], manifest):
        raise RemediationError(
            f"rendered with {_said(command)}, {ref} does not come out as it is meant", "Write it down by hand."
        )
    return _as_expected(command, {**old, target: new[target]}, new, target)


def _rendered_too(command: Sequence[str], after: SourceTree) -> Objects:
    """Render what rendered before the edit.

    Raises:
        RemediationError: it does not any more.
    """
    try:
        return rendered(command, after)
    except RenderingError as error:
        raise RemediationError(
            f"with the edit it does not render any more: {error.what}", "Edit it by hand."
        ) from error


def _as_expected(command: Sequence[str], expected: Objects, new: Objects, target: ObjectRef) -> Rendering:
    for there in sorted(expected.keys() | new.keys()):
        wanted, found = expected.get(there), new.get(there)
        if wanted is None or found is None or not same(wanted, found):
            change = first_difference(wanted, found)
            raise RemediationError(
                f"rendered with {_said(command)}, the edit changes {there} at {change} as nobody asked for",
                "Edit it by hand.",
            )
    unchecked = "; the schema of the values refers elsewhere, and was not asked" if UNCHECKED in command else ""
    note = f"rendered before and after with {_said(command)}: exactly the edit{unchecked}"
    return Rendering(performed=True, note=note, target=new[target])


def _says(found: JsonValue, manifest: JsonValue) -> bool:
    """Whether a rendered object says what its manifest does; labels and the like may have been added."""
    if isinstance(found, dict) and isinstance(manifest, dict):
        return all(_says(found.get(key), value) for key, value in manifest.items())
    return same(found, manifest)


def _said(command: Sequence[str]) -> str:
    return f"`{' '.join(command[:2])}`"


def rendered(command: Sequence[str], tree: SourceTree) -> Objects:
    """Render a copy of a tree.

    Raises:
        RenderingError: the tool fails, takes too long, or writes too much, or what is no YAML.
    """
    return _objects(output_of(command, tree))


def _objects(content: bytes) -> Objects:
    found: Objects = {}
    try:
        for value in load_yaml(content):
            if isinstance(value, dict):
                ref = ObjectRef(
                    kind=text(value, "kind"),
                    name=text(value, "metadata", "name"),
                    namespace=text(value, "metadata", "namespace") or None,
                    api_version=text(value, "apiVersion"),
                )
                found[ref] = value
    except (YAMLError, ValueError) as error:
        raise RenderingError("what it wrote is no YAML") from error
    return found


def _is(there: ObjectRef, ref: ObjectRef) -> bool:
    """Whether a rendered object is the one; what deploys it may give it its namespace only then."""
    space = there.namespace or ref.namespace
    return ObjectRef(kind=there.kind, name=there.name, namespace=space, api_version=there.api_version) == ref


def _wanted(old: dict[str, JsonValue], edits: Sequence[FieldEdit]) -> dict[str, JsonValue]:
    """The rendered object with the edits made; a field that means what an edit assumes is taken as it."""
    for edit in edits:
        now = value_at(old, edit.path)
        if not is_assumed(edit.path, now, edit.was):
            raise RemediationError(
                f"rendered, {edit.place} is {now!r} and was to be {edit.was!r}", "Diagnose again; it may not be synced."
            )
        old = edited(old, [FieldEdit(path=edit.path, was=now, becomes=edit.becomes)])
    return old
