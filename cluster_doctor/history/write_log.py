"""The write-ahead record of writes: what is about to be sent, and what came of it.

An intent is on the disk before its request leaves. Whoever resumes a run that was killed reads here what may have
happened, looks at the object, and settles it; the same write is never intended twice. Each intent and each outcome is
in the audit record by the same transaction.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError
from sqlalchemy import Column, Executable, Index, Integer, MetaData, Table, UniqueConstraint, insert, select, update

from cluster_doctor.domain.audit import AuditBody, AuditKind, recordable
from cluster_doctor.domain.errors import RunError
from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.history.audit import append_within, canonical, hold_head
from cluster_doctor.history.store import Store, StoredText, number_of, storable

PROGRAM = "cluster-doctor"
"""Who writes, in the audit record; on whose word is said beside it."""


class WriteKind(StrEnum):
    """Whether a write carries a step out or takes it back."""

    APPLY = "apply"
    UNDO = "undo"


class WriteState(StrEnum):
    """What came of a write. One that stays INTENDED was killed on its way; UNKNOWN may be settled later."""

    INTENDED = "intended"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    UNKNOWN = "unknown"


WRITES = Table(
    "writes",
    MetaData(),
    Column("number", Integer, primary_key=True),
    Column("run_id", StoredText, nullable=False),
    Column("step", StoredText, nullable=False),
    Column("kind", StoredText, nullable=False),
    Column("cluster", StoredText, nullable=False),
    Column("target", StoredText, nullable=False),
    Column("digest", StoredText, nullable=False),
    Column("body", StoredText, nullable=False),
    Column("state", StoredText, nullable=False),
    Column("note", StoredText, nullable=False),
    Column("detail", StoredText, nullable=False),
    Column("began_at", StoredText, nullable=False),
    Column("ended_at", StoredText),
    Column("approver", StoredText, nullable=False),
    UniqueConstraint("run_id", "step", "kind", "digest"),
    Index("writes_by_time", "began_at"),
    sqlite_autoincrement=True,
)


class WriteRecord(BaseModel):
    """One write: what was meant, and what came of it.

    Attributes:
        number: names it in this history.
        run_id: which run.
        step: which step of its plan.
        kind: carried out or taken back.
        cluster: UID of the namespace kube-system.
        target: the object; its uid is the one that was read.
        digest: the digest that was approved.
        body: what is sent.
        state: how it stands.
        note: why, in a sentence.
        detail: what came back.
        began_at: when it was about to be sent.
        ended_at: when that was settled last; None before.
        approver: on whose word.
    """

    model_config = ConfigDict(frozen=True)

    number: int
    run_id: str
    step: str
    kind: WriteKind
    cluster: str
    target: ObjectRef
    digest: str
    body: JsonValue
    state: WriteState = WriteState.INTENDED
    note: str = ""
    detail: dict[str, JsonValue] = Field(default_factory=dict)
    began_at: datetime
    ended_at: datetime | None = None
    approver: str


class WriteLog:
    """Keeps writes in the store where the runs and the audit record are."""

    def __init__(self, store: Store) -> None:
        """Keep them there.

        Raises:
            RunError: the store cannot be used.
        """
        self._store = store
        store.make((WRITES,))

    def intend(  # noqa: PLR0913 - what is on record of a write
        self,
        run_id: str,
        step: str,
        kind: WriteKind,
        target: ObjectRef,
        digest: str,
        body: JsonValue,
        *,
        cluster: str,
        approver: str,
        evidence: Sequence[str] = (),
        undo: JsonValue = None,
    ) -> int:
        """Put on record that a request is about to be sent; when this returns, it outlives a power cut.

        Args:
            run_id: the run, which must be on record.
            step: which step of its plan.
            kind: carried out or taken back.
            target: the object.
            digest: the digest that was approved.
            body: what is sent.
            cluster: UID of the namespace kube-system, read over the connection that will write.
            approver: on whose word.
            evidence: what the step rests on, for the audit record.
            undo: what takes it back, for the audit record.

        Returns:
            The write's number.

        Raises:
            RunError: the same write was intended before, by whomever; or no cluster or approver is named; or there is
                no such run; or the record cannot be used. Nothing may be sent then.
        """
        if not (cluster and approver):
            missing = "cluster" if approver else "word"
            raise RunError(f"a write of run {run_id} names no {missing}", "Nothing is sent without both.")
        run_id, step, cluster, digest, approver = map(storable, (run_id, step, cluster, digest, approver))
        began, named, sent = _now(), recordable(asdict(target)), recordable(body)
        values: dict[str, object] = {
            "run_id": run_id, "step": step, "kind": kind.value, "cluster": cluster, "target": canonical(named),
            "digest": digest, "body": canonical(sent), "state": WriteState.INTENDED.value, "note": "", "detail": "{}",
            "began_at": began, "ended_at": None, "approver": approver,
        }  # fmt: skip
        what = f"{'take back' if kind is WriteKind.UNDO else 'carry out'} step {step} at {target}"
        with self._store.writing(durable=True) as connection:
            hold_head(connection)
            same = select(WRITES.c.number).where(*(WRITES.c[name] == values[name] for name in _UNIQUE))
            known = connection.execute(same).scalar()
            if known is not None:
                raise RunError(
                    f"run {run_id} was about to {what} before: write {known}",
                    "Read the object and settle that write; it is not sent again.",
                )
            number = number_of(connection.execute(insert(WRITES).values(**values)))
            act = AuditBody(
                who=PROGRAM,
                what=f"about to {what}",
                cluster=ClusterIdentity(system_uid=cluster),
                approver=approver,
                digest=digest,
                evidence=tuple(evidence),
                undo=undo,
                detail={"number": number, "step": step, "target": named, "body": sent, "began_at": began},
            )
            append_within(connection, run_id, _INTENTS[kind], act)
        return number

    def settle(
        self, number: int, state: WriteState, note: str = "", detail: Mapping[str, JsonValue] | None = None
    ) -> None:
        """Put on record what came of a write. Only one that is not settled, or unknown, can be settled.

        Raises:
            RunError: there is no such write, or it was settled before, or the record cannot be used.
        """
        if state is WriteState.INTENDED:
            raise RunError(f"write {number} cannot be settled as {state.value}", "Say what came of it.")
        ended, note, plain = _now(), storable(note), recordable(dict(detail or {}))
        with self._store.writing(durable=True) as connection:
            hold_head(connection)
            row = connection.execute(select(WRITES).where(WRITES.c.number == number)).first()
            if row is None:
                raise RunError(f"there is no write {number}", "Intend it first.")
            if row.state not in {WriteState.INTENDED, WriteState.UNKNOWN}:
                raise RunError(f"write {number} was settled before: {row.state}", "See `cluster-doctor runs audit`.")
            connection.execute(
                update(WRITES)
                .where(WRITES.c.number == number)
                .values(state=state.value, note=note, detail=canonical(plain), ended_at=ended)
            )
            act = AuditBody(
                who=PROGRAM,
                what=f"{state.value}: {note}" if note else state.value,
                cluster=ClusterIdentity(system_uid=row.cluster),
                approver=row.approver,
                digest=row.digest,
                detail={"number": number, "state": state.value, "note": note, "came_back": plain, "ended_at": ended},
            )
            append_within(connection, row.run_id, _OUTCOMES[WriteKind(row.kind)], act)

    def of_run(self, run_id: str) -> tuple[WriteRecord, ...]:
        """List a run's writes in order.

        Raises:
            RunError: the record cannot be used.
        """
        return self._read(select(WRITES).where(WRITES.c.run_id == run_id).order_by(WRITES.c.number))

    def since(self, moment: datetime) -> tuple[WriteRecord, ...]:
        """List the writes of all runs and clusters that began at a moment or later, in order.

        Raises:
            RunError: the record cannot be used.
        """
        at = moment.astimezone(UTC).isoformat(timespec="microseconds")
        return self._read(select(WRITES).where(WRITES.c.began_at >= at).order_by(WRITES.c.number))

    def _read(self, statement: Executable) -> tuple[WriteRecord, ...]:
        with self._store.reading() as connection:
            rows = connection.execute(statement).all()
        try:
            return tuple(WriteRecord.model_validate(_parsed(row._asdict())) for row in rows)
        except (ValidationError, ValueError, RecursionError) as error:
            raise self._store.damaged(error) from error


_UNIQUE = ("run_id", "step", "kind", "digest")
_INTENTS = {WriteKind.APPLY: AuditKind.WRITE_INTENT, WriteKind.UNDO: AuditKind.UNDO_INTENT}
_OUTCOMES = {WriteKind.APPLY: AuditKind.WRITE_OUTCOME, WriteKind.UNDO: AuditKind.UNDO_OUTCOME}


def _parsed(row: dict[str, object]) -> dict[str, object]:
    return {**row, **{name: json.loads(str(row[name])) for name in ("target", "body", "detail")}}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
