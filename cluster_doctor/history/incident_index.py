"""The index of past incidents: what finished runs found, by fingerprint, object and word.

All of it comes from the runs on record, so it may be deleted at any time; it is made again from them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from cluster_doctor.domain.errors import RunError
from cluster_doctor.domain.generated_names import lasting_name
from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.domain.recurrence import Judgement, Likeness, PastIncident
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.history.entry import Entry, Wanted

_P = TypeVar("_P", bound=BaseModel)
VERSION = 1
MOST_INCIDENTS = 10_000
"""Incidents that are kept. Beyond them the oldest go, those that nobody judged first."""
MOST_OBJECTS = 50
"""Objects by which one incident can be found."""
_PATIENCE = 10.0
"""Seconds to wait for another process that writes."""
_TABLES = """
CREATE TABLE IF NOT EXISTS incidents (
    id INTEGER PRIMARY KEY, run_id TEXT NOT NULL, cause TEXT NOT NULL, chain TEXT NOT NULL, kind TEXT NOT NULL,
    rule TEXT NOT NULL, at TEXT NOT NULL, snapshot TEXT NOT NULL, episode TEXT NOT NULL, cluster TEXT NOT NULL,
    judged INTEGER NOT NULL DEFAULT 0, record TEXT NOT NULL, UNIQUE (run_id, cause)
);
CREATE INDEX IF NOT EXISTS incidents_by_chain ON incidents (chain);
CREATE INDEX IF NOT EXISTS incidents_by_cause ON incidents (cause);
CREATE INDEX IF NOT EXISTS incidents_by_kind ON incidents (kind);
CREATE INDEX IF NOT EXISTS incidents_by_rule ON incidents (rule);
CREATE TABLE IF NOT EXISTS objects (
    incident INTEGER NOT NULL, kind TEXT NOT NULL COLLATE NOCASE, namespace TEXT NOT NULL, name TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS objects_by_name ON objects (name, kind);
CREATE INDEX IF NOT EXISTS objects_of_incident ON objects (incident);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (text, tokenize = "unicode61");
"""
_RESEMBLING = {
    column: f"""
        SELECT record, snapshot, episode, cluster FROM incidents WHERE {column} = ? ORDER BY at DESC, run_id LIMIT ?
    """  # noqa: S608 - the three names below
    for column in ("chain", "cause", "kind")
}
_COLUMNS = {
    Likeness.LASTING: "chain",
    Likeness.SAME: "chain",
    Likeness.CAUSE: "cause",
    Likeness.KIND: "kind",
}
_ASKED = """
    (:fingerprint = '' OR :fingerprint IN (chain, cause, incidents.kind)) AND (:rule = '' OR rule = :rule)
    AND (:name = '' OR incidents.id IN (
        SELECT incident FROM objects
        WHERE name = :name AND kind = :kind AND (:namespace = '' OR namespace = :namespace)
    ))
"""
_SEARCH = f"SELECT record FROM incidents WHERE {_ASKED} ORDER BY at DESC, run_id DESC, id LIMIT :limit"  # noqa: S608 - constants
_SEARCH_WORDS = f"""
SELECT record FROM words JOIN incidents ON incidents.id = words.rowid WHERE words MATCH :phrases AND {_ASKED}
ORDER BY words.rank, at DESC, run_id DESC, incidents.id LIMIT :limit
"""  # noqa: S608 - as above


class IncidentIndex:
    """Keeps past incidents in SQLite. Several processes may use it at once."""

    def __init__(self, path: Path) -> None:
        """Open the index, which is made if it is not there.

        Raises:
            RunError: the file is no index, or one of a later version.
        """
        self._path = path
        with self._errors():
            path.touch(mode=0o600, exist_ok=True)
            self._connection = sqlite3.connect(path, check_same_thread=False, timeout=_PATIENCE, isolation_level=None)
        try:
            with self._errors():
                self._connection.execute("PRAGMA journal_mode=WAL")
                self._connection.execute("PRAGMA synchronous=NORMAL")
                self._make_tables()
        except RunError:
            self._connection.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @property
    def is_complete(self) -> bool:
        """Whether the runs from before there was an index have been added."""
        with self._errors():
            return self._version() >= VERSION

    def complete(self) -> None:
        """Note that they have."""
        with self._errors():
            self._connection.execute(f"PRAGMA user_version = {VERSION}")

    def add(self, entries: Sequence[Entry]) -> None:
        """Add incidents; what a person said of them is kept when they are added again."""
        with self._errors(), self._transaction():
            for entry in entries:
                self._add(entry)
            self._drop_oldest()

    def judge(self, run_id: str, cause: str, judgement: Judgement) -> None:
        """Note what a person said of a cause.

        Raises:
            RunError: the incident is not there, or the index cannot be used.
        """
        with self._errors(), self._transaction():
            row = self._connection.execute(
                "SELECT id, record FROM incidents WHERE run_id = ? AND cause = ?", (run_id, cause)
            ).fetchone()
            if row is None:
                raise RunError(f"run {run_id} is not among the past incidents", "Add it again by `runs confirm`.")
            judged = self._incident(row[1]).model_copy(update={"judgement": judgement})
            self._connection.execute(
                "UPDATE incidents SET record = ?, judged = 1 WHERE id = ?", (judged.model_dump_json(), row[0])
            )
            self._connection.execute(
                "UPDATE words SET text = text || ? WHERE rowid = ?", (f"\n{judgement.helped}\n{judgement.by}", row[0])
            )

    def find(self, run_id: str, cause: str) -> PastIncident | None:
        """Find what a run said of a cause."""
        rows = self._read("SELECT record FROM incidents WHERE run_id = ? AND cause = ?", run_id, cause)
        return self._incident(rows[0][0]) if rows else None

    def resembling(
        self, likeness: Likeness, fingerprint: str, limit: int
    ) -> list[tuple[PastIncident, str, str, ClusterIdentity]]:
        """List the latest incidents that bear a fingerprint, each with its picture, episode and cluster."""
        if not fingerprint:
            return []
        rows = self._read(_RESEMBLING[_COLUMNS[likeness]], fingerprint, limit)
        return [(self._incident(row[0]), row[1], row[2], self._parsed(ClusterIdentity, row[3])) for row in rows]

    def search(self, wanted: Wanted, limit: int) -> list[PastIncident]:
        """List incidents, those that fit the words best first, then the newest."""
        kind, name, namespace = _object_words(wanted.subject) if wanted.subject else ("", "", "")
        asked = {
            "phrases": _phrases(wanted.text),
            "fingerprint": wanted.fingerprint.strip().lower(),
            "rule": wanted.rule.strip().replace("-", "_"),
            "kind": kind,
            "name": name,
            "namespace": namespace,
        }
        if wanted.text.strip() and not asked["phrases"]:
            return []
        values = {word: _storable(value) for word, value in asked.items()} | {"limit": limit}
        with self._errors():
            rows = self._connection.execute(_SEARCH_WORDS if asked["phrases"] else _SEARCH, values).fetchall()
        return [self._incident(row[0]) for row in rows]

    def _make_tables(self) -> None:
        if self._version() > VERSION:
            raise RunError(
                f"{self._path} was written by a later version of cluster-doctor",
                "Use that version, or move the file away; it is made again from the runs.",
            )
        with self._transaction():
            for statement in _TABLES.strip().split(";\n"):
                self._connection.execute(statement)

    def _version(self) -> int:
        return int(self._connection.execute("PRAGMA user_version").fetchone()[0])

    def _add(self, entry: Entry) -> None:
        incident = entry.incident
        row = self._connection.execute(
            "SELECT id, record FROM incidents WHERE run_id = ? AND cause = ?",
            (incident.run_id, incident.cause_fingerprint),
        ).fetchone()
        words = entry.words
        if row is not None:
            judgement = incident.judgement or self._incident(row[1]).judgement
            incident = incident.model_copy(update={"judgement": judgement})
            self._forget(row[0])
        if incident.judgement:
            words += f"\n{incident.judgement.helped}\n{incident.judgement.by}"
        at = self._connection.execute(
            "INSERT INTO incidents (run_id, cause, chain, kind, rule, at, snapshot, episode, cluster, judged, record) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                incident.run_id, incident.cause_fingerprint, incident.fingerprint, incident.kind_fingerprint,
                incident.rule, incident.at.astimezone(UTC).isoformat(), entry.snapshot, entry.episode,
                entry.cluster.model_dump_json(), incident.judgement is not None, incident.model_dump_json(),
            ),
        ).lastrowid  # fmt: skip
        self._connection.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", (at, words))
        objects = {_object_words(ref): None for ref in entry.objects}
        self._connection.executemany(
            "INSERT INTO objects (incident, kind, name, namespace) VALUES (?, ?, ?, ?)",
            [(at, *found) for found in list(objects)[:MOST_OBJECTS]],
        )

    def _drop_oldest(self) -> None:
        over = self._connection.execute("SELECT count(*) FROM incidents").fetchone()[0] - MOST_INCIDENTS
        if over > 0:
            for (at,) in self._connection.execute(
                "SELECT id FROM incidents ORDER BY judged, at, id LIMIT ?", (over,)
            ).fetchall():
                self._forget(at)

    def _forget(self, at: int) -> None:
        self._connection.execute("DELETE FROM words WHERE rowid = ?", (at,))
        self._connection.execute("DELETE FROM objects WHERE incident = ?", (at,))
        self._connection.execute("DELETE FROM incidents WHERE id = ?", (at,))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        done = False
        try:
            yield
            done = True
        finally:
            self._connection.execute("COMMIT" if done else "ROLLBACK")

    def _read(self, statement: str, *values: object) -> list[tuple[str, ...]]:
        with self._errors():
            return self._connection.execute(statement, values).fetchall()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            remedy = _BUSY if isinstance(error, (sqlite3.OperationalError, OSError)) else _REMEDY
            raise RunError(f"{self._path}, the index of past incidents, cannot be used: {error}", remedy) from error

    def _incident(self, record: str) -> PastIncident:
        return self._parsed(PastIncident, record)

    def _parsed(self, form: type[_P], text: str) -> _P:
        try:
            return form.model_validate_json(text)
        except ValidationError as error:
            raise RunError(f"{self._path}, the index of past incidents, holds a damaged record", _REMEDY) from error


_REMEDY = "Move it away; it is made again from the runs on record."
_BUSY = f"Check the disk, and whether another process holds the file. If that is not it: {_REMEDY}"


def _object_words(ref: ObjectRef) -> tuple[str, str, str]:
    return (ref.kind, lasting_name(ref.kind, ref.name), ref.namespace or "")


def _storable(text: str) -> str:
    """Replace lone surrogates, which come from a terminal with another encoding and which SQLite refuses."""
    return text.encode("utf-8", "replace").decode()


def _phrases(text: str) -> str:
    """Make of words an FTS5 expression in which each is a phrase that has to be there, the last perhaps begun only."""
    words = [word for word in text.split() if any(character.isalnum() for character in word)]
    quoted = ['"{}"'.format(word.replace('"', '""').replace("\0", "")) for word in words]
    return " ".join(quoted) + "*" if quoted else ""
