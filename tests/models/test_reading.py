"""A report in anybody's words is put into the words of the field, and checked by code like any other."""

from __future__ import annotations

from pathlib import Path

from model_server.server import Actor, ModelServer, model_server

import cluster_doctor
from cluster_doctor import History, Report, Runs
from cluster_doctor.domain.incident import ClaimVerdict
from cluster_doctor.domain.model_use import ModelChoice
from cluster_doctor.reports.as_json import render_json
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.workflow.replay import replay

from . import actors
from .actors import Body
from .incidents import NEVER_READY

TOLD = "Das Hauptbuch kommt nicht hoch, seit gestern"


def run(text: str, actor: Actor, home: Path) -> tuple[Report, ModelServer]:
    with model_server(actor) as server:
        choice = ModelChoice(name="openai:scripted", url=server.url)
        return cluster_doctor.diagnose(text, source=snapshot_of(NEVER_READY), home=home, model=choice), server


def reading(*pairs: tuple[str, str]) -> Actor:
    def say(body: Body) -> Body:
        return actors.readings(*pairs) if actors.read(body).form == actors.READINGS else actors.lazy(body)

    return say


def test_what_a_report_says_in_another_language_is_checked(tmp_path: Path) -> None:
    says = reading(("Das Hauptbuch kommt nicht hoch", "Pods of deployment shop/ledger are not ready"))
    report, _ = run(TOLD, says, tmp_path)
    claims = {(claim.text, claim.verdict) for claim in report.claims}
    assert ("Das Hauptbuch kommt nicht hoch", ClaimVerdict.CONFIRMED) in claims
    assert report.model
    assert report.model.usage.calls


def test_what_does_not_stand_in_the_report_is_dropped(tmp_path: Path) -> None:
    report, _ = run(TOLD, reading(("payments is down", "Deployment shop/payments is crash looping")), tmp_path)
    assert not any("payments" in claim.asserts for claim in report.claims)


def test_what_is_not_so_is_refuted_like_any_claim(tmp_path: Path) -> None:
    report, _ = run(TOLD, reading(("seit gestern", "deployment shop/payments-v2 does not exist")), tmp_path)
    assert all(claim.verdict is not ClaimVerdict.REFUTED or claim.evidence for claim in report.claims)
    wrong, _ = run(TOLD, reading(("Das Hauptbuch", "deployment shop/payments-v2 is crash looping")), tmp_path)
    assert any(claim.verdict is ClaimVerdict.REFUTED for claim in wrong.claims)


def test_a_report_that_code_can_read_is_not_put_to_a_model(tmp_path: Path) -> None:
    _, server = run("deployment ledger in shop is not ready", reading(), tmp_path)
    assert not any(actors.READINGS in str(body["tools"]) for body in server.asked)


def test_it_replays(tmp_path: Path) -> None:
    says = reading(("Das Hauptbuch kommt nicht hoch", "Pods of deployment shop/ledger are not ready"))
    report, _ = run(TOLD, says, tmp_path)
    with History(tmp_path) as history:
        assert render_json(replay(history, Runs(history), report.run_id).report) == render_json(report)
