"""Kustomizations as layers: what each takes in, how it renames, and what it says of an object.

Source: kubectl.docs.kubernetes.io, "Kustomize: The Kustomization File".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import join, normpath

from pydantic import JsonValue

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.remediation.gitops.manifests import document, holds
from cluster_doctor.remediation.gitops.tree import SourceTree
from cluster_doctor.snapshot.paths import mapping, objects, text, words

NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
DEEPEST = 20
"""Kustomizations that may take each other in, one below the other."""

_REMOTE = re.compile(r"[a-z][a-z0-9+.-]*://|git@|[\w.-]+\.[a-z]{2,}/[\w.-]+/|.*[?&]ref=", re.IGNORECASE)


@dataclass(frozen=True)
class Layer:
    """One kustomization on the way from the manifest of an object to what is deployed.

    Attributes:
        folder: where it lies.
        file: its path.
        says: what is in it.
        names: the names by which it may call the object, the manifest's first.
        lists: whether it lists the manifest itself, so that no other kustomization need share it.
    """

    folder: str
    file: str
    says: dict[str, JsonValue]
    names: tuple[str, ...]
    lists: bool = False

    @property
    def name(self) -> str:
        """What the object is called when this layer patches it."""
        return self.names[-1]

    def path(self, relative: str) -> str:
        """The path from the top of what the kustomization names relative to itself."""
        return normpath(join(self.folder, relative))


@dataclass(frozen=True)
class Layered:
    """The manifest of an object and the layers above it, the deployed one last."""

    file: str
    ref: ObjectRef
    layers: tuple[Layer, ...]


def kustomization_in(tree: SourceTree, folder: str) -> str | None:
    """The path of the kustomization file of a folder."""
    return next((path for name in NAMES if tree.has(path := normpath(join(folder, name)))), None)


def find_layers(tree: SourceTree, folder: str, ref: ObjectRef) -> Layered:
    """Find the manifest behind an object that a kustomization deploys.

    Raises:
        RemediationError: it is not found, found several times, or comes from outside of the tree.
    """
    remote: list[str] = []
    found = list(_search(tree, folder, ref, remote, 0))
    if len(found) == 1:
        return found[0]
    if found:
        places = ", ".join(sorted({one.file for one in found}))
        raise RemediationError(f"{ref} comes from {len(found)} places of {folder}: {places}", "Edit it by hand.")
    outside = f"; it takes in {', '.join(remote)}" if remote else ""
    raise RemediationError(f"no manifest of {ref} is below {folder}{outside}", "Name the repository and path it is in.")


def _search(tree: SourceTree, folder: str, ref: ObjectRef, remote: list[str], depth: int) -> Iterator[Layered]:
    file, says = _kustomization(tree, folder, depth)
    inner = _renamed_back(says, ref)
    if inner is None:
        return
    if depth == 0 and any(says.get(field) for field in ("helmCharts", "generators")):
        remote.append("charts or generators")
    for field in ("configMapGenerator", "secretGenerator"):
        made = [text(entry, "name") for _, entry in objects(says, field)]
        remote += [f"what {field} makes of {name}" for name in made if name and inner.name.startswith(name)]
    for taken in [*words(says, "resources"), *words(says, "bases"), *words(says, "components")]:
        place = normpath(join(folder, taken))
        if tree.has(place):
            if holds(tree, place, inner):
                layer = Layer(folder, file, says, (inner.name,), lists=True)
                yield Layered(place, inner, (*_components(tree, layer, taken), layer))
        elif _REMOTE.match(taken):
            remote.append(taken)
        else:
            for below in _search(tree, place, inner, remote, depth + 1):
                names = tuple(dict.fromkeys((*(name for layer in below.layers for name in layer.names), inner.name)))
                layer = Layer(folder, file, says, names)
                yield Layered(below.file, below.ref, (*below.layers, *_components(tree, layer, taken), layer))


def _kustomization(tree: SourceTree, folder: str, depth: int) -> tuple[str, dict[str, JsonValue]]:
    if depth > DEEPEST:
        raise RemediationError(f"kustomizations nest more than {DEEPEST} levels at {folder}", "Check for a circle.")
    file = kustomization_in(tree, folder)
    if file is None:
        raise RemediationError(f"{folder} has no kustomization file", "Check the path.")
    says = document(tree, file)
    if not isinstance(says, dict):
        raise RemediationError(f"{file} is no kustomization", "Repair it.")
    return file, says


def _components(tree: SourceTree, layer: Layer, without: str) -> Iterator[Layer]:
    """The components that a layer takes in, which change what its resources hold before the layer itself does."""
    for taken in words(layer.says, "components"):
        folder = layer.path(taken)
        file = kustomization_in(tree, folder) if taken != without and not _REMOTE.match(taken) else None
        says = document(tree, file) if file else None
        if file and isinstance(says, dict):
            yield Layer(folder, file, says, layer.names)


def _renamed_back(says: dict[str, JsonValue], ref: ObjectRef) -> ObjectRef | None:
    """The object as it is called below a layer's prefix, suffix and namespace; None if it cannot come from there."""
    space = text(says, "namespace")
    if space and ref.namespace and space != ref.namespace:
        return None
    prefix, suffix = text(says, "namePrefix"), text(says, "nameSuffix")
    if not (ref.name.startswith(prefix) and ref.name.endswith(suffix) and len(ref.name) > len(prefix + suffix)):
        return None
    name = ref.name[len(prefix) : len(ref.name) - len(suffix)]
    return ObjectRef(kind=ref.kind, name=name, namespace=None if space else ref.namespace, api_version=ref.api_version)


def patches_of(layer: Layer) -> Iterator[tuple[tuple[str, ...], str, str, dict[str, JsonValue]]]:
    """The patches of a layer: where each stands in the kustomization, its text, its file, and its target."""
    for field in ("patches", "patchesJson6902"):
        entries = layer.says.get(field)
        for position, entry in enumerate(entries if isinstance(entries, list) else []):
            if isinstance(entry, dict):
                place = (field, f"[{position}]", "patch")
                yield place, text(entry, "patch"), text(entry, "path"), mapping(entry, "target")
    entries = layer.says.get("patchesStrategicMerge")
    for position, entry in enumerate(entries if isinstance(entries, list) else []):
        if isinstance(entry, str):
            inline = "\n" in entry or ":" in entry
            yield ("patchesStrategicMerge", f"[{position}]"), entry if inline else "", "" if inline else entry, {}


def is_target(target: dict[str, JsonValue], layer: Layer, ref: ObjectRef) -> bool | None:
    """Whether a patch's target selects the object; None where that depends on labels or annotations.

    Names are anchored regular expressions, as kustomize takes them.
    """
    group, kind, name = text(target, "group"), text(target, "kind"), text(target, "name")
    if (group and not _fits(group, ref.group)) or (kind and not _fits(kind, ref.kind)):
        return False
    if name and not any(_fits(name, candidate) for candidate in layer.names):
        return False
    return None if text(target, "labelSelector") or text(target, "annotationSelector") else True


def _fits(pattern: str, value: str) -> bool:
    try:
        return bool(re.fullmatch(pattern, value))
    except re.error:
        return pattern == value
