"""`cluster-doctor logs`: what the logs say, with what is new first."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import orjson
import pytest

from cluster_doctor.cli.main import run

SCHEMA = Path(__file__).parents[2] / "docs" / "logs.schema.json"
SERVED = "\n".join(f"2026-01-01T10:{minute:02}:00Z INFO served item {minute}" for minute in range(40))
SAID = f"""$ kubectl logs web-0 -n shop
{SERVED}
2026-01-01T11:59:00Z ERROR dial tcp 10.1.2.3:5432: connect: connection refused
2026-01-01T11:59:10Z ERROR login with password=hunter2secret failed
$ date
Thu Jan  1 12:00:00 UTC 2026
"""


@pytest.fixture
def recording(tmp_path: Path) -> str:
    path = tmp_path / "session.txt"
    path.write_text(SAID)
    return str(path)


def test_the_json_form_is_what_its_schema_says_and_holds_no_credential(
    recording: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["logs", "--from", recording, "--output", "json"]) == 0
    out = capsys.readouterr().out
    report = orjson.loads(out)
    jsonschema.validate(report, orjson.loads(SCHEMA.read_bytes()))
    assert {pattern["count"] for pattern in report["patterns"]} == {40, 1}
    assert "hunter2secret" not in out


def test_the_text_form_shows_counts_level_trouble_and_a_command(
    recording: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["logs", "-n", "shop", "--from", recording, "--no-color"]) == 0
    out = capsys.readouterr().out
    assert "1x ERROR (connection refused)" in out
    assert "40x INFO" in out
    assert "$ kubectl logs web-0 -n shop" in out


@pytest.mark.parametrize("span", ["1", "h", "-1h", "1h 2", "999999w"])
def test_a_span_that_is_none_is_wrong_use(span: str, recording: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["logs", f"--since={span}", "--from", recording]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Write one such as" in captured.err


def test_a_recording_without_logs_is_told_from_silence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "web.yaml"
    path.write_text("{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {}}")
    assert run(["logs", "--from", str(path)]) == 3
    assert "No log was read" in capsys.readouterr().err
