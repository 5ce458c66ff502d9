"""A new inline patch in a kustomization, for a field that no layer sets."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import JsonValue

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.steps import FieldEdit
from cluster_doctor.remediation.gitops.definition import Definition, Way
from cluster_doctor.remediation.gitops.kustomization import Layer
from cluster_doctor.remediation.gitops.layout import Layout, block_lines
from cluster_doctor.remediation.strategic import patch_of
from cluster_doctor.snapshot.kinds import BY_KIND


def new_patch(layer: Layer, ref: ObjectRef, edits: list[FieldEdit]) -> Definition:
    """Add a strategic merge patch of one object at the end of `patches`.

    Raises:
        RemediationError: the edits cannot be said as a strategic merge patch.
    """
    patch = patch_of(edits)
    if patch is None or not merges(ref, edits):
        raise RemediationError(
            f"{layer.file}: a patch of {ref} would replace a whole list", "Write a JSON 6902 patch by hand."
        )
    body: dict[str, JsonValue] = {"apiVersion": ref.api_version, "kind": ref.kind}
    inner = patch.pop("metadata", None)
    body["metadata"] = {"name": layer.name, **(inner if isinstance(inner, dict) else {})}
    body |= patch
    text = "\n".join(block_lines(body, 0, Layout())) + "\n"
    target: dict[str, JsonValue] = {"kind": ref.kind, "name": layer.name}
    if ref.group:
        target = {"group": ref.group, **target}
    entry: JsonValue = {"target": target, "patch": text}
    now = layer.says.get("patches")
    if isinstance(now, list) and now:
        edit = FieldEdit(path=("patches", f"[{len(now)}]"), becomes=entry)
    else:
        edit = FieldEdit(path=("patches",), was=now, becomes=[entry])
    return Definition(layer.file, Way.NEW_PATCH, None, (edit,))


def merges(ref: ObjectRef, edits: Iterable[FieldEdit]) -> bool:
    """Whether a strategic merge patch leaves the rest of a list alone, as Kubernetes' own kinds say how to."""
    known = BY_KIND.get(ref.kind)
    own = known is not None and known.api_version.rpartition("/")[0] == ref.group
    return own or not any(part.startswith("[") for edit in edits for part in edit.path)
