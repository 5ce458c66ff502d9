"""The graph as a node of somebody else's graph, with that one's checkpointer and state."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command

from cluster_doctor import CaseState, build_graph, report_from
from cluster_doctor.domain.errors import RunError
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.sources.recorded.snapshot_file import TakenSnapshot

from .incidents import SELECTS_NOTHING


class Ticket(CaseState, total=False):
    """Somebody's own state."""

    title: str
    closed: str


def helpdesk(home: Path) -> Any:
    doctor = build_graph(source=TakenSnapshot(snapshot_of(SELECTS_NOTHING)), home=home)

    def opened(state: Ticket) -> Ticket:
        return {"incident": {"text": state["title"]}, "place": {"handed_over": "the snapshot"}}

    def closed(state: Ticket) -> Ticket:
        return {"closed": f"{state['title']}: {report_from(state, home=home).root_causes[0].subject}"}

    graph = StateGraph(Ticket)
    graph.add_node("opened", opened)
    graph.add_node("doctor", doctor)
    graph.add_node("closed", closed)
    graph.add_edge(START, "opened")
    graph.add_edge("opened", "doctor")
    graph.add_edge("doctor", "closed")
    graph.add_edge("closed", END)
    return graph.compile(checkpointer=InMemorySaver())


def thread(name: str) -> RunnableConfig:
    return {"configurable": {"thread_id": name}}


@pytest.mark.parametrize("decision", ["approve", "decline"])
def test_its_question_surfaces_in_the_graph_around_it_and_is_answered_there(decision: str, tmp_path: Path) -> None:
    desk = helpdesk(tmp_path)
    asked = desk.invoke({"title": "service web is down"}, thread("1"))
    (question,) = asked["__interrupt__"]
    assert "closed" not in asked
    assert question.value["plans"]
    answer = {"decision": decision, "digest": question.value["digest"], "approver": "ada"}
    done = desk.invoke(Command(resume={question.id: answer}), thread("1"))
    assert done["closed"] == "service web is down: Service shop/web"
    report = report_from(done, home=tmp_path)
    assert report.remediation is not None
    assert report.remediation.outcome is not None
    assert report.remediation.outcome.decision.value == decision


def test_threads_of_the_graph_around_it_are_apart(tmp_path: Path) -> None:
    desk = helpdesk(tmp_path)
    first, second = (desk.invoke({"title": name}, thread(name)) for name in ("one", "two"))
    (question,) = second["__interrupt__"]
    answer = {"decision": "decline", "digest": question.value["digest"], "approver": "ada"}
    assert desk.invoke(Command(resume={question.id: answer}), thread("two"))["closed"].startswith("two: ")
    assert desk.get_state(thread("one")).interrupts == tuple(first["__interrupt__"])


def test_a_state_without_a_diagnosis_has_no_report(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="has not come to a diagnosis"):
        report_from({"title": "nothing yet"}, home=tmp_path)
    with pytest.raises(RunError, match="damaged"):
        report_from({"diagnosis": "../../etc/passwd"}, home=tmp_path)
