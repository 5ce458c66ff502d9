"""langgraph.json works with `langgraph dev`: each graph draws, runs, asks, refuses what is no answer, and ends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langgraph_sdk import get_sync_client
from langgraph_sdk.client import SyncLangGraphClient

from cluster_doctor import report_from
from cluster_doctor.domain.diagnosis import Status
from cluster_doctor.domain.errors import RunError
from cluster_doctor.domain.remediation import Decision
from cluster_doctor.domain.report import Report

from .server import ROOT, program, running

COMMAND = program()
GRAPHS = sorted(json.loads((ROOT / "langgraph.json").read_text())["graphs"])
RECORDED = ROOT / "notebooks" / "incidents" / "checkout.cds"
INCIDENT = {"text": "deployment checkout in shop is crash looping since the last deploy"}
pytestmark = [
    pytest.mark.skipif(COMMAND is None, reason="tests/langgraph_server/build.sh installs LangGraph's server"),
    pytest.mark.timeout(300),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server keeps evidence."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def server(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SyncLangGraphClient]:
    assert COMMAND is not None
    with running(COMMAND, home, tmp_path_factory.mktemp("server")) as url, get_sync_client(url=url) as client:
        yield client


class Asked:
    """A run that the server took to its question."""

    def __init__(self, server: SyncLangGraphClient) -> None:
        self._server = server
        self._thread = server.threads.create()["thread_id"]
        self._go(input={"incident": INCIDENT, "place": {"path": str(RECORDED)}})
        self.question = self.questions[0]

    @property
    def questions(self) -> list[Any]:
        """What it asks now."""
        state: Any = self._server.threads.get_state(self._thread)
        return list(state["interrupts"])

    def answer(self, said: object) -> Any:
        """Answer it."""
        return self._go(command={"resume": {self.question["id"]: said}})

    def _go(self, **given: Any) -> Any:
        return self._server.runs.wait(self._thread, "diagnose", **given)


@pytest.fixture
def asked(server: SyncLangGraphClient) -> Asked:
    return Asked(server)


def _report(state: Any, home: Path) -> Report:
    return report_from(state, home=home)


def test_every_graph_is_served(server: SyncLangGraphClient) -> None:
    assert sorted(one["graph_id"] for one in server.assistants.search()) == GRAPHS


@pytest.mark.parametrize("graph", GRAPHS)
def test_a_graph_draws_and_tells_its_schemas(graph: str, server: SyncLangGraphClient) -> None:
    (assistant,) = server.assistants.search(graph_id=graph)
    drawn: Any = server.assistants.get_graph(assistant["assistant_id"], xray=True)
    nodes = {node["id"] for node in drawn["nodes"]}
    assert {"collect", "verify", "diagnose", "triage", "remediate:plan", "remediate:approve"} <= nodes
    assert all(edge["source"] in nodes and edge["target"] in nodes for edge in drawn["edges"])
    schemas = server.assistants.get_schemas(assistant["assistant_id"])
    assert {"incident", "place"} <= set((schemas["input_schema"] or {})["properties"])


def test_a_question_tells_what_an_answer_has_to_look_like(asked: Asked) -> None:
    assert asked.question["value"]["plans"]
    assert {"decision", "digest", "approver"} <= set(asked.question["response_schema"]["properties"])


@pytest.mark.parametrize("said", ["yes", {"decision": "perhaps"}, {"decision": "approve"}, None])
def test_what_is_no_answer_is_refused_and_the_question_stays(said: object, asked: Asked) -> None:
    with pytest.raises(Exception, match="Approval"):
        asked.answer(said)
    assert [question["id"] for question in asked.questions] == [asked.question["id"]]


def test_declined_it_ends_with_its_report(asked: Asked, home: Path) -> None:
    digest = asked.question["value"]["digest"]
    report = _report(asked.answer({"decision": "decline", "digest": digest, "approver": "ada"}), home)
    assert report.status is Status.RESOLVED
    assert "lacks key gateway-url" in report.root_causes[0].statement
    assert report.remediation is not None
    assert report.remediation.outcome is not None
    assert report.remediation.outcome.decision is Decision.DECLINE
    assert not report.remediation.outcome.exported
    assert asked.questions == []


def test_approved_it_writes_its_plan_down_and_applies_nothing(asked: Asked, home: Path) -> None:
    digest = asked.question["value"]["digest"]
    report = _report(asked.answer({"decision": "approve", "digest": digest, "approver": "ada"}), home)
    assert report.remediation is not None
    outcome = report.remediation.outcome
    assert outcome is not None
    assert (outcome.decision, outcome.applied) == (Decision.APPROVE, False)
    assert outcome.exported
    folder = home / "exports" / digest
    assert all(Path(path).is_file() and Path(path).parent == folder for path in outcome.exported), "not over another's"


def test_an_answer_to_another_plan_approves_nothing_and_it_is_asked_again(asked: Asked, home: Path) -> None:
    before = sorted((home / "exports").rglob("*"))
    asked.answer({"decision": "approve", "digest": "0" * 64, "approver": "ada"})
    (again,) = asked.questions
    assert again["value"]["digest"] == asked.question["value"]["digest"]
    assert sorted((home / "exports").rglob("*")) == before


def test_before_it_has_come_to_a_diagnosis_there_is_no_report(home: Path) -> None:
    with pytest.raises(RunError, match="has not come to a diagnosis"):
        _report({"incident": INCIDENT, "place": {"path": str(RECORDED)}}, home)
