"""Reads the file that says where knowledge lies, and the places that are named on the command line."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import yaml
from pydantic import ValidationError

from cluster_doctor.domain.errors import UsageError
from cluster_doctor.domain.knowledge import FolderSource, GitSource, KnowledgeShelf, KnowledgeSource
from cluster_doctor.snapshot.yaml_text import load_yaml
from cluster_doctor.sources.knowledge.git_repository import is_repository
from cluster_doctor.sources.runbooks import is_folder

FILE = "knowledge.yaml"
"""Its name in the home."""
MOST_BYTES = 256 * 1024
_FORM = "It holds `sources:`, a list of {folder: DIR}, {git: URL, path: DIR} and {loader: CLASS, arguments: {…}}."


def read_shelf(file: Path) -> KnowledgeShelf:
    """Read the file; folders in it are meant from where it stands.

    Raises:
        UsageError: it cannot be read, or is not what it should be.
    """
    try:
        with file.open("rb") as stream:
            (plain,) = load_yaml(stream.read(MOST_BYTES))
        shelf = KnowledgeShelf.model_validate(plain)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}", _FORM) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"{file}: {where or 'it'}: {first['msg']}", _FORM) from error
    except (yaml.YAMLError, ValueError) as error:
        raise UsageError(f"{file} is no YAML document: {' '.join(str(error).split())[:200]}", _FORM) from error
    return shelf.model_copy(update={"sources": tuple(_beside(source, file.parent) for source in shelf.sources)})


def sources_named(places: Iterable[str]) -> tuple[KnowledgeSource, ...]:
    """Make of folders and addresses of repositories (`URL#PATH`) sources.

    Raises:
        UsageError: one is neither.
    """
    return tuple(_named(place) for place in places)


def _named(place: str) -> KnowledgeSource:
    if is_repository(place):
        url, _, path = place.partition("#")
        return GitSource(git=url, path=path)
    folder = Path(place).expanduser()
    if not is_folder(folder):
        raise UsageError(f"there is no folder {folder} of runbooks", "Name a folder, or the address of a repository.")
    return FolderSource(folder=str(folder.resolve()))


def _beside(source: KnowledgeSource, folder: Path) -> KnowledgeSource:
    if isinstance(source, FolderSource):
        return FolderSource(folder=str(folder / Path(source.folder).expanduser()))
    return source
