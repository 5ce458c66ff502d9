"""Where a field of an object is set, and what an edit of it reads like there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.steps import FieldEdit
from cluster_doctor.remediation.gitops.encoding import edit_bytes
from cluster_doctor.remediation.gitops.tree import SourceTree


class Way(StrEnum):
    """How a file sets a field."""

    MANIFEST = "the manifest"
    IMAGES = "`images` of the kustomization"
    REPLICAS = "`replicas` of the kustomization"
    PATCH = "a patch that sets it already"
    WIDER_PATCH = "a patch of the object that gets one more field"
    NEW_PATCH = "a new patch in the kustomization"
    VALUES = "the values of the chart"
    NEW_MANIFEST = "a new manifest"
    RESOURCES = "`resources` of the kustomization"


@dataclass(frozen=True)
class Definition:
    """Where edits of one object have to be made.

    Attributes:
        file: path from the top of the repository.
        way: how the file sets the fields.
        ref: the object as the file names it; None where the file is edited as one document.
        edits: the edits in the file's own words.
    """

    file: str
    way: Way
    ref: ObjectRef | None
    edits: tuple[FieldEdit, ...]

    def __str__(self) -> str:
        """`overlays/prod/kustomization.yaml, in `images` of the kustomization`."""
        return f"{self.file}, in {self.way.value}"


def changed_files(tree: SourceTree, definitions: Iterable[Definition]) -> dict[str, bytes]:
    """Make the edits and return the files that they change; the tree stays as it is.

    Raises:
        RemediationError: a file cannot be edited safely, or is not what the edits assume.
    """
    changed: dict[str, bytes] = {}
    for definition in definitions:
        content = changed[definition.file] if definition.file in changed else tree.read(definition.file)
        try:
            changed[definition.file] = edit_bytes(content, definition.ref, definition.edits)
        except RemediationError as error:
            raise type(error)(f"{definition.file}: {error.what}", error.next_step) from error
    return changed
