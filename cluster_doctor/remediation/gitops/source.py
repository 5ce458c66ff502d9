"""From a step to the files that it changes, in a repository that is checked out or read otherwise. Git is not needed.

The files are found by what deploys them: a kustomization, a chart, or plain manifests. Where the tool that renders them
is installed, they are rendered before and after, and the edit is refused unless exactly it comes out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from posixpath import join, normpath

from pydantic import JsonValue

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.remediation import RemediationStep
from cluster_doctor.domain.steps import FieldEdit, Verb
from cluster_doctor.remediation.gitops.confined import RenderingError
from cluster_doctor.remediation.gitops.creation import (
    DefinedError,
    NoPlaceError,
    new_manifest,
    new_resource,
    without_namespace,
)
from cluster_doctor.remediation.gitops.definition import Definition, Way, changed_files
from cluster_doctor.remediation.gitops.helm import Chart, find_in_chart
from cluster_doctor.remediation.gitops.helm_command import helm_command
from cluster_doctor.remediation.gitops.kustomization import kustomization_in
from cluster_doctor.remediation.gitops.kustomize import find_in_kustomization
from cluster_doctor.remediation.gitops.kustomize_command import kustomize_command
from cluster_doctor.remediation.gitops.manifests import find_manifest, manifests, object_in
from cluster_doctor.remediation.gitops.render import (
    Rendering,
    check_creation,
    check_rendering,
)
from cluster_doctor.remediation.gitops.tree import ChangedTree, SourceTree, clean_path

_NO_TOOL = "no kustomize, kubectl or helm that could do it is installed"


class Tool(StrEnum):
    """What turns files into objects."""

    PLAIN = "plain manifests"
    KUSTOMIZE = "Kustomize"
    HELM = "Helm"


@dataclass(frozen=True)
class Entry:
    """Where a deployment begins in a repository.

    Attributes:
        path: a folder or a manifest, from the top.
        tool: what is run there; None to see from the files.
        values: files of Helm values, from the top, the last wins.
        release: the Helm release's name.
        overridden: what is set over all files from outside of the repository: Helm keys, or the last parts of
            fields; an empty one stands for anything.
    """

    path: str = "."
    tool: Tool | None = None
    values: tuple[str, ...] = ()
    release: str = ""
    overridden: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class FileChanges:
    """What a step changes in a repository.

    Attributes:
        files: the new contents by path, only of files that differ.
        definitions: what was edited where.
        rendering: whether the result was seen rendered.
        written: the changed objects as they will be delivered, as far as that was seen.
    """

    files: dict[str, bytes]
    definitions: tuple[Definition, ...]
    rendering: Rendering = field(default_factory=lambda: Rendering(performed=False, note="plain manifests"))
    written: dict[ObjectRef, dict[str, JsonValue]] = field(default_factory=dict)


def find_source(tree: SourceTree, ref: ObjectRef, entry: Entry, edits: Sequence[FieldEdit]) -> tuple[Definition, ...]:
    """Find where the fields of an object are set.

    Raises:
        RemediationError: they are set nowhere, or in more than one place, or where they must not be edited.
    """
    path = clean_path(entry.path)
    match tool_at(tree, entry):
        case Tool.KUSTOMIZE:
            _refuse_overridden(entry, edits)
            return find_in_kustomization(tree, path, ref, edits)
        case Tool.HELM:
            return find_in_chart(Chart(tree, path, entry.values, entry.overridden), ref, edits)
        case Tool.PLAIN:
            files = [path] if tree.has(path) else manifests(tree, path)
            found = find_manifest(tree, files, ref)
            return (Definition(found.file, found.way, found.ref, tuple(edits)),)


def _refuse_overridden(entry: Entry, edits: Sequence[FieldEdit]) -> None:
    for edit in edits:
        if any(not over or edit.path[-len(over) :] == over for over in entry.overridden):
            raise RemediationError(
                f"{edit.place} may be set by what deploys {entry.path}, over all that is in the repository",
                "Change it in the resource of Argo CD or Flux.",
            )


def tool_at(tree: SourceTree, entry: Entry) -> Tool:
    """What turns the files of an entry into objects."""
    path = clean_path(entry.path)
    if entry.tool is not None:
        return entry.tool
    if kustomization_in(tree, path):
        return Tool.KUSTOMIZE
    return Tool.HELM if tree.has(normpath(join(path, "Chart.yaml"))) else Tool.PLAIN


def changes_of(tree: SourceTree, step: RemediationStep, entry: Entry, beside: ObjectRef | None = None) -> FileChanges:
    """Turn a step into changed files.

    Args:
        tree: the repository.
        step: the step.
        entry: where the deployment of its target begins, or that of the object which needs it.
        beside: that object, where the step makes one.

    Raises:
        NoPlaceError: no place is known for an object that is to be made.
        RemediationError: the step is none that files can make, or cannot be made there safely.
    """
    if step.verb is Verb.CREATE and step.manifest is not None and beside is not None:
        return _creation(tree, step.target, step.manifest, entry, beside)
    if step.verb is not Verb.PATCH or not step.edits:
        raise RemediationError(
            f"{step.title!r} sets no fields that a file could hold", "Do it in the cluster or by hand."
        )
    ref = step.target
    definitions = find_source(tree, ref, entry, step.edits)
    files = changed_files(tree, definitions)
    files = {path: content for path, content in files.items() if content != tree.read(path)}
    if tool_at(tree, entry) is Tool.PLAIN:
        found = definitions[0]
        return FileChanges(
            files, definitions, written={ref: object_in(ChangedTree(tree, files), found.file, found.ref or ref)}
        )
    try:
        command = _command(tree, entry, ref)
    except RenderingError as error:
        return FileChanges(files, definitions, _unrendered(error.what))
    if command is None:
        shared = "; `images` may set other objects too" if any(d.way is Way.IMAGES for d in definitions) else ""
        return FileChanges(files, definitions, _unrendered(f"{_NO_TOOL}{shared}"))
    rendering = check_rendering(command, tree, ChangedTree(tree, files), ref, step.edits)
    return FileChanges(files, definitions, rendering, {ref: rendering.target} if rendering.target else {})


def _command(tree: SourceTree, entry: Entry, ref: ObjectRef) -> tuple[str, ...] | None:
    """What renders an entry; None where no tool is installed."""
    path = clean_path(entry.path)
    if tool_at(tree, entry) is Tool.HELM:
        return helm_command(tree, path, entry.values, entry.release, ref.namespace or "")
    return kustomize_command(tree, path)


def _unrendered(why: str) -> Rendering:
    return Rendering(performed=False, note=f"not rendered: {why}")


def _creation(
    tree: SourceTree, ref: ObjectRef, manifest: dict[str, JsonValue], entry: Entry, beside: ObjectRef
) -> FileChanges:
    path, tool = clean_path(entry.path), tool_at(tree, entry)
    if tool is Tool.HELM:
        raise NoPlaceError(
            f"{beside} comes from the chart in {path}, and {ref} belongs into its templates or values",
            "Add it to the chart.",
        )
    find = new_resource if tool is Tool.KUSTOMIZE else new_manifest
    try:
        made = find(tree, path, ref, manifest, beside)
    except (DefinedError, NoPlaceError):
        raise
    except RemediationError as error:
        raise NoPlaceError(error.what, error.next_step) from error
    if tool is Tool.PLAIN:
        return FileChanges(made.files, made.definitions)
    try:
        command = _command(tree, entry, beside)
    except RenderingError as error:
        return FileChanges(made.files, made.definitions, _unrendered(error.what))
    if command is None:
        return FileChanges(made.files, made.definitions, _unrendered(_NO_TOOL))
    rendering = check_creation(command, tree, ChangedTree(tree, made.files), ref, without_namespace(manifest))
    return FileChanges(made.files, made.definitions, rendering)


def changes_of_all(tree: SourceTree, steps: Sequence[tuple[RemediationStep, Entry, ObjectRef | None]]) -> FileChanges:
    """Turn several steps into changed files, each on top of those before it.

    Args:
        tree: the repository.
        steps: each with where its deployment begins, and the object that needs what it makes.

    Raises:
        RemediationError: a step is none that files can make, or cannot be made there safely; then none is.
    """
    files, definitions, renderings = dict[str, bytes](), list[Definition](), list[Rendering]()
    written: dict[ObjectRef, dict[str, JsonValue]] = {}
    for step, entry, beside in steps:
        made = changes_of(ChangedTree(tree, files), step, entry, beside)
        files |= made.files
        definitions += made.definitions
        renderings.append(made.rendering)
        written |= made.written
    note = "; ".join(dict.fromkeys(rendering.note for rendering in renderings))
    performed = bool(renderings) and all(rendering.performed for rendering in renderings)
    files = {path: content for path, content in files.items() if tree.is_free(path) or content != tree.read(path)}
    return FileChanges(files, tuple(definitions), Rendering(performed=performed, note=note), written)
