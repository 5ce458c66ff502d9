"""The audit record: what was asked, answered, approved, refused, written and taken back, in one chain of hashes.

All runs of a history share one chain, so that a run that is deleted as a whole leaves a gap. Its head is kept once for
all runs and, as far as each run got, with the run; a tail that is cut off is missed by these.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from pydantic import ValidationError
from sqlalchemy import Column, Connection, Index, Integer, MetaData, Row, Table, bindparam, insert, select, text, update

from cluster_doctor.domain.audit import AuditBody, AuditEntry, AuditHead, AuditKind
from cluster_doctor.domain.errors import RunError
from cluster_doctor.history.run_log import RUNS
from cluster_doctor.history.store import Store, StoredText, storable

BEGINNING = "0" * 64
"""What the first entry is chained to."""
_ALL = MetaData()
ENTRIES = Table(
    "audit",
    _ALL,
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("at", StoredText, nullable=False),
    Column("run_id", StoredText, nullable=False),
    Column("kind", StoredText, nullable=False),
    Column("body", StoredText, nullable=False),
    Column("previous", StoredText, nullable=False),
    Column("hash", StoredText, nullable=False),
    Index("audit_of_run", "run_id", "sequence"),
)
HEAD = Table(
    "audit_head",
    _ALL,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("sequence", Integer, nullable=False),
    Column("hash", StoredText, nullable=False),
)
"""One row: the last entry of all. Whoever appends holds it, so that no two entries follow the same one."""
_THE_HEAD = 1
_REPEATABLE = frozenset({AuditKind.QUESTION, AuditKind.ANSWER})
"""What nothing is done upon: after a power cut the run goes on from before it, and it is asked or declined again.

