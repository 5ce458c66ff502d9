"""The command that builds a kustomization, where nothing that it takes in has to be fetched.

A kustomization may name URLs wherever it names files. Git's are kept from leaving the machine by its environment, and
others by a proxy that leads nowhere, which does not count for addresses of this very machine.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from posixpath import join, normpath

from pydantic import JsonValue

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.remediation.gitops.confined import RenderingError
from cluster_doctor.remediation.gitops.kustomization import DEEPEST, kustomization_in
from cluster_doctor.remediation.gitops.manifests import document
from cluster_doctor.remediation.gitops.tree import SourceTree
from cluster_doctor.snapshot.paths import words

_URL = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_NO_FILES = frozenset({"commonAnnotations", "commonLabels", "labels", "images", "helmCharts"})
"""Fields that name no files; charts are not taken in without a flag that is not given."""


def kustomize_command(tree: SourceTree, folder: str) -> tuple[str, ...] | None:
    """The command that builds a kustomization; None if no tool is installed.

    Raises:
        RenderingError: something would have to be fetched.
    """
    url = next(_urls(tree, folder, 0), "")
    if url:
        raise RenderingError(f"{url} would have to be fetched")
    if shutil.which("kustomize"):
        return ("kustomize", "build", f"./{folder}")
    return ("kubectl", "kustomize", f"./{folder}") if shutil.which("kubectl") else None


def _urls(tree: SourceTree, folder: str, depth: int) -> Iterator[str]:
    """What a kustomization and those that it takes in name by URL."""
    file = kustomization_in(tree, folder)
    if file is None or depth > DEEPEST:
        return
    try:
        says = document(tree, file)
    except RemediationError:
        return  # the tool says what is wrong with it
    if not isinstance(says, dict):
        return
    for field, value in says.items():
        if field not in _NO_FILES:
            yield from (text for text in _texts(value) if _URL.match(text.strip()))
    for field in ("resources", "bases", "components"):
        for taken in words(says, field):
            place = normpath(join(folder, taken))
            if not place.startswith("../"):
                yield from _urls(tree, place, depth + 1)


def _texts(value: JsonValue) -> Iterator[str]:
    match value:
        case str():
            yield value.partition("=")[2] if _names_a_file(value) else value
        case dict():
            for key, inner in value.items():
                if key != "literals":
                    yield from _texts(inner)
        case list():
            for inner in value:
                yield from _texts(inner)


def _names_a_file(value: str) -> bool:
    """Whether it is `KEY=FILE`, as generators have it."""
    return bool(re.match(r"[\w.-]+=", value))
