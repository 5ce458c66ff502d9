"""`runs audit` and `runs verify`, as a person uses them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import jsonschema
import orjson
import pytest
from sqlalchemy import text

from cluster_doctor.cli.main import run
from cluster_doctor.domain.audit import AuditBody, AuditKind
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.history.history import History
from cluster_doctor.history.write_log import WriteKind, WriteState

DOCS = Path(__file__).parents[2] / "docs"
WEB = ObjectRef(kind="Deployment", name="web", namespace="shop", api_version="apps/v1", uid="u-1")
RUN, OTHER = "20260101-000000-aaaaaa", "20260102-000000-bbbbbb"


@pytest.fixture(autouse=True)
def _acts(home: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two runs: a write that was made and taken back, and a question in between."""
    monkeypatch.setenv("CLUSTER_DOCTOR_HOME", home)
    with History(home) as history:
        for name in (RUN, OTHER):
            history.log.begin(name, "web is down", "recorded")
        number = history.writes.intend(
            RUN, "1", WriteKind.APPLY, WEB, "d1", {"spec": {"replicas": 3}},
            cluster="uid-of-system", approver="ada", evidence=("kubectl get deployment web",), undo={"replicas": 2},
        )  # fmt: skip
        history.audit.append(
            OTHER, AuditKind.QUESTION, AuditBody(who="cluster-doctor", what="may I?\x1b[31m", digest="d2")
        )
        history.writes.settle(number, WriteState.DONE, "took")
        number = history.writes.intend(
            RUN, "1", WriteKind.UNDO, WEB, "d1", {"spec": {"replicas": 2}}, cluster="uid-of-system", approver="ada"
        )
        history.writes.settle(number, WriteState.UNKNOWN, "no answer")


def _break(home: str, run_id: str) -> None:
    with History(home) as history, history.store.writing() as connection:
        connection.execute(text("UPDATE audit SET at = '2020' WHERE run_id = :run"), {"run": run_id})


def test_the_record_tells_who_did_what_where_on_whose_word_and_the_way_back(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["runs", "audit", RUN[:8]]) == 0
    out = capsys.readouterr().out
    assert "write intent by cluster-doctor: about to carry out step 1 at Deployment shop/web" in out
    for said in (
        "cluster: UID of namespace kube-system uid-of-system", "on the word of: ada", "digest: d1",
        "evidence: kubectl get deployment web", 'undo: {"replicas": 2}', "write outcome by cluster-doctor: done: took",
        "undo intent by cluster-doctor: about to take back", "undo outcome by cluster-doctor: unknown: no answer",
    ):  # fmt: skip
        assert said in out
    assert "may I?" not in out, "that is another run's"
    assert run(["runs", "audit", OTHER]) == 0
    assert "\x1b" not in capsys.readouterr().out


def test_each_line_of_json_fits_the_schema_and_carries_its_own_proof(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["runs", "audit", RUN, "-o", "jsonl"]) == 0
    schema = orjson.loads((DOCS / "audit.schema.json").read_bytes())
    entries = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [entry["kind"] for entry in entries] == ["write intent", "write outcome", "undo intent", "undo outcome"]
    for entry in entries:
        jsonschema.validate(entry, schema)
        hashed = [entry[name] for name in ("previous", "sequence", "at", "run_id", "kind", "body")]
        canonical = json.dumps(hashed, sort_keys=True, separators=(",", ":"))
        assert hashlib.sha256(canonical.encode()).hexdigest() == entry["hash"]


def test_an_intact_record_is_0_and_its_head_can_be_noted(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["runs", "verify"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Intact: 5 entries of 2 runs. Head 5:")
    head = out.split()[-1]
    assert run(["runs", "verify", RUN, "--head", head]) == 0
    capsys.readouterr()
    assert run(["runs", "verify", "--head", head[:-4] + "0000"]) == 1
    assert capsys.readouterr().out == f"entry 5: entry 5 is not the one that was noted, {head[2:14]}\n"


def test_a_broken_record_is_1_and_says_where(home: str, capsys: pytest.CaptureFixture[str]) -> None:
    _break(home, OTHER)
    assert run(["runs", "verify"]) == 1
    told = capsys.readouterr()
    assert told.out == f"entry 2 of run {OTHER}: was changed\n"
    assert "Find out who" in told.err
    assert run(["runs", "verify", OTHER]) == 1
    capsys.readouterr()
    assert run(["runs", "verify", RUN]) == 0, "what is this run's is whole"
    assert "Other runs have 1 fault" in capsys.readouterr().err
    with History(home) as history, history.store.writing() as connection:
        connection.execute(text("DELETE FROM runs WHERE run_id = :run"), {"run": OTHER})
    assert run(["runs", "verify", OTHER]) == 1, "a run that is gone can still be asked for"
    assert "not on record any more" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["verify", "nobody"], ["verify", "--head", "5"], ["audit", "nobody"], ["audit"]])
def test_wrong_use_is_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["runs", *words]) == 2
    assert not capsys.readouterr().out


def test_a_run_without_acts_says_so(home: str, capsys: pytest.CaptureFixture[str]) -> None:
    with History(home) as history:
        history.log.begin("20260103-000000-cccccc", "", "")
    assert run(["runs", "audit", "20260103"]) == 0
    told = capsys.readouterr()
    assert not told.out
    assert "Nothing was asked" in told.err
