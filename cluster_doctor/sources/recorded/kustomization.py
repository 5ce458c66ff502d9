"""What the kustomization files of a folder say about the manifests beside them.

Nothing is built: `kustomize build DIR | cluster-doctor scan --from -` shows what would be applied. What is read
keeps a folder from being misread: a patch is no object, and a generated ConfigMap stands in no file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from posixpath import join, normpath

from pydantic import JsonValue

from cluster_doctor.domain.errors import UnreadableInput
from cluster_doctor.snapshot.paths import objects, text, words
from cluster_doctor.sources.recorded.contents import Contents
from cluster_doctor.sources.recorded.documents import documents

NAMES = frozenset({"kustomization.yaml", "kustomization.yml", "Kustomization"})
_GENERATORS = {"configMapGenerator": "ConfigMap", "secretGenerator": "Secret"}
_ELSEWHERE = ("helmCharts", "helmChartInflationGenerator", "generators", "components", "bases")


@dataclass(frozen=True)
class Kustomized:
    """What kustomization files say.

    Attributes:
        patches: files that are parts of objects.
        generated: kinds of which a build makes more than the files hold.
        imports: whether a build takes in what is not among the files.
        namespaces: folders, and the namespace that a build puts their objects into.
    """

    patches: frozenset[str] = frozenset()
    generated: frozenset[str] = frozenset()
    imports: bool = False
    namespaces: tuple[tuple[str, str], ...] = ()

    def namespace_of(self, name: str) -> str:
        """The namespace that the nearest kustomization above a file sets, empty if none does."""
        above = [(folder, given) for folder, given in self.namespaces if not folder or name.startswith(f"{folder}/")]
        return max(above, default=("", ""), key=lambda entry: len(entry[0]))[1]


def read_kustomizations(contents: Contents) -> Kustomized:
    """Read every kustomization file; one that is broken says nothing here, and is a gap where objects are read."""
    patches: set[str] = set()
    generated: set[str] = set()
    imports = False
    namespaces: dict[str, str] = {}
    for name in contents.sizes:
        folder, _, last = name.rpartition("/")
        if last not in NAMES:
            continue
        for document in _read(contents, name):
            patches.update(normpath(join(folder, patch)) for patch in _patches(document))
            generated.update(kind for field, kind in _GENERATORS.items() if document.get(field))
            if text(document, "namespace"):
                namespaces[folder] = text(document, "namespace")
            imports = imports or _imports(document, folder, contents)
    return Kustomized(frozenset(patches), frozenset(generated), imports, tuple(namespaces.items()))


def _read(contents: Contents, name: str) -> Iterator[dict[str, JsonValue]]:
    try:
        yield from (document for document in documents(contents.read(name), name) if isinstance(document, dict))
    except UnreadableInput:
        return


def _patches(document: dict[str, JsonValue]) -> Iterable[str]:
    for field in ("patches", "patchesJson6902"):
        yield from (text(entry, "path") for _, entry in objects(document, field) if text(entry, "path"))
    for field in ("patchesStrategicMerge", "transformers", "configurations", "replacements"):
        yield from words(document, field)


def _imports(document: dict[str, JsonValue], folder: str, contents: Contents) -> bool:
    """Tell whether a build takes in what is not among these files."""
    if any(document.get(field) for field in _ELSEWHERE):
        return True
    named = [normpath(join(folder, resource)) for resource in words(document, "resources")]
    return not all(
        name in contents.sizes or any(known.startswith(f"{name}/") for known in contents.sizes) for name in named
    )
