"""The audit record, and what is found of it when somebody touched it."""

from __future__ import annotations

import multiprocessing
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from cluster_doctor.domain.audit import AuditBody, AuditHead, AuditKind
from cluster_doctor.domain.errors import RunError
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.history.audit import chained
from cluster_doctor.history.history import History
from cluster_doctor.history.verifying import verify, verify_within
from cluster_doctor.history.write_log import WriteKind, WriteState

WEB = ObjectRef(kind="Deployment", name="web", namespace="shop", api_version="apps/v1", uid="u-1")
RUNS = ("20260101-a", "20260101-b", "20260101-c")
ENTRIES = 12
TOUCHED = {
    "audit": ("sequence", "at", "run_id", "kind", "body", "previous", "hash"),
    "audit_head": ("sequence", "hash"),
    "writes": (
        "number", "run_id", "step", "kind", "cluster", "target", "digest", "body", "state", "note", "detail",
        "began_at", "ended_at", "approver",
    ),
    "runs": ("run_id", "audit_sequence", "audit_hash"),
}  # fmt: skip
"""What may not change unseen."""
NUMBERS = {"sequence", "number", "audit_sequence"}


def _filled(home: str) -> History:
    """Three runs, whose acts took turns: a question, an answer, a write and what came of it."""
    history = History(home)
    for run in RUNS:
        history.log.begin(run, "", "")
        history.audit.append(run, AuditKind.QUESTION, AuditBody(who="cluster-doctor", what="asked", digest="d"))
    for run in RUNS:
        history.audit.append(run, AuditKind.APPROVAL, AuditBody(who="ada", what="agreed", detail={"ö": [1.5, None]}))
    numbers = [
        history.writes.intend(run, "1", WriteKind.APPLY, WEB, "d", {"a": 1}, cluster="uid", approver="ada")
        for run in RUNS
    ]
    for number in numbers:
        history.writes.settle(number, WriteState.DONE, "took", {"resource_version": "7"})
    return history


