"""Finds where the audit record, or what is anchored in it, is not what was written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, select

from cluster_doctor.domain.audit import AuditFault, AuditHead, AuditKind
from cluster_doctor.history.audit import BEGINNING, ENTRIES, HEAD, canonical, chained
from cluster_doctor.history.run_log import RUNS
from cluster_doctor.history.store import Store
from cluster_doctor.history.write_log import WRITES, WriteKind, WriteState

_INTENTS = {AuditKind.WRITE_INTENT: WriteKind.APPLY, AuditKind.UNDO_INTENT: WriteKind.UNDO}
_OUTCOMES = frozenset({AuditKind.WRITE_OUTCOME, AuditKind.UNDO_OUTCOME})
_AT_ONCE = 500
_SHOWN = 12
"""Characters of a hash in a sentence."""


@dataclass(frozen=True, kw_only=True)
class Verification:
    """What became of looking.

    Attributes:
        head: the last entry of all; whoever keeps it elsewhere finds later that even the whole record was replaced.
        runs: how many runs have entries.
        faults: where it is not what was written; none if it is intact.
    """

    head: AuditHead
    runs: int
    faults: tuple[AuditFault, ...]


@dataclass
class _Walk:
    """What is known when the last entry was read."""

    last: AuditHead = field(default_factory=lambda: AuditHead(hash=BEGINNING))
    last_run: str = ""
    runs: dict[str, AuditHead] = field(default_factory=dict)
    writes: dict[int, dict[str, Any]] = field(default_factory=dict)
    noted: str = ""


def verify(store: Store, known: AuditHead | None = None) -> Verification:
    """Read the whole record: each entry, its place in the chain, the heads and the writes.

    Args:
        store: where it is kept.
        known: a head that somebody noted earlier elsewhere.

    Raises:
        RunError: the store cannot be used.
    """
    with store.reading() as connection:
        return verify_within(connection, known)


def verify_alone(store: Store, run_id: str, head: AuditHead) -> Verification:
    """Read the record of one run that was made elsewhere: each entry, those that follow one another, and the end.

    What stood between its entries is of other runs, and not there to be looked at.

    Raises:
        RunError: the store cannot be used.
    """
    walk = _Walk()
    with store.reading() as connection:
        faults = list(_entries(connection, walk, AuditHead(), whole=False))
    last = walk.runs.get(run_id, AuditHead())
    faults += [
        AuditFault(sequence=found.sequence, run_id=other, what="is an entry of another run")
        for other, found in walk.runs.items()
        if other != run_id
    ]
    if last != head:
        what = f"the record ends with entry {last.sequence}; it ended with entry {head.sequence}"
        faults.append(AuditFault(sequence=last.sequence, run_id=run_id, what=what))
    return Verification(head=last, runs=1, faults=tuple(faults))


def verify_within(connection: Connection, known: AuditHead | None = None) -> Verification:
    """Read the whole record as one transaction sees it."""
    walk = _Walk()
    faults = [
        *_entries(connection, walk, known or AuditHead()),
        *_head(connection, walk),
        *_runs(connection, walk),
        *_writes(connection, walk),
    ]
    if known and walk.noted != known.hash:
        what = f"entry {known.sequence} is not the one that was noted, {known.hash[:_SHOWN]}"
        faults.append(AuditFault(sequence=known.sequence, what=what))
    return Verification(head=walk.last, runs=len(walk.runs), faults=tuple(faults))


def _entries(connection: Connection, walk: _Walk, known: AuditHead, *, whole: bool = True) -> Iterator[AuditFault]:
    """Compare each entry with the one before it; where the record is not whole, gaps are no faults."""
    rows = connection.execution_options(yield_per=_AT_ONCE).execute(select(ENTRIES).order_by(ENTRIES.c.sequence))
    for row in rows:
        at, run = row.sequence, str(row.run_id)
        expected = walk.last.sequence + 1
        if at != expected:
            missing = f"entry {expected} is" if at == expected + 1 else f"entries {expected} to {at - 1} are"
            if whole:
                yield AuditFault(sequence=expected, what=f"{missing} missing")
        elif row.previous != walk.last.hash:
            yield AuditFault(sequence=at, run_id=run, what="does not follow from the entry before")
            if walk.last_run not in {"", run}:
                yield AuditFault(
                    sequence=walk.last.sequence, run_id=walk.last_run, what="is not what the entry after follows from"
                )
        if not _is_whole(row):
            yield AuditFault(sequence=at, run_id=run, what="was changed")
        elif not _note_write(row, walk):
            yield AuditFault(sequence=at, run_id=run, what="says nothing of a write that can be read")
        walk.last, walk.last_run = AuditHead(sequence=at, hash=str(row.hash)), run
        walk.runs[run] = walk.last
        if at == known.sequence:
            walk.noted = str(row.hash)


def _is_whole(row: Row[Any]) -> bool:
    """Whether an entry says what was hashed, to the letter."""
    try:
        if canonical(json.loads(row.body)) != row.body:
            return False
        return bool(chained(row.previous, row.sequence, row.at, row.run_id, row.kind, row.body) == row.hash)
    except (ValueError, TypeError, RecursionError):
        return False


def _head(connection: Connection, walk: _Walk) -> Iterator[AuditFault]:
    heads = connection.execute(select(HEAD)).all()
    if len(heads) != 1:
        yield AuditFault(what="the head of the record is missing" if not heads else "the record has several heads")
        return
    sequence, made = heads[0].sequence, heads[0].hash
    if sequence != walk.last.sequence:
        yield AuditFault(sequence=walk.last.sequence, what=f"is the last entry; entry {sequence} was")
    elif made != walk.last.hash:
        yield AuditFault(sequence=walk.last.sequence, what="is not the entry that was the last")


def _runs(connection: Connection, walk: _Walk) -> Iterator[AuditFault]:
    """Compare the anchors with the last entries of runs."""
    anchored: set[str] = set()
    for row in connection.execute(select(RUNS.c.run_id, RUNS.c.audit_sequence, RUNS.c.audit_hash)):
        run = str(row.run_id)
        anchored.add(run)
        head = walk.runs.get(run, AuditHead())
        if row.audit_sequence != head.sequence:
            what = f"its record ends with entry {head.sequence}; it ended with entry {row.audit_sequence}"
            yield AuditFault(sequence=head.sequence, run_id=run, what=what)
        elif row.audit_hash != head.hash:
            yield AuditFault(sequence=head.sequence, run_id=run, what="is not the entry that the run ended with")
    for run in walk.runs.keys() - anchored:
        yield AuditFault(sequence=walk.runs[run].sequence, run_id=run, what="its run is not on record any more")


def _note_write(row: Row[Any], walk: _Walk) -> bool:
    """Take down what the entry says of a write; False if it should say something and does not."""
    act = json.loads(row.body)
    try:
        if row.kind in _INTENTS:
            told = act["detail"]
            walk.writes[told["number"]] = {
                "number": told["number"], "run_id": row.run_id, "step": told["step"], "kind": _INTENTS[row.kind].value,
                "cluster": act["cluster"]["system_uid"], "target": canonical(told["target"]), "digest": act["digest"],
                "body": canonical(told["body"]), "state": WriteState.INTENDED.value, "note": "", "detail": "{}",
                "began_at": told["began_at"], "ended_at": None, "approver": act["approver"],
            }  # fmt: skip
        elif row.kind in _OUTCOMES:
            told = act["detail"]
            came = {"state": told["state"], "note": told["note"], "detail": canonical(told["came_back"])}
            walk.writes[told["number"]] |= came | {"ended_at": told["ended_at"]}
    except (KeyError, TypeError):
        return False
    return True


def _writes(connection: Connection, walk: _Walk) -> Iterator[AuditFault]:
    """Compare the write-ahead record with what the audit record says of it."""
    there: set[int] = set()
    for row in connection.execute(select(WRITES)):
        there.add(row.number)
        if walk.writes.get(row.number) != row._asdict():
            yield AuditFault(run_id=str(row.run_id), what=f"write {row.number} is not what the record says of it")
    for number in walk.writes.keys() - there:
        yield AuditFault(run_id=walk.writes[number]["run_id"], what=f"write {number} is missing from the writes")
