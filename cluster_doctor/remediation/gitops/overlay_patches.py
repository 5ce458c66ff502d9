"""Patches of an overlay that set a field already, or could."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pydantic import JsonValue

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.steps import FieldEdit
from cluster_doctor.remediation.fields import value_at
from cluster_doctor.remediation.gitops.definition import Definition, Way
from cluster_doctor.remediation.gitops.edit_text import edit_text
from cluster_doctor.remediation.gitops.encoding import decoded
from cluster_doctor.remediation.gitops.kustomization import Layer, is_target, patches_of
from cluster_doctor.remediation.gitops.new_patch import merges
from cluster_doctor.remediation.gitops.parsing import parse
from cluster_doctor.remediation.gitops.scalars import value_of
from cluster_doctor.remediation.gitops.tree import SourceTree
from cluster_doctor.snapshot.paths import text


@dataclass(frozen=True)
class _Patch:
    """A patch of a layer that concerns the object: its text, where that stands, and its one matching document."""

    layer: Layer
    place: tuple[str, ...]
    file: str
    content: str
    value: JsonValue
    ref: ObjectRef | None

    def definition(self, way: Way, edits: tuple[FieldEdit, ...]) -> Definition:
        """Edits of the patch; those of an inline patch are one edit of the kustomization."""
        if self.file:
            return Definition(self.file, way, self.ref, edits)
        new = edit_text(self.content, self.ref, edits)
        edit = FieldEdit(path=self.place, was=self.content, becomes=new)
        return Definition(self.layer.file, way, None, (edit,))


def existing_patch(
    tree: SourceTree, layer: Layer, ref: ObjectRef, manifest: dict[str, JsonValue], edit: FieldEdit
) -> Definition | None:
    """The patch of a layer that sets a field; the last one, as it wins.

    Raises:
        RemediationError: the patch selects by label, or others besides the object.
    """
    found: Definition | None = None
    for patch, alone in _patches(tree, layer, ref):
        path = _path_in(patch, manifest, edit)
        if path is None:
            continue
        if not alone:
            raise RemediationError(
                f"{patch.file or layer.file}: the patch that sets {edit.place} selects more than {ref}",
                "Edit it by hand.",
            )
        if edit.becomes is None and (patch.ref is None or value_at(manifest, edit.path) is not None):
            raise RemediationError(
                f"{patch.file or layer.file}: without the patch's {edit.place} that of the manifest would count",
                "Edit it by hand.",
            )
        found = patch.definition(Way.PATCH, (edit.model_copy(update={"path": path}),))
    return found


def wider_patch(tree: SourceTree, layer: Layer, ref: ObjectRef, edits: list[FieldEdit]) -> Definition | None:
    """A strategic patch of the object alone that can take more fields; None if the layer has none."""
    if any(edit.becomes is None for edit in edits) or not merges(ref, edits):
        return None
    for patch, alone in _patches(tree, layer, ref):
        if alone and isinstance(patch.value, dict):
            fresh = tuple(edit.model_copy(update={"was": None}) for edit in edits)
            return patch.definition(Way.WIDER_PATCH, fresh)
    return None


def _patches(tree: SourceTree, layer: Layer, ref: ObjectRef) -> Iterator[tuple[_Patch, bool]]:
    """The patches that concern the object, and whether they concern it alone."""
    for place, inline, path, target in patches_of(layer):
        file = layer.path(path) if path and not inline else ""
        content = decoded(tree.read(file))[2] if file else inline
        values = [value_of(node) for node in parse(content)]
        selected = is_target(target, layer, ref)
        if selected is False:
            continue
        named = bool(text(target, "name")) and bool(text(target, "kind")) and selected is True
        plain_name = text(target, "name") in layer.names
        for value in values:
            if isinstance(value, list) and target:
                yield _Patch(layer, place, file, content, value, None), named and plain_name
            elif isinstance(value, dict):
                name = text(value, "metadata", "name")
                if not target and (text(value, "kind") != ref.kind or name not in layer.names):
                    continue
                inner = replace(_ref_of(value), namespace=None)
                yield _Patch(layer, place, file, content, value, inner), not target or (named and plain_name)


def _ref_of(value: dict[str, JsonValue]) -> ObjectRef:
    return ObjectRef(
        kind=text(value, "kind"), name=text(value, "metadata", "name"), api_version=text(value, "apiVersion") or "v1"
    )


def _path_in(patch: _Patch, manifest: dict[str, JsonValue], edit: FieldEdit) -> tuple[str, ...] | None:
    """Where the patch sets the field; None if it does not."""
    if isinstance(patch.value, dict):
        return edit.path if value_at(patch.value, edit.path) is not None else None
    pointer = _pointer(manifest, edit.path)
    operations = patch.value if isinstance(patch.value, list) else []
    found = None
    for position, operation in enumerate(operations):
        if not isinstance(operation, dict) or text(operation, "op") not in {"add", "replace"}:
            continue
        given = tuple(part.replace("~1", "/").replace("~0", "~") for part in text(operation, "path").split("/")[1:])
        if given == pointer[: len(given)] and given:
            rest = edit.path[len(given) :]
            if value_at({"value": operation.get("value")}, ("value", *rest)) is not None:
                found = (f"[{position}]", "value", *rest)
    return found


def _pointer(manifest: dict[str, JsonValue], path: tuple[str, ...]) -> tuple[str, ...]:
    """The path as a JSON pointer has it, members by their positions in the manifest."""
    pointer = list[str]()
    for depth, part in enumerate(path):
        if part.startswith("["):
            members = value_at(manifest, path[:depth])
            member = value_at(manifest, path[: depth + 1])
            pointer.append(str(members.index(member)) if isinstance(members, list) and member in members else "?")
        else:
            pointer.append(part)
    return tuple(pointer)
