"""What programs and LangGraph servers use."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

import cluster_doctor
from cluster_doctor.agents.prompts import Prompts
from cluster_doctor.domain.diagnosis import Status
from cluster_doctor.domain.errors import RunError, UnreadableInput
from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.domain.remediation import Decision
from cluster_doctor.history.history import History
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.snapshot.file import write_snapshot
from cluster_doctor.sources.recorded.snapshot_file import TakenSnapshot
from cluster_doctor.tools.table import HELD, Access, Specialist
from cluster_doctor.workflow.runs import Runs

ROOT = Path(__file__).parents[2]
BROKEN = """
kind: Service
metadata: {name: web, labels: {team: storefront}}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
kind: Deployment
metadata: {name: web}
spec:
  template:
    metadata: {labels: {app: website}}
    spec: {containers: [{name: web, image: nginx, ports: [{containerPort: 80}]}]}
status: {readyReplicas: 1}
---
kind: Pod
metadata:
  name: web-0
  labels: {app: website}
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]
spec: {containers: [{name: web, image: nginx, ports: [{containerPort: 80}]}]}
status: {phase: Running, conditions: [{type: Ready, status: "True"}]}
---
kind: Endpoints
metadata: {name: web}
"""


def test_a_program_diagnoses_snapshots_sources_and_paths_alike(tmp_path: Path) -> None:
    cluster = snapshot_of(BROKEN)
    path = write_snapshot(cluster, tmp_path / "a.cds")
    reports = [
        cluster_doctor.diagnose("svc web", source=source, home=tmp_path / "home")
        for source in (cluster, TakenSnapshot(cluster), path, str(path))
    ]
    assert len({report.model_dump_json(exclude={"run_id"}) for report in reports}) == 1
    with History(tmp_path / "home") as history:
        assert len(history.log.runs()) == 4
    with pytest.raises(UnreadableInput):
        cluster_doctor.diagnose(source=tmp_path / "nothing", home=tmp_path / "home")


def test_a_program_that_asks_nobody_gets_its_plans_declined(tmp_path: Path) -> None:
    report = cluster_doctor.diagnose(source=snapshot_of(BROKEN), home=tmp_path, namespaces=["shop"])
    assert report.status is Status.RESOLVED
    assert report.remediation is not None
    assert report.remediation.outcome is not None
    assert report.remediation.outcome.decision is Decision.DECLINE


def test_another_cluster_than_the_incident_names_is_uncertain(tmp_path: Path) -> None:
    named = ClusterIdentity(server="https://a", system_uid="1")
    report = cluster_doctor.diagnose(source=snapshot_of(BROKEN), home=tmp_path, cluster=named)
    assert report.identity_note.startswith("cluster-identity uncertain")


def test_a_run_whose_source_is_gone_says_so(tmp_path: Path) -> None:
    class Gone(TakenSnapshot):
        def collect(self, *_: object) -> cluster_doctor.ClusterSnapshot:
            """Fail like a process that dies here."""
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cluster_doctor.diagnose(source=Gone(snapshot_of(BROKEN)), home=tmp_path)
    with History(tmp_path) as history:
        (run,) = history.log.runs()
        with pytest.raises(RunError, match="handed over by the program that began it"):
            Runs(history).resume(run.run_id)


def test_the_graph_runs_under_a_checkpointer_of_somebody_else(tmp_path: Path) -> None:
    cluster = snapshot_of(BROKEN)
    graph = cluster_doctor.build_graph(source=TakenSnapshot(cluster), home=tmp_path, checkpointer=InMemorySaver())
    config = {"configurable": {"thread_id": "t"}}
    state = graph.invoke({"incident": {"text": "svc web"}, "place": {"handed_over": "x"}}, config)  # type: ignore[call-overload]
    (question,) = state["__interrupt__"]
    answer = {"decision": "approve", "digest": "0" * 64, "approver": "eve"}
    state = graph.invoke(Command(resume={question.id: answer}), config)  # type: ignore[call-overload]
    (again,) = state["__interrupt__"]
    assert again.id != question.id, "an approval of another plan counts for nothing"
    assert "the approval names 000000000000" in again.value["awaits"]
    no = {"decision": "decline", "digest": again.value["digest"], "approver": "eve"}
    done = graph.invoke(Command(resume={again.id: no}), config)  # type: ignore[call-overload]
    assert done["outcome"]["decision"] == "decline"
    assert not list(tmp_path.rglob("*.patch.yaml"))
    json.dumps({key: value for key, value in state.items() if key != "__interrupt__"})


def test_langgraph_json_names_graphs_that_are_there() -> None:
    named = json.loads((ROOT / "langgraph.json").read_text())["graphs"]
    for place in named.values():
        path, _, attribute = place.partition(":")
        tree = ast.parse((ROOT / path).read_text())
        assert attribute in {
            node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }


WRITING = {Access.WRITES_FILES, Access.TRIES_CLUSTER, Access.WRITES_CLUSTER, Access.WRITES_REPOSITORY}


def test_only_the_remediator_holds_tools_that_write() -> None:
    assert set(HELD) == set(Specialist)
    assert {tool.access for tools in HELD.values() for tool in tools} == set(Access)
    writers = [who for who, tools in HELD.items() if any(tool.access in WRITING for tool in tools)]
    assert writers == [Specialist.REMEDIATOR]


@pytest.mark.parametrize("specialist", Specialist)
def test_a_specialist_imports_the_tools_that_it_holds_and_no_others(specialist: Specialist) -> None:
    tree = ast.parse((ROOT / "cluster_doctor" / "agents" / f"{specialist.value}.py").read_text())
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    used = {
        alias.name
        for node in imports
        if str(node.module).startswith("cluster_doctor.tools.")
        for alias in node.names
        if alias.name.islower()  # a type is no tool
    }
    assert used == {tool.name for tool in HELD[specialist]}
    below = tuple(f"cluster_doctor.{layer}" for layer in ("inference", "intake", "remediation", "history"))
    assert not [node.module for node in imports if str(node.module).startswith(below)]


@pytest.mark.parametrize("specialist", Specialist)
def test_every_specialist_has_a_prompt_behind_the_house_rules(specialist: Specialist) -> None:
    prompt = Prompts().of(specialist)
    assert prompt.startswith("# House rules")
    assert f"# {specialist.value.capitalize()}" in prompt
    assert len(list((ROOT / "prompts").glob("*.md"))) == len(Specialist) + 1


def test_the_drawing_in_the_docs_is_that_of_the_graph(tmp_path: Path) -> None:
    drawn = cluster_doctor.build_graph(home=tmp_path).get_graph(xray=True).draw_mermaid()
    assert (ROOT / "docs" / "graph.mmd").read_text(encoding="utf-8") == drawn
