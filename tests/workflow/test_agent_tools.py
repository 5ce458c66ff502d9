"""The library as tools of somebody else's agent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from langchain.agents import create_agent
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.tools import BaseTool

from cluster_doctor import History, Report, Runs, agent_tools
from cluster_doctor.history.run_log import RunState
from cluster_doctor.rules.example import snapshot_of

from .incidents import SELECTS_NOTHING
from .scripted_model import ScriptedModel

NAMES = ["diagnose_incident", "explain_finding", "propose_fix"]
DIAGNOSE = {"name": "diagnose_incident", "args": {"incident": "web"}, "id": "1", "type": "tool_call"}


def calls(name: str, **given: object) -> AIMessage:
    return AIMessage("", tool_calls=[{"name": name, "args": given, "id": f"call-{name}"}])


def told_in(message: BaseMessage) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(str(message.content))
    return told


@pytest.fixture
def tools(tmp_path: Path) -> dict[str, BaseTool]:
    made = agent_tools(source=snapshot_of(SELECTS_NOTHING), home=tmp_path, namespaces=["shop"])
    return {tool.name: tool for tool in made}


def _run_id(said: Sequence[BaseMessage]) -> str:
    return str(told_in(next(message for message in said if isinstance(message, ToolMessage)))["run_id"])


def test_an_agent_diagnoses_explains_and_proposes_and_a_person_decides(
    tools: dict[str, BaseTool], tmp_path: Path
) -> None:
    model = ScriptedModel(
        replies=[
            lambda _: calls("diagnose_incident", incident="service web in shop has no endpoints"),
            lambda said: calls("explain_finding", run_id=_run_id(said)),
            lambda said: calls("propose_fix", run_id=_run_id(said)),
            lambda said: AIMessage(told_in(said[-1])["plans"][0]["steps"][0]["changes"][0]),
        ]
    )
    agent = create_agent(model, list(tools.values()))
    state = agent.invoke({"messages": [{"role": "user", "content": "why is web down?"}]})
    assert model.tools == NAMES
    assert state["messages"][-1].content == "spec.selector.app: web -> website"
    found, explained, proposed = (said for said in state["messages"] if isinstance(said, ToolMessage))
    assert isinstance(found.artifact, Report)
    (cause,) = told_in(found)["root_causes"]
    assert (cause["subject"], cause["confidence"] > 0.8) == ("Service shop/web", True)
    assert any("kubectl" in fact["command"] for fact in told_in(explained)["evidence"])
    run_id = told_in(found)["run_id"]
    assert told_in(proposed)["how_to_approve"] == f"A person runs: cluster-doctor runs resume {run_id}"
    with History(tmp_path) as history:
        assert history.log.run(run_id).state is RunState.WAITING, "no model has answered"
        assert Runs(history).waiting(run_id).approvals == ()


def test_a_tool_can_be_awaited_and_gives_the_same(tools: dict[str, BaseTool]) -> None:
    async def both() -> list[ToolMessage]:
        return list(await asyncio.gather(*(tools["diagnose_incident"].ainvoke(DIAGNOSE) for _ in range(2))))

    one, other = map(told_in, asyncio.run(both()))
    alone = told_in(tools["diagnose_incident"].invoke(DIAGNOSE))
    assert len({told["run_id"] for told in (one, other, alone)}) == 3
    assert one["root_causes"] == other["root_causes"] == alone["root_causes"]


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("diagnose_incident", {"incident": "x", "namespaces": ["bank"]}, "namespace bank may not be looked at"),
        ("explain_finding", {"run_id": "20200101"}, "there is no run"),
        ("propose_fix", {"run_id": "../../etc"}, "there is no run"),
    ],
)
def test_what_goes_wrong_is_told_to_the_model_and_ends_no_agent(
    tools: dict[str, BaseTool], name: str, given: dict[str, object], said: str
) -> None:
    message = tools[name].invoke({"name": name, "args": given, "id": "1", "type": "tool_call"})
    assert message.status == "error"
    assert said in message.content


def test_a_cause_that_is_not_there_is_told(tools: dict[str, BaseTool]) -> None:
    run_id = told_in(tools["diagnose_incident"].invoke(DIAGNOSE))["run_id"]
    assert "has 1 root causes" in tools["explain_finding"].invoke({"run_id": run_id, "number": 2})


def test_no_tool_takes_a_cluster_a_policy_or_a_decision_from_the_model(tools: dict[str, BaseTool]) -> None:
    assert {name: set(tool.args) for name, tool in tools.items()} == {
        "diagnose_incident": {"incident", "namespaces"},
        "explain_finding": {"run_id", "number"},
        "propose_fix": {"run_id"},
    }
    assert all(tool.description for tool in tools.values())