An approval, a refusal and all that concerns writes wait for the disk; what was taken down before comes to it with them,
because the write-ahead log is one file that is written in order (Postgres' as well).
"""
_APPEND = insert(ENTRIES)
_HOLD = select(HEAD).where(HEAD.c.id == _THE_HEAD).with_for_update()
_ADVANCE = update(HEAD).where(HEAD.c.id == _THE_HEAD)
_ANCHOR = update(RUNS).where(RUNS.c.run_id == bindparam("anchored"))
_SAME = (
    select(ENTRIES.c.sequence)
    .where(
        ENTRIES.c.run_id == bindparam("run_id"),
        ENTRIES.c.kind == bindparam("kind"),
        ENTRIES.c.body == bindparam("body"),
    )
    .limit(1)
)
"""Built once: SQLAlchemy takes longer to build a statement than SQLite to carry it out."""


class Audit:
    """Appends to the record and reads it. Nothing in it is ever changed."""

    def __init__(self, store: Store) -> None:
        """Keep the record in the store where the runs are.

        Raises:
            RunError: the store cannot be used.
        """
        self._store = store
        store.make((ENTRIES, HEAD))
        with store.reading() as connection:
            begun = _has_begun(connection)
        if not begun:
            with store.writing() as connection:
                if store.on_server:
                    connection.execute(text(f"LOCK TABLE {HEAD.name}"))
                if not _has_begun(connection):
                    connection.execute(insert(HEAD).values(id=_THE_HEAD, sequence=0, hash=BEGINNING))

    def append(self, run_id: str, kind: AuditKind, body: AuditBody) -> AuditHead:
        """Add an entry, which outlives a power cut right after.

        Args:
            run_id: the run, which must be on record.
            kind: what was done.
            body: the act.

        Returns:
            The run's head: what its record must end with from now on.

        Raises:
            RunError: there is no such run, or the record cannot be used.
        """
        with self._store.writing(durable=True) as connection:
            return append_within(connection, run_id, kind, body)

    def append_once(self, run_id: str, kind: AuditKind, body: AuditBody) -> None:
        """Add an entry, unless the run has the very same already: a node that was killed does its work again.

        It outlives a power cut right after, unless nothing is done upon it: see `_REPEATABLE`.

        Raises:
            RunError: as for `append`.
        """
        told = canonical(body.model_dump(mode="json"))
        same = {"run_id": storable(run_id), "kind": kind.value, "body": told}
        with self._store.writing(durable=kind not in _REPEATABLE) as connection:
            hold_head(connection)
            if connection.execute(_SAME, same).first() is None:
                append_within(connection, run_id, kind, body)

    def head(self, run_id: str) -> AuditHead:
        """Tell the run's last entry; where there is none, its sequence is 0.

        Raises:
            RunError: there is no such run, or the record cannot be used.
        """
        with self._store.reading() as connection:
            row = connection.execute(select(RUNS.c.audit_sequence, RUNS.c.audit_hash).where(RUNS.c.run_id == run_id))
            found = row.first()
        if found is None:
            raise _no_run(run_id)
        return AuditHead(sequence=found.audit_sequence, hash=found.audit_hash)

    def rows_of(self, run_id: str) -> list[dict[str, object]]:
        """List a run's entries in order, to the letter."""
        chosen = select(ENTRIES).where(ENTRIES.c.run_id == run_id).order_by(ENTRIES.c.sequence)
        with self._store.reading() as connection:
            return [row._asdict() for row in connection.execute(chosen)]

    def adopt(self, run_id: str, rows: Sequence[Mapping[str, object]], head: AuditHead) -> None:
        """Take over the entries of a run that was made elsewhere; the chain around them stays there."""
        with self._store.writing(durable=True) as connection:
            for row in rows:
                connection.execute(insert(ENTRIES).values(**row))
            anchor = {"audit_sequence": head.sequence, "audit_hash": head.hash}
            connection.execute(update(RUNS).where(RUNS.c.run_id == run_id).values(**anchor))

    def of_run(self, run_id: str) -> list[AuditEntry]:
        """List a run's entries in order.

        Raises:
            RunError: an entry cannot be read; `runs verify` says more.
        """
        with self._store.reading() as connection:
            rows = connection.execute(
                select(ENTRIES).where(ENTRIES.c.run_id == run_id).order_by(ENTRIES.c.sequence)
            ).all()
        try:
            return [entry_of(row) for row in rows]
        except ValueError as error:
            raise RunError(
                f"the audit record of run {run_id} is damaged", f"`cluster-doctor runs verify {run_id}` says where."
            ) from error


def _has_begun(connection: Connection) -> bool:
    """Whether there is a head, or was one: a head that is lost is not made again."""
    return any(connection.execute(select(table.c.sequence).limit(1)).first() for table in (HEAD, ENTRIES))


def append_within(connection: Connection, run_id: str, kind: AuditKind, body: AuditBody) -> AuditHead:
    """Add an entry within a transaction that writes more; both hold or none.

    Raises:
        RunError: there is no such run, or the record has lost its head.
    """
    head, run_id = hold_head(connection), storable(run_id)
    sequence, at = head.sequence + 1, datetime.now(UTC).isoformat(timespec="microseconds")
    told = canonical(body.model_dump(mode="json"))
    made = chained(head.hash, sequence, at, run_id, kind.value, told)
    entry = {"sequence": sequence, "at": at, "run_id": run_id, "kind": kind.value, "body": told}
    connection.execute(_APPEND, {**entry, "previous": head.hash, "hash": made})
    connection.execute(_ADVANCE, {"sequence": sequence, "hash": made})
    anchored = connection.execute(_ANCHOR, {"anchored": run_id, "audit_sequence": sequence, "audit_hash": made})
    if anchored.rowcount != 1:
        raise _no_run(run_id)
    return AuditHead(sequence=sequence, hash=made)


def hold_head(connection: Connection) -> AuditHead:
    """Make others who write here wait until this transaction ends; tell the last entry of all.

    Raises:
        RunError: the record has lost its head.
    """
    head = connection.execute(_HOLD).first()
    if head is None:
        raise RunError("the audit record has lost its head", "`cluster-doctor runs verify` says where it is broken.")
    return AuditHead(sequence=head.sequence, hash=head.hash)


def chained(previous: str, sequence: int, at: str, run_id: str, kind: str, body: str) -> str:
    """Hash an entry, whose body is given in its canonical form.

    Raises:
        ValueError: the body is not JSON.
    """
    content = canonical([previous, sequence, at, run_id, kind, json.loads(body)])
    return hashlib.sha256(content.encode("ascii")).hexdigest()


def canonical(value: object) -> str:
    """Write JSON in the one form that is hashed.

    Raises:
        ValueError: it holds what JSON cannot say.
        TypeError: as above.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def entry_of(row: Row[tuple[object, ...]]) -> AuditEntry:
    """Read a stored entry.

    Raises:
        ValueError: it cannot be read.
    """
    try:
        return AuditEntry.model_validate({**row._asdict(), "body": json.loads(row.body)})
    except (ValidationError, TypeError, RecursionError) as error:
        raise ValueError(str(error)) from error


def _no_run(run_id: str) -> RunError:
    return RunError(f"there is no run {run_id[:80]!r}", "`cluster-doctor runs list` shows those on record.")
