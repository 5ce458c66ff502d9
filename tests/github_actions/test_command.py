"""`cluster-doctor ci`: a run by address or file, alone or held against a cluster."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import jsonschema
import pytest

from cluster_doctor.cli.main import BLIND, WRONG_USE, run
from github_actions.server import GitHub, serving

ROOT = Path(__file__).parents[2]
INCIDENT = str(ROOT / "notebooks" / "incidents" / "checkout.cds")
SCHEMA = json.loads((ROOT / "docs" / "ci.schema.json").read_text(encoding="utf-8"))
DEPLOY = """2026-01-01T10:00:10.1Z ##[group]Run kubectl set image deployment/payments payments=x
2026-01-01T10:00:10.2Z ##[endgroup]
2026-01-01T10:00:11.1Z naming to registry.example.com/shop/payments:2.4.0 done
2026-01-01T10:00:12.1Z error: deployment "payments" exceeded its progress deadline
2026-01-01T10:00:13.1Z ##[error]Process completed with exit code 1.
"""


@pytest.fixture
def saved(tmp_path: Path) -> str:
    path = tmp_path / "run.log"
    path.write_text(DEPLOY, encoding="utf-8")
    return str(path)


def test_a_failed_deploy_leads_to_the_incident_in_the_cluster(saved: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ci", saved, "--from", INCIDENT, "-n", "shop"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert 'deployment "payments" did not become ready in time' in told
    assert "line 4:" in told
    assert "ConfigMap payments lacks key gateway-url" in told
    assert "known by: the run's log names its image" in told


def test_its_json_is_what_its_schema_says(saved: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ci", saved, "--from", INCIDENT, "--output", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, SCHEMA)
    assert found["failures"][0]["failure"] == "deploy"
    assert found["ties"][0]["causes"][0]["rule"] == "config_map_lacks_key"


def test_a_run_is_read_by_its_address(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "never sent to this host")
    with serving(GitHub()) as github:
        assert run(["ci", f"{github.address}/shop/web/actions/runs/77", "--output", "markdown"]) == 0
    told = capsys.readouterr()
    assert "test tests/test" in told.out.replace("\\", "")
    assert "reading the log of job build" in told.err
    assert "never sent" not in str(github.asked)


def test_standard_input_is_read(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(DEPLOY.encode())))
    assert run(["ci", "-"]) == 0
    assert "payments" in capsys.readouterr().out


def test_a_log_without_a_failure_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "run.log"
    path.write_text("all is well\n", encoding="utf-8")
    assert run(["ci", str(path)]) == 0
    assert "No step that failed was found" in capsys.readouterr().out


def test_nothing_in_a_log_can_steer_a_terminal_or_form_markup(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "run.log"
    path.write_text("FAILED tests/a.py::t\u202e - [x](https://evil.example) \x9b31m\n##[error]x\n", encoding="utf-8")
    for output in ("text", "markdown", "json"):
        assert run(["ci", str(path), "--output", output]) == 0
        told = capsys.readouterr().out
        assert "\u202e" not in told
        assert "\x9b" not in told


@pytest.mark.parametrize(
    ("arguments", "code", "advice"),
    [
        (["nothere.log"], WRONG_USE, "Name a file"),
        (["https://github.com/shop/web/pull/1"], WRONG_USE, "actions/runs"),
        (["-", "--from", "-"], WRONG_USE, "Save the log"),
        (["http://127.0.0.1:9/shop/web/actions/runs/1"], BLIND, "save the log"),
    ],
)
def test_wrong_use_is_told_with_what_to_do(
    arguments: list[str], code: int, advice: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["ci", *arguments]) == code
    assert advice in capsys.readouterr().err


def test_a_namespace_needs_a_cluster(saved: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ci", saved, "-n", "shop"]) == WRONG_USE
    assert "--live" in capsys.readouterr().err
