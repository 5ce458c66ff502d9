"""Where a kustomization sets a field of an object.

The deployed overlay is looked at first, then what it takes in, layer by layer, because the outermost that sets a field
wins. In each layer, as kustomize runs them, the last first: `replicas` and `images`, then patches that set the field.
A field that no layer sets is written into the manifest if the deployed kustomization lists that itself. A manifest
further down may be shared with other overlays; so the field is added to a patch of the object in the deployed overlay,
or a new inline patch is made there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pydantic import JsonValue

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.steps import FieldEdit
from cluster_doctor.remediation.fields import ValueDiffersError, value_at
from cluster_doctor.remediation.gitops.assumed import is_assumed
from cluster_doctor.remediation.gitops.definition import Definition, Way
from cluster_doctor.remediation.gitops.image_name import ImageName, image_name
from cluster_doctor.remediation.gitops.kustomization import Layer, Layered, find_layers
from cluster_doctor.remediation.gitops.manifests import object_in
from cluster_doctor.remediation.gitops.new_patch import new_patch
from cluster_doctor.remediation.gitops.overlay_patches import existing_patch, wider_patch
from cluster_doctor.remediation.gitops.tree import SourceTree
from cluster_doctor.snapshot.paths import text


def find_in_kustomization(
    tree: SourceTree, folder: str, ref: ObjectRef, edits: Iterable[FieldEdit]
) -> tuple[Definition, ...]:
    """Find where the deployed kustomization of a folder sets the fields of an object.

    Raises:
        RemediationError: the object does not come from there, or a field cannot be set without side effects.
    """
    layered = find_layers(tree, folder, ref)
    manifest = object_in(tree, layered.file, layered.ref)
    found, fresh = list[Definition](), list[FieldEdit]()
    for edit in edits:
        place = _where(tree, layered, manifest, edit)
        if place is None:
            fresh.append(edit)
        else:
            found.append(place)
    if fresh:
        found.append(_unset(tree, layered, manifest, fresh))
    return tuple(found)


def _where(tree: SourceTree, layered: Layered, manifest: dict[str, JsonValue], edit: FieldEdit) -> Definition | None:
    """Where a layer sets the field; None if none does."""
    images = _images_below(layered, manifest, edit)
    for position in range(len(layered.layers) - 1, -1, -1):
        layer = layered.layers[position]
        place = (
            _in_images(layer, images[position], edit)
            or _in_replicas(layer, edit)
            or existing_patch(tree, layer, layered.ref, manifest, edit)
        )
        if place:
            return place
    return None


def _unset(tree: SourceTree, layered: Layered, manifest: dict[str, JsonValue], edits: list[FieldEdit]) -> Definition:
    """Where to set fields that only the manifest sets, or nothing does."""
    deployed = layered.layers[-1]
    if deployed.lists:
        return Definition(layered.file, Way.MANIFEST, layered.ref, tuple(edits))
    for edit in edits:
        now = value_at(manifest, edit.path)
        if not is_assumed(edit.path, now, edit.was):
            raise ValueDiffersError(
                f"{layered.file}: {edit.place} was to be {edit.was!r} and is {now!r}, and no kustomization changes it",
                "Diagnose again, or edit it by hand.",
            )
    return wider_patch(tree, deployed, layered.ref, edits) or new_patch(deployed, layered.ref, edits)


def _images_below(layered: Layered, manifest: dict[str, JsonValue], edit: FieldEdit) -> list[ImageName | None]:
    """The image of the edited container as each layer finds it."""
    now = value_at(manifest, edit.path) if edit.path[-1] == "image" else None
    image = image_name(now) if isinstance(now, str) else None
    found = list[ImageName | None]()
    for layer in layered.layers:
        found.append(image)
        if image is not None:
            for _, entry in _images(layer, image):
                image = _renamed(image, entry)
    return found


def _images(layer: Layer, image: ImageName) -> Iterator[tuple[int, dict[str, JsonValue]]]:
    entries = layer.says.get("images")
    for position, entry in enumerate(entries if isinstance(entries, list) else []):
        if isinstance(entry, dict) and text(entry, "name") == image.name:
            yield position, entry


def _renamed(image: ImageName, entry: dict[str, JsonValue]) -> ImageName:
    """The image that an entry of `images` makes: a tag drops the digest, a digest the tag, unless both are given."""
    tag, digest = text(entry, "newTag"), text(entry, "digest")
    name = text(entry, "newName") or image.name
    return ImageName(name, tag, digest) if tag or digest else ImageName(name, image.tag, image.digest)


def _in_images(layer: Layer, image: ImageName | None, edit: FieldEdit) -> Definition | None:
    if image is None or not isinstance(edit.becomes, str) or not isinstance(edit.was, str):
        return None
    found = list(_images(layer, image))
    wanted = image_name(edit.becomes)
    if not found or wanted is None:
        return None
    if len(found) > 1:
        raise RemediationError(f"{layer.file} names image {image.name} {len(found)} times", "Edit it by hand.")
    [(position, entry)] = found
    made = _renamed(image, entry)
    if str(made) != edit.was:
        raise ValueDiffersError(f"{layer.file} makes the image {made}, and it was to be {edit.was}", "Diagnose again.")
    place = ("images", f"[{position}]")
    edits = list[FieldEdit]()
    if wanted.name != made.name:
        becomes = None if wanted.name == image.name else wanted.name
        edits.append(FieldEdit(path=(*place, "newName"), was=entry.get("newName"), becomes=becomes))
    for field, value in (("newTag", wanted.tag), ("digest", wanted.digest)):
        if text(entry, field) != value and (value or field in entry):
            edits.append(FieldEdit(path=(*place, field), was=entry.get(field), becomes=value or None))
    return Definition(layer.file, Way.IMAGES, None, tuple(edits))


def _in_replicas(layer: Layer, edit: FieldEdit) -> Definition | None:
    entries = layer.says.get("replicas")
    if edit.path != ("spec", "replicas") or not isinstance(entries, list):
        return None
    for position, entry in enumerate(entries):
        if isinstance(entry, dict) and text(entry, "name") in layer.names:
            path = ("replicas", f"[{position}]", "count")
            return Definition(
                layer.file, Way.REPLICAS, None, (FieldEdit(path=path, was=edit.was, becomes=edit.becomes),)
            )
    return None
