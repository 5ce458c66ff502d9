"""Searches what people wrote down and what happened before. What it finds is cited, and never followed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import assert_never

from cluster_doctor.domain.errors import RunError, SourceError
from cluster_doctor.domain.knowledge import (
    FolderSource,
    GitSource,
    KnowledgeFound,
    KnowledgePassage,
    KnowledgeQuery,
    KnowledgeSource,
    LoaderSource,
    PassageKind,
)
from cluster_doctor.domain.recurrence import PastIncident
from cluster_doctor.history.entry import Wanted
from cluster_doctor.history.history import History
from cluster_doctor.history.knowledge_index import Embeddings, KnowledgeIndex
from cluster_doctor.inference.runbooks.page import Page
from cluster_doctor.inference.runbooks.pieces import pieces_of
from cluster_doctor.sources.knowledge.copies import Copy
from cluster_doctor.sources.knowledge.document_loader import copy_of_loaded
from cluster_doctor.sources.knowledge.git_repository import copy_of_repository
from cluster_doctor.sources.runbooks import RunbookText, is_folder, read_runbooks

MOST_INCIDENTS = 1_000
"""Past incidents that are searched, newest first."""
_INCIDENTS = "past incidents"


def search_knowledge(
    query: KnowledgeQuery,
    history: History,
    sources: Sequence[KnowledgeSource] = (),
    *,
    limit: int = 10,
    embeddings: tuple[str, Embeddings] | None = None,
) -> KnowledgeFound:
    """Search runbooks and past incidents by rule, symptom and words.

    Args:
        query: what is looked for.
        history: whose past incidents are searched, and in whose home index and copies are kept.
        sources: where runbooks lie; `runbooks` in the home by default, if it is there.
        limit: how many passages.
        embeddings: a model that turns texts into vectors, with its name, to search by meaning too.

    Raises:
        RunError: the index cannot be used.
    """
    notes: list[str] = []
    if not sources and is_folder(history.runbooks):
        sources = (FolderSource(folder=str(history.runbooks)),)
    with closing(KnowledgeIndex(history.home / "knowledge.sqlite")) as index:
        named = [name for source in sources if (name := _kept(index, source, history.home, notes))]
        if _keep_incidents(index, history, notes):
            named.append(_INCIDENTS)
        found = index.search(query, named, limit, embeddings)
    return KnowledgeFound(query=query, passages=tuple(found), notes=tuple(dict.fromkeys(notes)))


def _kept(index: KnowledgeIndex, source: KnowledgeSource, home: Path, notes: list[str]) -> str:
    """Keep a source in the index, and return its name; empty, with a note, if it cannot be read."""
    try:
        copy = _opened(source, home / "knowledge")
        shelf = read_runbooks(copy.folder)
    except SourceError as error:
        notes.append(error.sentence)
        return ""
    notes += [*([copy.note] if copy.note else []), *shelf.notes]
    name = copy.of
    pages = [Page(book) for book in shelf.texts]
    notes += [page.note for page in pages if page.note]
    index.keep(name, _hash(shelf.texts), lambda: (piece for page in pages for piece in pieces_of(page, name)))
    return name


def _opened(source: KnowledgeSource, cache: Path) -> Copy:
    match source:
        case FolderSource():
            folder = Path(source.folder).expanduser().resolve()
            return Copy(str(folder), folder)
        case GitSource():
            return copy_of_repository(source.git, source.path, cache)
        case LoaderSource():
            return copy_of_loaded(source, cache)
        case unreachable:
            assert_never(unreachable)


def _hash(texts: Iterable[RunbookText]) -> str:
    digest = hashlib.sha256()
    for book in texts:
        digest.update(f"{book.file}\0{len(book.text)}\0{book.text}".encode("utf-8", "replace"))
    return digest.hexdigest()


def _keep_incidents(index: KnowledgeIndex, history: History, notes: list[str]) -> bool:
    try:
        past = history.incidents.search(Wanted(), MOST_INCIDENTS)
    except RunError as error:
        notes.append(f"past incidents are not searched: {error.sentence}")
        return False
    digest = hashlib.sha256("".join(incident.model_dump_json() for incident in past).encode()).hexdigest()
    index.keep(_INCIDENTS, digest, lambda: map(_passage, past))
    return True


def _passage(past: PastIncident) -> KnowledgePassage:
    return KnowledgePassage(
        kind=PassageKind.INCIDENT,
        source=_INCIDENTS,
        path=f"run {past.run_id}",
        title=past.statement,
        heading=str(past.subject),
        text="\n".join(_told(past)),
        rules=(past.rule,),
        at=past.at,
    )


def _told(past: PastIncident) -> Iterator[str]:
    if past.incident:
        yield f"Reported: {past.incident}"
    yield f"Root cause: {past.subject}: {past.statement} ({past.rule})"
    if past.judgement:
        said = "right" if past.judgement.confirmed else "wrong"
        yield f"{past.judgement.by} said that this was {said}"
        if past.judgement.helped:
            yield f"What helped: {past.judgement.helped}"
    if past.healed_by:
        yield f"Gone after: {past.healed_by}"
