"""The index of past incidents: what finished runs found, by fingerprint, object and word.

All of it comes from the runs on record, so it may be deleted at any time; it is made again from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from functools import partial
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    MetaData,
    Row,
    Table,
    UniqueConstraint,
    asc,
    bindparam,
    delete,
    desc,
    func,
    insert,
    or_,
    select,
    text,
    update,
)  # fmt: skip

from cluster_doctor.domain.errors import RunError
from cluster_doctor.domain.generated_names import lasting_name
from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.domain.recurrence import Judgement, Likeness, PastIncident
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.history.entry import Entry, Wanted
from cluster_doctor.history.incident_words import SERVER_WORDS, IncidentWords
from cluster_doctor.history.resembling import Resembling
from cluster_doctor.history.store import Store, StoredText, number_of

_P = TypeVar("_P", bound=BaseModel)
VERSION = 1
MOST_INCIDENTS = 10_000
"""Incidents that are kept. Beyond them the oldest go, those that nobody judged first."""
MOST_OBJECTS = 50
"""Objects by which one incident can be found."""
_ALL = MetaData()
_INCIDENTS = Table(
    "incidents",
    _ALL,
    Column("id", Integer, primary_key=True),
    Column("run_id", StoredText, nullable=False),
    Column("cause", StoredText, nullable=False),
    Column("chain", StoredText, nullable=False),
    Column("kind", StoredText, nullable=False),
    Column("rule", StoredText, nullable=False),
    Column("at", StoredText, nullable=False),
    Column("snapshot", StoredText, nullable=False),
    Column("episode", StoredText, nullable=False),
    Column("cluster", StoredText, nullable=False),
    Column("judged", Integer, nullable=False, server_default=text("0")),
    Column("record", StoredText, nullable=False),
    UniqueConstraint("run_id", "cause"),
    *(Index(f"incidents_by_{name}", name) for name in ("chain", "cause", "kind", "rule")),
)
_OBJECTS = Table(
    "objects",
    _ALL,
    Column("incident", Integer, nullable=False),
    Column("kind", StoredText(ignore_case=True), nullable=False),
    Column("namespace", StoredText, nullable=False),
    Column("name", StoredText, nullable=False),
    Index("objects_by_name", "name", "kind"),
    Index("objects_of_incident", "incident"),
)
_VERSION = Table("index_version", _ALL, Column("version", Integer, primary_key=True, autoincrement=False))
"""On Postgres; a file of SQLite has a place of its own for it."""
_COLUMNS = {
    Likeness.LASTING: _INCIDENTS.c.chain,
    Likeness.SAME: _INCIDENTS.c.chain,
    Likeness.CAUSE: _INCIDENTS.c.cause,
    Likeness.KIND: _INCIDENTS.c.kind,
}
_RESEMBLING = {
    likeness: (
        select(_INCIDENTS)
        .where(column == bindparam("fingerprint"), _INCIDENTS.c.snapshot != bindparam("seen_in"))
        .order_by(desc(_INCIDENTS.c.at), _INCIDENTS.c.run_id)
        .limit(bindparam("most"))
    )
    for likeness, column in _COLUMNS.items()
}
_ROW = select(_INCIDENTS).where(_INCIDENTS.c.run_id == bindparam("of_run"), _INCIDENTS.c.cause == bindparam("of_cause"))
_ADD, _ADD_OBJECT, _COUNT = insert(_INCIDENTS), insert(_OBJECTS), select(func.count()).select_from(_INCIDENTS)
"""Built once: SQLAlchemy takes longer to build a statement than SQLite to carry it out."""


class IncidentIndex:
    """Keeps past incidents. Several processes may use it at once."""

    def __init__(self, store: Store) -> None:
        """Keep them in a store, whose tables are made if they are not there.

        Raises:
            RunError: the store is no index, or one of a later version.
        """
        self._store = store
        self._words = IncidentWords(store)
        with store.reading() as connection:
            version = 0 if store.on_server else self._version(connection)
        if version > VERSION:
            raise RunError(
                f"{store.place} was written by a later version of cluster-doctor",
                "Use that version, or move the file away; it is made again from the runs.",
            )
        store.make((_INCIDENTS, _OBJECTS, *((SERVER_WORDS, _VERSION) if store.on_server else ())))
        if version < VERSION:
            with store.writing() as connection:
                self._words.make(connection)

    @property
    def is_complete(self) -> bool:
        """Whether the runs from before there was an index have been added."""
        with self._store.reading() as connection:
            return self._version(connection) >= VERSION

    def complete(self) -> None:
        """Note that they have."""
        with self._store.writing() as connection:
            if not self._store.on_server:
                connection.execute(text(f"PRAGMA user_version = {VERSION}"))
            elif self._version(connection) < VERSION:
                connection.execute(insert(_VERSION).values(version=VERSION))

    def add(self, entries: Sequence[Entry]) -> None:
        """Add incidents; what a person said of them is kept when they are added again."""
        with self._store.writing() as connection:
            for entry in entries:
                self._add(connection, entry)
            self._drop_oldest(connection)

    def judge(self, run_id: str, cause: str, judgement: Judgement) -> None:
        """Note what a person said of a cause.

        Raises:
            RunError: the incident is not there, or the index cannot be used.
        """
        with self._store.writing() as connection:
            row = self._row(connection, run_id, cause)
            if row is None:
                raise RunError(f"run {run_id} is not among the past incidents", "Add it again by `runs confirm`.")
            judged = self._incident(row.record).model_copy(update={"judgement": judgement})
            connection.execute(
                update(_INCIDENTS).where(_INCIDENTS.c.id == row.id).values(record=judged.model_dump_json(), judged=1)
            )
            self._words.extend(connection, row.id, f"{judgement.helped}\n{judgement.by}")

    def find(self, run_id: str, cause: str) -> PastIncident | None:
        """Find what a run said of a cause."""
        with self._store.reading() as connection:
            row = self._row(connection, run_id, cause)
        return self._incident(row.record) if row else None

    def resembling(self, likeness: Likeness, fingerprint: str, snapshot: str, limit: int) -> list[Resembling]:
        """List the latest incidents that bear a fingerprint and were not seen in a picture."""
        if not fingerprint:
            return []
        with self._store.reading() as connection:
            asked = {"fingerprint": fingerprint, "seen_in": snapshot, "most": limit}
            rows = connection.execute(_RESEMBLING[likeness], asked).all()
        return [
            Resembling(
                name=(row.run_id, row.cause),
                snapshot=row.snapshot,
                episode=row.episode,
                is_judged=bool(row.judged),
                incident=partial(self._incident, row.record),
                cluster=partial(self._parsed, ClusterIdentity, row.cluster),
            )
            for row in rows
        ]

    def search(self, wanted: Wanted, limit: int) -> list[PastIncident]:
        """List incidents, those that fit the words best first, then the newest."""
        chosen = select(_INCIDENTS.c.record).where(*_asked(wanted)).limit(limit)
        best: list[ColumnElement[float]] = []
        if wanted.text.strip():
            matched = self._words.matches(wanted.text)
            if matched is None:
                return []
            chosen = chosen.join_from(matched, _INCIDENTS, _INCIDENTS.c.id == matched.c.incident)
            best = [asc(matched.c.place)]
        order = (*best, desc(_INCIDENTS.c.at), desc(_INCIDENTS.c.run_id), _INCIDENTS.c.id)
        with self._store.reading() as connection:
            return [self._incident(row.record) for row in connection.execute(chosen.order_by(*order))]

    def _version(self, connection: Connection) -> int:
        if self._store.on_server:
            return int(connection.execute(select(func.max(_VERSION.c.version))).scalar() or 0)
        return int(connection.execute(text("PRAGMA user_version")).scalar() or 0)

    def _row(self, connection: Connection, run_id: str, cause: str) -> Row[tuple[object, ...]] | None:
        return connection.execute(_ROW, {"of_run": run_id, "of_cause": cause}).first()

    def _add(self, connection: Connection, entry: Entry) -> None:
        incident = entry.incident
        row = self._row(connection, incident.run_id, incident.cause_fingerprint)
        words = entry.words
        if row is not None:
            judgement = incident.judgement or self._incident(row.record).judgement
            incident = incident.model_copy(update={"judgement": judgement})
            self._forget(connection, row.id)
        if incident.judgement:
            words += f"\n{incident.judgement.helped}\n{incident.judgement.by}"
        made = connection.execute(
            _ADD,
            {
                "run_id": incident.run_id,
                "cause": incident.cause_fingerprint,
                "chain": incident.fingerprint,
                "kind": incident.kind_fingerprint,
                "rule": incident.rule,
                "at": incident.at.astimezone(UTC).isoformat(),
                "snapshot": entry.snapshot,
                "episode": entry.episode,
                "cluster": entry.cluster.model_dump_json(),
                "judged": int(incident.judgement is not None),
                "record": incident.model_dump_json(),
            },
        )
        at = number_of(made)
        self._words.add(connection, at, words)
        objects = list({_object_words(ref): None for ref in entry.objects})[:MOST_OBJECTS]
        if objects:
            rows = [
                {"incident": at, "kind": kind, "name": name, "namespace": namespace}
                for kind, name, namespace in objects
            ]
            connection.execute(_ADD_OBJECT, rows)

    def _drop_oldest(self, connection: Connection) -> None:
        over = int(connection.execute(_COUNT).scalar() or 0) - MOST_INCIDENTS
        if over > 0:
            oldest = select(_INCIDENTS.c.id).order_by(_INCIDENTS.c.judged, _INCIDENTS.c.at, _INCIDENTS.c.id).limit(over)
            for row in connection.execute(oldest).all():
                self._forget(connection, row.id)

    def _forget(self, connection: Connection, at: int) -> None:
        self._words.forget(connection, at)
        connection.execute(delete(_OBJECTS).where(_OBJECTS.c.incident == at))
        connection.execute(delete(_INCIDENTS).where(_INCIDENTS.c.id == at))

    def _incident(self, record: str) -> PastIncident:
        return self._parsed(PastIncident, record)

    def _parsed(self, form: type[_P], stored: str) -> _P:
        try:
            return form.model_validate_json(stored)
        except ValidationError as error:
            raise self._store.damaged(error) from error


def _asked(wanted: Wanted) -> list[ColumnElement[bool]]:
    """Say what must hold besides the words."""
    asked: list[ColumnElement[bool]] = []
    fingerprint = wanted.fingerprint.strip().lower()
    if fingerprint:
        asked.append(or_(*(column == fingerprint for column in {*_COLUMNS.values()})))
    rule = wanted.rule.strip().replace("-", "_")
    if rule:
        asked.append(_INCIDENTS.c.rule == rule)
    kind, name, namespace = _object_words(wanted.subject) if wanted.subject else ("", "", "")
    if name:
        at = select(_OBJECTS.c.incident).where(_OBJECTS.c.name == name, func.lower(_OBJECTS.c.kind) == func.lower(kind))
        asked.append(_INCIDENTS.c.id.in_(at.where(_OBJECTS.c.namespace == namespace) if namespace else at))
    return asked


def _object_words(ref: ObjectRef) -> tuple[str, str, str]:
    return (ref.kind, lasting_name(ref.kind, ref.name), ref.namespace or "")