@pytest.fixture
def history(home: str) -> Iterator[History]:
    with _filled(home) as opened:
        yield opened


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the record of three runs."""
    home = tmp_path_factory.mktemp("kept")
    with _filled(str(home)):
        pass
    return home / "runs.sqlite"


class _Undone(Exception):  # noqa: N818 - no error
    """Takes a transaction back."""


@contextmanager
def _copied(kept: Path) -> Iterator[tuple[History, sqlite3.Connection]]:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(kept, folder)
        with History(folder) as history:
            other = sqlite3.connect(Path(folder) / "runs.sqlite", isolation_level=None)
            try:
                yield history, other
            finally:
                other.close()


def _change(history: History, statement: str, **values: object) -> int:
    with history.store.writing() as connection:
        return connection.execute(text(statement), values).rowcount


def test_what_nobody_touched_is_intact_and_anchored_in_its_run(history: History) -> None:
    found = verify(history.store)
    assert (found.faults, found.runs, found.head.sequence) == ((), 3, ENTRIES)
    for run in RUNS:
        last = history.audit.of_run(run)[-1]
        assert history.audit.head(run) == AuditHead(sequence=last.sequence, hash=last.hash)
        kinds = [AuditKind.QUESTION, AuditKind.APPROVAL, AuditKind.WRITE_INTENT, AuditKind.WRITE_OUTCOME]
        assert [entry.kind for entry in history.audit.of_run(run)] == kinds
    assert verify(history.store, found.head).faults == ()


def test_a_run_without_acts_is_intact(history: History) -> None:
    history.log.begin("quiet", "", "")
    assert history.audit.head("quiet") == AuditHead()
    assert verify(history.store).faults == ()
    with pytest.raises(RunError, match="there is no run"):
        history.audit.head("nobody")


ODD = st.one_of(
    st.text(max_size=8), st.integers(-3, 40), st.binary(max_size=8), st.none(), st.floats(allow_nan=False)
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.data())
def test_any_single_change_of_any_stored_row_is_found(kept: Path, where: st.DataObject) -> None:
    table = where.draw(st.sampled_from(sorted(TOUCHED)))
    column = where.draw(st.sampled_from(TOUCHED[table]))
    with _copied(kept) as (history, other):
        rows = other.execute(f"SELECT rowid, {column} FROM {table} ORDER BY rowid").fetchall()
        at, before = where.draw(st.sampled_from(rows))
        after = where.draw(st.one_of(ODD, _edited(before)))
        try:
            other.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (after, at))
        except sqlite3.Error:
            return  # the table itself refuses it
        (now,) = other.execute(f"SELECT count(*) FROM {table} WHERE {column} IS ?", (before,)).fetchone()
        was = sum(row[1] == before for row in rows)
        if now != was:
            assert verify(history.store).faults, f"{table}.{column}: {before!r} became {after!r}"
        else:
            assert verify(history.store).faults == (), "nothing was changed"


def _edited(value: object) -> st.SearchStrategy[object]:
    """The value with one character changed, dropped or added."""
    if not isinstance(value, str) or not value:
        return st.just(None)
    places = st.integers(0, len(value) - 1)
    return st.one_of(
        st.builds(lambda at, new: value[:at] + new + value[at + 1 :], places, st.characters(codec="utf-8")),
        st.builds(lambda at: value[:at] + value[at + 1 :], places),
        st.builds(lambda at, new: value[:at] + new + value[at:], places, st.sampled_from(' \n0a"{')),
    )


@pytest.mark.parametrize("table", sorted(TOUCHED))
def test_any_row_that_is_deleted_is_missed(kept: Path, table: str) -> None:
    with sqlite3.connect(kept) as other:
        rows = [row[0] for row in other.execute(f"SELECT rowid FROM {table}")]
    other.close()
    for row in rows:
        with _copied(kept) as (history, other):
            other.execute(f"DELETE FROM {table} WHERE rowid = ?", (row,))
            assert verify(history.store).faults, f"row {row} of {table}"


def test_any_column_that_is_changed_is_found(history: History) -> None:
    for table, columns in TOUCHED.items():
        for column in columns:
            changed = f"{column} + 100" if column in NUMBERS else f"coalesce({column}, '') || ' '"
            with suppress(_Undone), history.store.writing() as connection:
                touched = connection.execute(
                    text(
                        f"UPDATE {table} SET {column} = {changed} WHERE {column} = (SELECT max({column}) FROM {table})"
                    )
                ).rowcount
                assert touched
                assert verify_within(connection).faults, f"{table}.{column}"
                raise _Undone


def test_two_entries_that_changed_places_are_found(kept: Path) -> None:
    for first in range(1, ENTRIES):
        with _copied(kept) as (history, other):
            for old, new in ((first, -1), (first + 1, first), (-1, first + 1)):
                other.execute("UPDATE audit SET sequence = ? WHERE sequence = ?", (new, old))
            assert {fault.sequence for fault in verify(history.store).faults} & {first, first + 1}


def test_a_tail_that_is_cut_off_is_missed_even_with_the_head_of_all_moved_back(kept: Path) -> None:
    for last in range(ENTRIES):
        with _copied(kept) as (history, other):
            other.execute("DELETE FROM audit WHERE sequence > ?", (last,))
            assert verify(history.store).faults
            other.execute(
                "UPDATE audit_head SET sequence = ?, hash = coalesce((SELECT hash FROM audit WHERE sequence = ?), ?)",
                (last, last, "0" * 64),
            )
            assert any("its record ends with entry" in fault.what for fault in verify(history.store).faults)


@pytest.mark.parametrize("run", RUNS)
def test_a_run_that_is_deleted_whole_is_missed(history: History, run: str) -> None:
    for table in ("audit", "writes", "runs", "steps"):
        _change(history, f"DELETE FROM {table} WHERE run_id = :run", run=run)
    faults = verify(history.store).faults
    assert any("missing" in fault.what for fault in faults)


def test_an_entry_that_is_hashed_anew_no_longer_fits_its_neighbour(history: History) -> None:
    entry = history.audit.of_run(RUNS[1])[0]
    body = '{"who":"mallory"}'
    made = chained(entry.previous, entry.sequence, entry.at, entry.run_id, entry.kind, body)
    _change(history, "UPDATE audit SET body = :b, hash = :h WHERE sequence = :s", b=body, h=made, s=entry.sequence)
    faults = verify(history.store).faults
    assert {(fault.sequence, fault.run_id) for fault in faults} >= {
        (entry.sequence + 1, RUNS[2]), (entry.sequence, RUNS[1])
    }  # fmt: skip


def test_a_record_that_is_replaced_whole_is_found_by_a_head_that_was_noted_elsewhere(
    tmp_path: Path, history: History
) -> None:
    noted = verify(history.store).head
    with _filled(str(tmp_path / "forged")) as forged:
        assert verify(forged.store).faults == (), "it is whole in itself"
        (fault,) = verify(forged.store, noted).faults
        assert (fault.sequence, "not the one that was noted" in fault.what) == (noted.sequence, True)


def test_odd_text_is_kept_and_does_not_look_like_a_change(history: History) -> None:
    odd = 'a\0b\ud800 \u202e"\\ü\U0001f600'
    history.audit.append(RUNS[0], AuditKind.REFUSAL, AuditBody(who=odd, what=odd, detail={odd: [odd, float("nan")]}))
    number = history.writes.intend(
        RUNS[0], odd, WriteKind.UNDO, WEB, odd, {odd: odd}, cluster=odd, approver=odd, evidence=(odd,), undo=odd
    )
    history.writes.settle(number, WriteState.FAILED, odd, {odd: odd})
    assert verify(history.store).faults == ()
    assert history.writes.of_run(RUNS[0])[-1].state is WriteState.FAILED


def test_an_act_of_a_run_that_is_not_on_record_is_refused(history: History) -> None:
    with pytest.raises(RunError, match="there is no run"):
        history.audit.append("nobody", AuditKind.ANSWER, AuditBody(who="ada", what="yes"))
    assert verify(history.store).head.sequence == ENTRIES


def _append(home: str, run: str, times: int) -> None:
    with History(home) as history:
        for time in range(times):
            history.audit.append(run, AuditKind.QUESTION, AuditBody(who="ada", what=str(time)))


def test_processes_that_append_at_once_do_not_fork_the_chain(home: str) -> None:
    with _filled(home):
        pass
    context = multiprocessing.get_context("forkserver")
    workers = [context.Process(target=_append, args=(home, run, 30)) for run in (*RUNS, RUNS[0])]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)
    assert [worker.exitcode for worker in workers] == [0, 0, 0, 0]
    with History(home) as history:
        found = verify(history.store)
        assert (found.faults, found.head.sequence) == ((), ENTRIES + 120)
