"""`cluster-doctor changes`: the list alone on standard output, in a form that its schema describes."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest

from cluster_doctor.cli.main import WRONG_USE, run
from cluster_doctor.domain.errors import UsageError
from cluster_doctor.domain.spans import span

ROOT = Path(__file__).parents[2]
INCIDENT = str(ROOT / "notebooks" / "incidents" / "checkout.cds")


def test_what_changed_is_listed_with_times_and_values(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["changes", "-n", "shop", "--from", INCIDENT]) == 0
    told = capsys.readouterr()
    assert "2026-11-21 08:04:14 UTC rollout Deployment shop/payments: revision 2" in told.out
    assert "payments:2.3.1 ->" in told.out
    assert "reading" not in told.out


def test_its_json_is_what_its_schema_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["changes", "--since", "30d", "--from", INCIDENT, "--output", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, json.loads((ROOT / "docs" / "changes.schema.json").read_text(encoding="utf-8")))
    assert {"rollout", "configuration"} <= {change["kind"] for change in found["changes"]}


def test_where_nothing_changed_that_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["changes", "-n", "nowhere", "--from", INCIDENT, "--since", "1m"]) == 0
    assert "No change since" in capsys.readouterr().out


@pytest.mark.parametrize(("text", "meant"), [("90m", timedelta(minutes=90)), ("1d12h", timedelta(hours=36))])
def test_spans_are_read_as_kubectl_writes_them(text: str, meant: timedelta) -> None:
    assert span(text) == meant


@pytest.mark.parametrize("text", ["", "soon", "24", "-1h", "h", "1h later", "999999w"])
def test_what_is_no_span_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match=r"span|longer"):
        span(text)


def test_a_wrong_span_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["changes", "--since", "yesterday", "--from", INCIDENT]) == WRONG_USE
    assert "24h" in capsys.readouterr().err
