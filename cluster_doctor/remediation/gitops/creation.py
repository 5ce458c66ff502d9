"""Where the manifest of a missing object belongs: beside that of the object which needs it.

What deploys the one then deploys the other. In a kustomization the new file is listed too: in the one that is deployed,
because what it takes in may be shared with others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from posixpath import dirname, join, normpath, relpath

from pydantic import JsonValue

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.steps import FieldEdit
from cluster_doctor.remediation.gitops.definition import Definition, Way, changed_files
from cluster_doctor.remediation.gitops.encoding import decoded
from cluster_doctor.remediation.gitops.kustomization import Layered, find_layers
from cluster_doctor.remediation.gitops.layout import Layout, block_lines, layout_of
from cluster_doctor.remediation.gitops.manifests import find_manifest, holds, manifests, object_in
from cluster_doctor.remediation.gitops.parsing import is_json, parse
from cluster_doctor.remediation.gitops.tree import SourceTree
from cluster_doctor.snapshot.paths import mapping, objects, text

Object = dict[str, JsonValue]
_PLAIN_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,198}[a-z0-9])?")
_GENERATORS = ("configMapGenerator", "secretGenerator")


class NoPlaceError(RemediationError):
    """No place is known for the manifest of a missing object; the message says why."""


class DefinedError(RemediationError):
    """The object that is missing in the cluster is written down already."""


@dataclass(frozen=True)
class NewFiles:
    """Files that make an object, by path, and what they are for."""

    files: dict[str, bytes]
    definitions: tuple[Definition, ...]


def new_manifest(tree: SourceTree, path: str, ref: ObjectRef, manifest: Object, beside: ObjectRef) -> NewFiles:
    """Write an object down among plain manifests.

    Args:
        tree: the repository.
        path: the folder that is deployed.
        ref: the object.
        manifest: what it is to be.
        beside: the object that needs it.

    Raises:
        NoPlaceError: nobody can say where it belongs.
        DefinedError: it is written down there.
        RemediationError: the other object is not, or a file cannot be read.
    """
    if tree.has(path):
        raise NoPlaceError(f"only {path} is deployed, and no file beside it", f"Write {ref} down there by hand.")
    files = list(manifests(tree, path))
    _refuse_defined(tree, files, ref, "what deploys it has not delivered that")
    file = find_manifest(tree, files, beside).file
    needing = object_in(tree, file, beside)
    made = without_namespace(manifest) if not text(needing, "metadata", "namespace") else manifest
    return _written(tree, dirname(file), file, ref, made)


def new_resource(tree: SourceTree, folder: str, ref: ObjectRef, manifest: Object, beside: ObjectRef) -> NewFiles:
    """Write an object down in a kustomization.

    Args:
        tree: the repository.
        folder: where the deployed kustomization lies.
        ref: the object.
        manifest: what it is to be.
        beside: the object that needs it.

    Raises:
        NoPlaceError: nobody can say where it belongs.
        DefinedError: it is written down there.
        RemediationError: the other object is not, or a file cannot be read.
    """
    layered = find_layers(tree, folder, beside)
    deployed = layered.layers[-1]
    if deployed.says.get("namePrefix") or deployed.says.get("nameSuffix"):
        raise NoPlaceError(f"{deployed.file} renames what it lists", f"Write {ref} down by hand, under its name there.")
    _refuse_made(tree, folder, layered, ref)
    inside = dirname(layered.file)
    home = inside if deployed.lists and _is_below(inside, deployed.folder) else deployed.folder
    beside_it = (file for file in manifests(tree, home) if normpath(dirname(file)) == normpath(home))
    _refuse_defined(tree, beside_it, ref, f"{deployed.file} does not list it")
    needing = object_in(tree, layered.file, layered.ref)
    below = any(text(layer.says, "namespace") for layer in layered.layers[:-1])
    named = not text(deployed.says, "namespace") and (below or bool(text(needing, "metadata", "namespace")))
    made = _written(tree, home, layered.file, ref, manifest if named else without_namespace(manifest))
    [file] = made.files
    listed, entry = deployed.says.get("resources"), relpath(file, deployed.folder)
    if isinstance(listed, list) and listed:
        edit = FieldEdit(path=("resources", f"[{len(listed)}]"), becomes=entry)
    else:
        edit = FieldEdit(path=("resources",), was=listed, becomes=[entry])
    listing = Definition(deployed.file, Way.RESOURCES, None, (edit,))
    return NewFiles({**made.files, **changed_files(tree, [listing])}, (*made.definitions, listing))


def _refuse_defined(tree: SourceTree, files: Iterable[str], ref: ObjectRef, so: str) -> None:
    found = next((file for file in files if holds(tree, file, ref)), None)
    if found is not None:
        raise DefinedError(f"{found} defines {ref}, and {so}", "See why it is not deployed.")


def _refuse_made(tree: SourceTree, folder: str, layered: Layered, ref: ObjectRef) -> None:
    """Refuse where the kustomization makes the object already, from a manifest or by a generator."""
    try:
        found = find_layers(tree, folder, ref).file
    except RemediationError:
        names = {
            text(entry, "name"): layer.file
            for layer in layered.layers
            for field in _GENERATORS
            for _, entry in objects(layer.says, field)
        }
        found = names.get(ref.name, "")
    if found:
        raise DefinedError(
            f"{found} makes {ref}, and what deploys it has not delivered that", "See why it is not deployed."
        )


def _written(tree: SourceTree, folder: str, like: str, ref: ObjectRef, manifest: Object) -> NewFiles:
    """A new file in a folder, laid out as another is."""
    if not _PLAIN_NAME.fullmatch(ref.name):
        raise NoPlaceError(f"{ref.name!r} is no name for a file", "Write it down by hand.")
    ending = ".yml" if like.endswith(".yml") else ".yaml"
    file = normpath(join(folder, f"{ref.name}-{ref.kind.lower()}{ending}"))
    if not tree.is_free(file):
        raise NoPlaceError(f"{file} is there and does not define {ref}", "Write it down by hand.")
    layout = _layout(tree, like)
    content = "".join(f"{line}{layout.newline}" for line in block_lines(manifest, 0, layout))
    return NewFiles({file: content.encode()}, (Definition(file, Way.NEW_MANIFEST, ref, ()),))


def _layout(tree: SourceTree, file: str) -> Layout:
    _, _, content = decoded(tree.read(file))
    roots = parse(content)
    return layout_of(content, roots[0], json=False) if roots and not is_json(content) else Layout()


def without_namespace(manifest: Object) -> Object:
    """A manifest as those beside it are: what deploys them says into which namespace."""
    metadata = {key: value for key, value in mapping(manifest, "metadata").items() if key != "namespace"}
    return {**manifest, "metadata": metadata}


def _is_below(folder: str, top: str) -> bool:
    return top in {".", folder} or folder.startswith(f"{top}/")
