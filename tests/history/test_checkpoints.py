"""Checkpoints that somebody touched."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import ormsgpack
import pytest
from langgraph.types import Interrupt

from cluster_doctor.domain.errors import RunError
from cluster_doctor.history.checkpoints import PlainSerializer, open_checkpointer


def _forged(marker: Path) -> bytes:
    call = ormsgpack.packb(("os", "system", (f"touch {marker}",)))
    return ormsgpack.packb({"v": 1, "channel_values": {"snapshot": ormsgpack.Ext(1, call)}})


@pytest.mark.parametrize("code", range(8))
def test_a_value_that_names_code_is_refused_and_runs_nothing(code: int, tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    for named in (
        ("os", "system", (f"touch {marker}",)),
        ("os", "system", f"touch {marker}", "x"),
        ("re", "compile", ("a",)),
    ):
        content = ormsgpack.packb([ormsgpack.Ext(code, ormsgpack.packb(named))])
        with pytest.raises(RunError, match="damaged, or somebody changed it") as caught:
            PlainSerializer().loads_typed(("msgpack", content))
        assert caught.value.next_step
    assert not marker.exists()


@pytest.mark.parametrize("form", ["json", "pickle", "bytes", "yaml"])
def test_forms_that_are_never_written_are_refused(form: str) -> None:
    with pytest.raises(RunError, match="never written"):
        PlainSerializer().loads_typed((form, b'{"lc": 2, "type": "constructor", "id": ["os", "system"]}'))


def test_what_the_graph_writes_comes_back() -> None:
    serializer = PlainSerializer()
    question = Interrupt(value={"digest": "d"}, id="i")
    for value in (None, {"a": [1, 2.5, True, None, "ü"]}, [question]):
        assert serializer.loads_typed(serializer.dumps_typed(value)) == value


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "checkpoints.sqlite"
    path.write_bytes(b"no database at all, but long enough to look at" * 100)
    with pytest.raises(RunError, match="cannot be read as checkpoints"):
        open_checkpointer(path)


def test_a_forged_row_is_an_error_when_it_is_loaded(tmp_path: Path) -> None:
    path, marker = tmp_path / "checkpoints.sqlite", tmp_path / "ran"
    saver = open_checkpointer(path)
    with sqlite3.connect(path) as other:
        other.execute(
            "INSERT INTO checkpoints (thread_id, checkpoint_ns, checkpoint_id, type, checkpoint, metadata) "
            "VALUES ('t', '', '1', 'msgpack', ?, '{}')",
            (_forged(marker),),
        )
    other.close()
    with pytest.raises(RunError):
        saver.get_tuple({"configurable": {"thread_id": "t"}})
    saver.conn.close()
    assert not marker.exists()
