"""The index of past incidents, and searches in it."""

from __future__ import annotations

import multiprocessing
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cluster_doctor.domain.errors import RunError
from cluster_doctor.domain.recurrence import Judgement, Likeness, PastIncident
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.history import incident_index
from cluster_doctor.history.entry import Entry, Wanted
from cluster_doctor.history.history import History
from cluster_doctor.history.incident_index import IncidentIndex
from cluster_doctor.history.store import Store

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
JUDGEMENT = Judgement(confirmed=True, helped="raised the limit", by="ada", at=NOON)


def entry(
    run: int, *, workload: str = "checkout", rule: str = "memory_limit_is_exceeded", words: str = "", cause: str = ""
) -> Entry:
    """Make the entry of a run by its number; the higher, the later."""
    subject = ObjectRef(kind="Deployment", name=workload, namespace="shop", api_version="apps/v1")
    pod = ObjectRef(kind="Pod", name=f"{workload}-5c6f7d8b9c-l8vkq", namespace="shop")
    return Entry(
        incident=PastIncident(
            run_id=f"run-{run:04}",
            at=NOON + timedelta(hours=run),
            subject=subject,
            rule=rule,
            statement=f"something is wrong with {workload}",
            fingerprint=f"chain of {workload}",
            kind_fingerprint=f"kind of {rule}",
            cause_fingerprint=cause or f"cause at {workload}",
        ),
        snapshot=f"picture {run}",
        episode=f"episode {run}",
        objects=(subject, pod),
        words=words or f"{subject} {rule} something is wrong with {workload}",
    )


def found(index: IncidentIndex, **wanted: object) -> list[str]:
    return [past.run_id for past in index.search(Wanted(**wanted), 100)]  # type: ignore[arg-type]


def _store(path: Path) -> Store:
    return Store(path, "the index of past incidents", "Move it away.")


@pytest.fixture
def index(home: str) -> Iterator[IncidentIndex]:
    with History(home) as history:
        yield history.incidents


def test_incidents_are_found_by_words_fingerprint_rule_and_object(index: IncidentIndex) -> None:
    index.add([entry(1), entry(2, workload="payments"), entry(3, rule="image_does_not_exist")])
    assert found(index) == ["run-0003", "run-0002", "run-0001"], "the newest first"
    assert found(index, text="payments") == ["run-0002"]
    assert found(index, text="MEMORY wrong") == ["run-0002", "run-0001"]
    assert found(index, text="memory_limit_is_exceeded pay") == ["run-0002"], "the last word may be begun only"
    assert found(index, text="payments checkout") == []
    assert found(index, fingerprint="chain of payments") == ["run-0002"]
    assert found(index, fingerprint="Kind of memory_limit_is_exceeded") == ["run-0002", "run-0001"]
    assert found(index, rule="image-does-not-exist") == ["run-0003"]
    assert found(index, rule="image") == []
    for name, kind, namespace in (("payments", "deployment", "shop"), ("payments-7d4b9c8f6d-x2x4z", "Pod", None)):
        ref = ObjectRef(kind=kind, name=name, namespace=namespace)
        assert found(index, subject=ref) == ["run-0002"]
    assert found(index, subject=ObjectRef(kind="Deployment", name="payments", namespace="other")) == []
    assert found(index, text="wrong", rule="memory_limit_is_exceeded", fingerprint="cause at checkout") == ["run-0001"]


@pytest.mark.parametrize(
    "text", ['"', "a AND", "NEAR(", "text:x", "*", "^x", "-x", "a\0b", "'; DROP TABLE words", "ü\ud800"]
)
def test_no_word_is_an_instruction_to_the_search(index: IncidentIndex, text: str) -> None:
    index.add([entry(1)])
    assert found(index, text=text) in ([], ["run-0001"])
    assert found(index, text="checkout") == ["run-0001"]
    assert found(index, text="!?") == [], "what holds no word is not everything"


def test_words_are_taken_apart_alike_wherever_they_are_kept(index: IncidentIndex) -> None:
    said = "shop/web:8080 on node-1.example.com at 10.0.0.7: Größe 1e5, éclair, 日志, exit_code 137, 5c6f7d8b9c by ada"
    index.add([entry(1, words=said), entry(2, words="nothing of it")])
    for met in (
        "shop/web:8080", "web:80", "SHOP WEB", "node-1.example.com", "example", "10.0.0.7", "größe", "Große", "éclair",
        "ECLAI", "日志", "exit_code", "1e5", "5c6f7d8b9c", "ada example",
    ):  # fmt: skip
        assert found(index, text=met) == ["run-0001"], met
    for missed in ("web/shop", "ample", "10.0.0.8", "Grosse", "code_exit", "ada@example", "exit web9"):
        assert found(index, text=missed) == [], missed


def test_adding_again_keeps_what_a_person_said(index: IncidentIndex) -> None:
    index.add([entry(1)])
    index.judge("run-0001", "cause at checkout", JUDGEMENT)
    index.add([entry(1)])
    assert [past.judgement for past in index.search(Wanted(text="raised"), 10)] == [JUDGEMENT]
    with pytest.raises(RunError, match="not among the past incidents"):
        index.judge("run-0001", "another", JUDGEMENT)


def test_the_oldest_go_first_but_for_those_that_somebody_judged(
    index: IncidentIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incident_index, "MOST_INCIDENTS", 3)
    index.add([entry(1)])
    index.judge("run-0001", "cause at checkout", JUDGEMENT)
    for run in range(2, 8):
        index.add([entry(run)])
    assert found(index) == ["run-0007", "run-0006", "run-0001"]
    assert set(found(index, text="checkout")) == {"run-0007", "run-0006", "run-0001"}
    assert len(index.resembling(Likeness.SAME, "chain of checkout", "another picture", 10)) == 3


def test_a_file_that_is_no_index_or_of_a_later_version_is_an_error(tmp_path: Path) -> None:
    broken, later = tmp_path / "broken.sqlite", tmp_path / "later.sqlite"
    broken.write_bytes(b"nothing of the kind" * 100)
    with sqlite3.connect(later) as other:
        other.execute("PRAGMA user_version = 99")
    other.close()
    for path, said in ((broken, "cannot be used"), (later, "a later version"), (tmp_path, "cannot be used")):
        with pytest.raises(RunError, match=said) as caught:
            IncidentIndex(_store(path))
        assert caught.value.next_step
    assert broken.read_bytes().startswith(b"nothing"), "what cannot be read is left as it is"


def test_a_damaged_record_is_an_error(tmp_path: Path) -> None:
    index = IncidentIndex(_store(tmp_path / "incidents.sqlite"))
    index.add([entry(1)])
    with sqlite3.connect(tmp_path / "incidents.sqlite") as other:
        other.execute("UPDATE incidents SET record = '{'")
    other.close()
    with pytest.raises(RunError, match="holds a damaged record"):
        index.search(Wanted(), 10)


def _add(home: str, first: int) -> None:
    with History(home) as history:
        for run in range(first, first + 20):
            history.incidents.add([entry(run)])
            history.incidents.judge(f"run-{run:04}", "cause at checkout", JUDGEMENT)


def test_several_processes_write_at_once(home: str) -> None:
    context = multiprocessing.get_context("forkserver")
    workers = [context.Process(target=_add, args=(home, first)) for first in (0, 100, 200, 300)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)
    assert [worker.exitcode for worker in workers] == [0, 0, 0, 0]
    with History(home) as history:
        past = history.incidents.search(Wanted(text="raised"), 1000)
    assert len(past) == 80
    assert {incident.judgement for incident in past} == {JUDGEMENT}
