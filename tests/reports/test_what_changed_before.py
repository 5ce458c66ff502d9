"""What changed before a cause is told in every form, with its time and with the values before and after."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

import cluster_doctor
from cluster_doctor.domain.diagnosis import Status
from cluster_doctor.domain.report import Report
from cluster_doctor.reports.as_json import load_report, render_json
from cluster_doctor.reports.html import render_html
from cluster_doctor.reports.markdown import render_markdown
from cluster_doctor.reports.text import render_text

ROOT = Path(__file__).parents[2]
INCIDENT = ROOT / "notebooks" / "incidents" / "checkout.cds"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return cluster_doctor.diagnose(source=str(INCIDENT), namespaces=["shop"], home=tmp_path_factory.mktemp("home"))


@pytest.mark.parametrize("render", [render_text, render_markdown, render_html])
def test_every_form_for_people_tells_it(report: Report, render: object) -> None:
    assert callable(render)
    told = " ".join(render(report).replace("\\", "").split())
    assert "What changed before" in told
    assert "2026-11-21 08:04:14 UTC, with the first symptom" in told
    assert "made what the cause names" in told
    assert "payments:2.3.1 -" in told


def test_the_form_for_programs_tells_it_as_its_schema_says(report: Report) -> None:
    found = json.loads(render_json(report))
    jsonschema.validate(found, json.loads((ROOT / "docs" / "report.schema.json").read_text(encoding="utf-8")))
    (prior,) = found["root_causes"][0]["changes"]
    assert prior["touch"] == "the field that the cause names"
    assert prior["change"]["at"] == "2026-11-21T08:04:14Z"
    assert load_report(json.dumps(found)) == report


def test_a_change_without_a_time_says_so_and_none_is_made_up(report: Report) -> None:
    cause = report.root_causes[0]
    prior = cause.changes[0]
    undated = prior.model_copy(update={"change": prior.change.model_copy(update={"at": None}), "lead": None})
    changed = report.model_copy(update={"root_causes": (cause.model_copy(update={"changes": (undated,)}),)})
    told = render_text(changed)
    assert "time not known: Deployment shop/payments: revision 2" in " ".join(told.split())
    assert "first symptom" not in told


def test_what_changed_before_something_unexplained_is_told_beside_it(report: Report) -> None:
    left = report.model_copy(
        update={"status": Status.UNRESOLVED, "root_causes": (), "changes": report.root_causes[0].changes}
    )
    for told in (render_text(left), render_markdown(left), render_html(left)):
        assert "What changed before" in told
