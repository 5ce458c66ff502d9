"""The index of knowledge: passages by their words, and by their meaning where somebody brings an embedding model.

All of it comes from elsewhere, so it may be deleted at any time. It is a local file wherever the runs are kept.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from math import sqrt
from pathlib import Path
from typing import Protocol

from pydantic import ValidationError
from sqlalchemy import Connection, text

from cluster_doctor.domain.knowledge import KnowledgePassage, KnowledgeQuery
from cluster_doctor.history.store import Store, storable

VERSION = 1
MOST_FOUND = 100
"""Passages that each way of searching finds at the most, before they are merged."""
_CONSTANT = 60
"""Of reciprocal rank fusion, as in the paper that proposed it."""
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"\w+")
_FUNCTION_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a about an and any are as at be but by can do does for from has have how i if in into is it its my no not of "
        "on or our so that the their there these this to was we were what when where which who why will with you",
    )
)
_TABLES = (
    "CREATE TABLE IF NOT EXISTS sources (name TEXT PRIMARY KEY, hash TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS passages (id INTEGER PRIMARY KEY, source TEXT NOT NULL, record TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS vectors (passage INTEGER, model TEXT, vector BLOB, PRIMARY KEY (passage, model))",
    "CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (rules, title, heading, text, "
    "tokenize = 'porter unicode61 remove_diacritics 2')",
)


class Embeddings(Protocol):
    """What turns texts into vectors: any embedding model of LangChain's."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector for each text."""
        ...

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question."""
        ...


class KnowledgeIndex:
    """Keeps passages, source by source, and finds them."""

    def __init__(self, file: Path) -> None:
        """Open the file, which is made if it is not there.

        Raises:
            RunError: it cannot be used.
        """
        self._store = Store(file, "the index of knowledge", "Move it away; it is made again from its sources.")
        with self._store.writing() as connection:
            if int(connection.execute(text("PRAGMA user_version")).scalar() or 0) != VERSION:
                for table in ("sources", "passages", "vectors", "words"):
                    connection.execute(text(f"DROP TABLE IF EXISTS {table}"))
            for table in _TABLES:
                connection.execute(text(table))
            connection.execute(text(f"PRAGMA user_version = {VERSION}"))

    def close(self) -> None:
        """Close the file."""
        self._store.close()

    def keep(self, source: str, content_hash: str, passages: Callable[[], Iterable[KnowledgePassage]]) -> None:
        """Keep the passages of a source; they are made only if its content is another than before."""
        with self._store.reading() as connection:
            known = connection.execute(text("SELECT hash FROM sources WHERE name = :name"), {"name": source}).scalar()
        if known == content_hash:
            return
        made = list(passages())
        with self._store.writing() as connection:
            self._forget(connection, source)
            for passage in made:
                self._add(connection, source, passage)
            connection.execute(
                text("INSERT INTO sources VALUES (:name, :hash)"), {"name": source, "hash": content_hash}
            )

    def search(
        self,
        query: KnowledgeQuery,
        sources: Sequence[str],
        limit: int,
        embeddings: tuple[str, Embeddings] | None = None,
    ) -> list[KnowledgePassage]:
        """Find passages of some sources, best first.

        By words (BM25), and, with an embedding model and its name, by meaning as well; both orders are merged by
        reciprocal rank.
        """
        with self._store.reading() as connection:
            held = self._held(connection, sources)
            orders = [self._by_words(connection, query, held)]
        if embeddings is not None and query.words.strip():
            orders.append(self._by_meaning(query, held, *embeddings))
        scores: dict[int, float] = {}
        for order in orders:
            for rank, at in enumerate(order, 1):
                scores[at] = scores.get(at, 0.0) + 1 / (_CONSTANT + rank)
        best = sorted(scores, key=lambda at: (-scores[at], held[at].path, held[at].first_line))[:limit]
        return [held[at].model_copy(update={"score": round(scores[at], 6)}) for at in best]

    def _held(self, connection: Connection, sources: Sequence[str]) -> dict[int, KnowledgePassage]:
        held = {}
        for source in sources:
            rows = connection.execute(text("SELECT id, record FROM passages WHERE source = :name"), {"name": source})
            for row in rows:
                try:
                    held[int(row.id)] = KnowledgePassage.model_validate_json(row.record)
                except ValidationError as error:
                    raise self._store.damaged(error) from error
        return held

    def _by_words(self, connection: Connection, query: KnowledgeQuery, held: dict[int, KnowledgePassage]) -> list[int]:
        asked = " OR ".join(_phrases(query))
        if not asked:
            return []
        rows = connection.execute(
            text("SELECT rowid FROM words WHERE words MATCH :asked ORDER BY bm25(words, 8.0, 4.0, 3.0, 1.0), rowid"),
            {"asked": asked},
        )
        return [int(row.rowid) for row in rows if int(row.rowid) in held][:MOST_FOUND]

    def _by_meaning(
        self, query: KnowledgeQuery, held: dict[int, KnowledgePassage], model: str, embeddings: Embeddings
    ) -> list[int]:
        with self._store.reading() as connection:
            rows = connection.execute(text("SELECT passage, vector FROM vectors WHERE model = :m"), {"m": model}).all()
        known = {int(row.passage): array("f", bytes(row.vector)) for row in rows}
        missing = [at for at in held if at not in known]
        if missing:
            made = embeddings.embed_documents([_meant(held[at]) for at in missing])
            fresh = {at: array("f", vector) for at, vector in zip(missing, made, strict=True)}
            known |= fresh
            with self._store.writing() as connection:
                for at, vector in fresh.items():
                    connection.execute(
                        text("INSERT OR REPLACE INTO vectors VALUES (:at, :m, :v)"),
                        {"at": at, "m": model, "v": vector.tobytes()},
                    )
        asked = array("f", embeddings.embed_query(query.words))
        near = {at: _cosine(asked, known[at]) for at in held}
        return sorted((at for at in near if near[at] > 0), key=lambda at: (-near[at], at))[:MOST_FOUND]

    def _add(self, connection: Connection, source: str, passage: KnowledgePassage) -> None:
        made = connection.execute(
            text("INSERT INTO passages (source, record) VALUES (:source, :record) RETURNING id"),
            {"source": source, "record": storable(passage.model_dump_json(exclude={"id"}))},
        ).scalar()
        parts = {
            "rules": " ".join(passage.rules),
            "title": passage.title,
            "heading": passage.heading,
            "text": passage.text,
        }
        connection.execute(
            text(
                "INSERT INTO words (rowid, rules, title, heading, text) VALUES (:at, :rules, :title, :heading, :text)"
            ),
            {"at": made, **{name: storable(_searchable(part)) for name, part in parts.items()}},
        )

    def _forget(self, connection: Connection, source: str) -> None:
        inside = "IN (SELECT id FROM passages WHERE source = :name)"
        connection.execute(text(f"DELETE FROM words WHERE rowid {inside}"), {"name": source})  # noqa: S608 - no input
        connection.execute(text(f"DELETE FROM vectors WHERE passage {inside}"), {"name": source})  # noqa: S608 - as above
        connection.execute(text("DELETE FROM passages WHERE source = :name"), {"name": source})
        connection.execute(text("DELETE FROM sources WHERE name = :name"), {"name": source})


def _searchable(part: str) -> str:
    """A text with the parts of its compound words, so that `crash loop` finds CrashLoopBackOff."""
    compound = " ".join(_CAMEL.sub(" ", word) for word in _WORD.findall(part) if _CAMEL.search(word))
    return f"{part} {compound}" if compound else part


def _phrases(query: KnowledgeQuery) -> Iterator[str]:
    """What FTS5 is asked: each word, quoted, and a rule and a symptom as phrases too."""
    for named in (query.rule, query.symptom):
        words = _WORD.findall(named.replace("_", " "))
        if len(words) > 1:
            yield f'"{" ".join(words)}"'
    for word in dict.fromkeys(_WORD.findall(_searchable(query.words).replace("_", " "))):
        if word.lower() not in _FUNCTION_WORDS:
            yield f'"{storable(word)}"'


def _meant(passage: KnowledgePassage) -> str:
    return f"{passage.title}\n{passage.heading}\n{passage.text}"


def _cosine(one: array[float], other: array[float]) -> float:
    if len(one) != len(other):
        return 0.0
    size = sqrt(sum(value * value for value in one) * sum(value * value for value in other))
    return sum(a * b for a, b in zip(one, other, strict=True)) / size if size else 0.0
