"""Finds the manifest of an object among the files of a folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pydantic import JsonValue

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.remediation.gitops.definition import Definition, Way
from cluster_doctor.remediation.gitops.difference import value_below
from cluster_doctor.remediation.gitops.edit_text import NotInFileError, find_object
from cluster_doctor.remediation.gitops.encoding import decoded
from cluster_doctor.remediation.gitops.parsing import parse
from cluster_doctor.remediation.gitops.scalars import value_of
from cluster_doctor.remediation.gitops.tree import SourceTree

ENDINGS = (".yaml", ".yml", ".json")


def find_manifest(tree: SourceTree, files: Iterable[str], ref: ObjectRef) -> Definition:
    """Find the one file that defines an object.

    Raises:
        RemediationError: no file does, or several do.
    """
    found, unread = list[str](), list[str]()
    for file in files:
        try:
            if holds(tree, file, ref):
                found.append(file)
        except RemediationError as error:
            unread.append(f"{file}: {error.what}")
    if len(found) == 1:
        return Definition(found[0], Way.MANIFEST, ref, ())
    if found:
        raise RemediationError(f"{ref} is defined in {len(found)} files: {', '.join(found)}", "Name the path to use.")
    unclear = f" ({len(unread)} files could not be read, {unread[0]})" if unread else ""
    raise RemediationError(f"{ref} is defined in none of the files{unclear}", "Name the repository and path it is in.")


def manifests(tree: SourceTree, folder: str) -> Iterator[str]:
    """The files of a folder that may be manifests."""
    return (file for file in tree.files(folder) if file.endswith(ENDINGS))


def holds(tree: SourceTree, file: str, ref: ObjectRef) -> bool:
    """Whether a file defines an object.

    Raises:
        RemediationError: it names the object and cannot be read, or defines it twice.
    """
    content = tree.read(file)
    if ref.name.encode() not in content and ref.name.encode("utf-16-le") not in content:
        return False
    _, _, text = decoded(content)
    try:
        find_object(text, ref)
    except NotInFileError:
        return False
    return True


def object_in(tree: SourceTree, file: str, ref: ObjectRef) -> dict[str, JsonValue]:
    """The object as a file defines it."""
    _, _, text = decoded(tree.read(file))
    start, stop, number, path = find_object(text, ref)
    found = value_below(value_of(parse(text[start:stop])[number]), path)
    return found if isinstance(found, dict) else {}


def document(tree: SourceTree, file: str) -> JsonValue:
    """The one document of a file, None if it is empty.

    Raises:
        RemediationError: it holds several, or cannot be read.
    """
    _, _, text = decoded(tree.read(file))
    values = [value for value in (value_of(node) for node in parse(text)) if value is not None]
    if len(values) > 1:
        raise RemediationError(f"{file} holds {len(values)} documents", "Split it up.")
    return values[0] if values else None
