"""Pages from Confluence, Notion, the web and elsewhere, by LangChain's document loaders: an extra."""

from __future__ import annotations

import importlib
import json
import os
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml
from pydantic import JsonValue

from cluster_doctor.domain.errors import UnreadableInput, UsageError
from cluster_doctor.domain.knowledge import LoaderSource
from cluster_doctor.sources.knowledge.copies import Copy, copied
from cluster_doctor.sources.runbooks import MOST_FILES

_HOME = "langchain_community.document_loaders"
_INSTALL = "Install it: pip install 'cluster-doctor[knowledge]'."


def copy_of_loaded(source: LoaderSource, cache: Path) -> Copy:
    """Copy what a loader reads into Markdown files, or take the copy that there is.

    Raises:
        UsageError: there is no such loader, or it does not take these arguments.
        SourceError: it reads nothing, and there is no copy.
    """
    name = source.name or source.loader
    key = f"loader\0{source.loader}\0{json.dumps(source.arguments, sort_keys=True)}"
    return copied(cache, name, key, lambda: _documents(source))


def _documents(source: LoaderSource) -> Iterator[tuple[str, bytes]]:
    loader = _loader(source)
    try:
        for number, document in enumerate(loader.lazy_load(), 1):  # type: ignore[attr-defined]  # every loader has it
            if number > MOST_FILES:
                return
            yield f"page-{number:04}.md", _markdown(document).encode("utf-8", "replace")
    except Exception as error:
        said = " ".join(str(error).split())[:200]
        raise UnreadableInput(
            f"{source.loader} cannot read its pages: {type(error).__name__}: {said}", "Check its arguments."
        ) from error


def _loader(source: LoaderSource) -> object:
    module, _, name = (
        f"{_HOME}.{source.loader}".rpartition(".") if "." not in source.loader else source.loader.rpartition(".")
    )
    if not module.startswith("langchain"):
        raise UsageError(f"{source.loader} is no loader of LangChain's", f"Name a class of {_HOME}.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # the package says so of itself when it is imported
            kind = getattr(importlib.import_module(module), name)
    except ImportError as error:
        raise UsageError(f"{source.loader} needs a package that is not installed: {error}", _INSTALL) from error
    except AttributeError as error:
        raise UsageError(f"there is no loader {source.loader}", f"Name a class of {module}.") from error
    arguments = {name: _given(name, value) for name, value in source.arguments.items()}
    try:
        made: object = kind(**arguments)
    except ImportError as error:
        raise UsageError(f"{source.loader} needs a package that is not installed: {error}", "Install it.") from error
    except (TypeError, ValueError) as error:
        raise UsageError(f"{source.loader} does not take these arguments: {error}", "See its documentation.") from error
    return made


def _given(name: str, value: JsonValue) -> JsonValue:
    if not (isinstance(value, Mapping) and set(value) == {"env"}):
        return value
    found = os.environ.get(str(value["env"]))
    if found is None:
        raise UsageError(f"{value['env']}, which argument {name} is taken from, is not set", "Set it.")
    return found


def _markdown(document: object) -> str:
    metadata = getattr(document, "metadata", None) or {}
    url = next((str(metadata[key]) for key in ("url", "source") if str(metadata.get(key, "")).startswith("http")), "")
    front = {"title": " ".join(str(metadata.get("title") or "").split()), "url": url}
    told = yaml.safe_dump({key: value for key, value in front.items() if value}, allow_unicode=True, width=10_000)
    content = str(getattr(document, "page_content", ""))
    return f"---\n{told}---\n{content}\n" if any(front.values()) else content
