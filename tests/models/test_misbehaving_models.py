"""Whatever a model does, the run ends in time, and what is resolved is right."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from model_server.server import Actor, ModelServer, Trouble, model_server
from workflow.incidents import SELECTS_NOTHING

import cluster_doctor
from cluster_doctor import Report
from cluster_doctor.domain.diagnosis import FoundBy, Status
from cluster_doctor.domain.model_use import Budget, ModelChoice
from cluster_doctor.rules.example import snapshot_of

from . import actors
from .incidents import ENDS, NEVER_READY

READS = {
    "list_objects", "read_object", "read_events", "read_log", "related_objects", "recent_changes", "read_measurements",
    "find_text",
}  # fmt: skip
ACTORS = (
    actors.lazy, actors.hallucinating, actors.misreading, actors.obedient, actors.refusing, actors.chatting,
    actors.endless, actors.verbose, actors.garbling, actors.mistyping,
)  # fmt: skip


def run(server: ModelServer, home: Path, budget: Budget | None = None, text: str = NEVER_READY) -> Report:
    choice = ModelChoice(name="openai:scripted", url=server.url, budget=budget or Budget(seconds=20))
    return cluster_doctor.diagnose("deployment ledger is not ready", source=snapshot_of(text), home=home, model=choice)


def test_without_a_model_the_incident_is_open(tmp_path: Path) -> None:
    report = cluster_doctor.diagnose("deployment ledger is not ready", source=snapshot_of(NEVER_READY), home=tmp_path)
    assert report.status is Status.UNRESOLVED
    assert report.model is None


def test_an_honest_model_finds_what_the_rules_do_not(tmp_path: Path) -> None:
    with model_server(actors.honest) as server:
        report = run(server, tmp_path)
    assert report.status is Status.RESOLVED
    (cause,) = report.root_causes
    assert (cause.found_by, str(cause.subject)) == (FoundBy.MODEL, "Deployment shop/ledger")
    assert cause.statement == 'REGION of Deployment ledger is "eu-wset-1"'
    assert [link.statement for link in cause.chain][1:] == [
        "Pod ledger-2-x is not ready",
        "0 of 1 replicas of Deployment shop/ledger are ready",
    ]
    assert not report.unexplained
    assert {tool["function"]["name"] for body in server.asked for tool in body["tools"]} == READS | {
        actors.SUSPECTS,
        actors.INQUIRY,
    }
    assert report.model
    assert report.model.usage.calls == len(server.asked)


@pytest.mark.parametrize("actor", ACTORS, ids=lambda actor: str(actor.__name__))
def test_a_model_that_misbehaves_resolves_nothing(actor: Actor, tmp_path: Path) -> None:
    began = time.monotonic()
    with model_server(actor) as server:
        report = run(server, tmp_path, Budget(seconds=20, calls=24))
    assert time.monotonic() - began < 40
    assert report.status is Status.UNRESOLVED
    assert not report.root_causes
    assert len(server.asked) <= 24
    assert report.model
    assert all(lead.outcome for lead in report.leads)


@pytest.mark.parametrize("trouble", [trouble for trouble in Trouble if trouble is not Trouble.NONE])
def test_what_goes_wrong_on_the_way_ends_no_run(trouble: Trouble, tmp_path: Path) -> None:
    began = time.monotonic()
    with model_server(actors.honest, trouble) as server:
        report = run(server, tmp_path, Budget(seconds=8))
    assert time.monotonic() - began < 30
    assert report.status is Status.UNRESOLVED
    assert report.model
    assert report.model.notes


def test_what_a_model_says_without_evidence_is_shown_as_such(tmp_path: Path) -> None:
    with model_server(actors.hallucinating) as server:
        report = run(server, tmp_path)
    (lead,) = report.leads
    said = {statement.text for statement in lead.unsupported}
    assert "Pod payments-7 was killed 14 times at 03:12" in said
    assert all(any("was shown" in why for why in statement.objections) for statement in lead.unsupported)
    assert lead.wrong is None
    assert not lead.speaks_for
    assert sum("not shown by what they cite" in str(body["messages"]) for body in server.asked) == 1


def test_what_the_rules_only_suggest_is_told_more_concretely(tmp_path: Path) -> None:
    before = cluster_doctor.diagnose("deployment ledger crash loops", source=snapshot_of(ENDS), home=tmp_path)
    assert [cause.rule for cause in before.root_causes] == ["process_ends_by_itself"]
    with model_server(actors.Honest("ROUNDING", "half-evn", "container crashing")) as server:
        report = run(server, tmp_path, text=ENDS)
    assert [cause.statement for cause in report.root_causes] == ['ROUNDING of Deployment ledger is "half-evn"']
    assert "told more concretely" in report.ruled_out[-1].against


def test_what_the_rules_have_proven_is_not_put_to_a_model(tmp_path: Path) -> None:
    with model_server(actors.hallucinating) as server:
        report = run(server, tmp_path, text=SELECTS_NOTHING)
    assert report.status is Status.RESOLVED
    assert report.model is None
    assert not server.asked
