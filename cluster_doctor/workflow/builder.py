"""The graph, on one screen."""

from __future__ import annotations

from collections.abc import Hashable
from copy import copy
from functools import cache
from typing import Literal

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from cluster_doctor.agents.collector import names_nothing
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.proposal import ProposalState
from cluster_doctor.domain.remediation import Outcome
from cluster_doctor.workflow.bench import Bench
from cluster_doctor.workflow.nodes import Node, Nodes
from cluster_doctor.workflow.state import CaseInput, CaseState, Suspicion

CaseGraph = CompiledStateGraph[CaseState, None, CaseInput, CaseState]


def shared_graph(checkpointer: BaseCheckpointSaver[str], *, unattended: bool = False) -> CaseGraph:
    """Keep runs somewhere, on the graph that is compiled once in a process; its nodes work at the bench of the moment.

    Compiling takes longer than most nodes. Where nobody is asked nothing is ever carried out, so that the repair is one
    node: a run that is killed while it plans goes on from the triage, and plans the same again.
    """
    graph = copy(_compiled(unattended))
    graph.checkpointer = checkpointer
    return graph


@cache
def _compiled(unattended: bool) -> CaseGraph:  # noqa: FBT001 - as above
    return build_graph(None, asks=not unattended)


def build_graph(
    bench: Bench | None, checkpointer: BaseCheckpointSaver[str] | None = None, *, asks: bool = True
) -> CaseGraph:
    """Compile Collect → Verify → Diagnose → Triage → Remediate.

    What Diagnose leaves open goes to a chat model, if the case names one: hypotheses, each looked into in a branch of
    its own, and what they come to.

    Args:
        bench: what the nodes work with; that of the moment if it is None, see `working_at`.
        checkpointer: where runs are kept; a LangGraph server brings its own.
        asks: whether a person is asked about the plans; else they are declined once they are rehearsed.
    """
    nodes = Nodes(bench)

    remediate = StateGraph(CaseState)
    for name in (
        "plan", "rehearse", "approve", "recheck", "apply", "confirm", "propose", "await_merge", "confirm_merge",
    ):  # fmt: skip
        remediate.add_node(name, nodes.named(name))
    remediate.add_edge(START, "plan")
    remediate.add_conditional_edges("plan", anything_to_approve, {"rehearse": "rehearse", "end": END})
    remediate.add_edge("rehearse", "approve")
    remediate.add_edge("approve", "recheck")
    remediate.add_conditional_edges("recheck", enough_approved, {"apply": "apply", "approve": "approve"})
    remediate.add_edge("apply", "confirm")
    remediate.add_edge("confirm", "propose")
    after: dict[Hashable, str] = {"await_merge": "await_merge", "confirm_merge": "confirm_merge", "end": END}
    remediate.add_conditional_edges("propose", anything_to_merge, after)
    remediate.add_conditional_edges("await_merge", anything_to_merge, after)
    remediate.add_edge("confirm_merge", END)

    graph = StateGraph(CaseState, input_schema=CaseInput)
    for name in ("read", "collect", "verify", "diagnose", "suspect", "conclude", "triage"):
        graph.add_node(name, nodes.named(name))
    graph.add_node("investigate", nodes.named("investigate"), input_schema=Suspicion)
    graph.add_node("remediate", remediate.compile() if asks else _without_asking(nodes))
    graph.add_conditional_edges(START, anything_to_read, {"read": "read", "collect": "collect"})
    graph.add_edge("read", "collect")
    graph.add_edge("collect", "verify")
    graph.add_edge("verify", "diagnose")
    graph.add_conditional_edges("diagnose", anything_open, {"suspect": "suspect", "triage": "triage"})
    graph.add_conditional_edges("suspect", nodes.branches, ["investigate", "conclude"])
    graph.add_edge("investigate", "conclude")
    graph.add_edge("conclude", "triage")
    graph.add_edge("triage", "remediate")
    graph.add_edge("remediate", END)
    return graph.compile(checkpointer=checkpointer, name="cluster-doctor")


def anything_to_read(state: CaseInput) -> Literal["read", "collect"]:
    """Ask a model what the report means only where the case names one, and code finds nothing named in it."""
    known = state.get("model") and not state.get("readings")
    return "read" if known and names_nothing(Incident.model_validate(state.get("incident") or {})) else "collect"


def anything_open(state: CaseState) -> Literal["suspect", "triage"]:
    """Ask a model only where the case names one, and the rules left something for it."""
    return "suspect" if state.get("leaves_open") and state.get("model") else "triage"


def _without_asking(nodes: Nodes) -> Node:
    """Plan and rehearse in one node, whose turns are told apart all the same."""
    plan, rehearse = nodes.named("plan"), nodes.named("rehearse")

    def remediate(state: CaseState) -> CaseState:
        found = plan(state)
        planned: CaseState = {**state, **found}
        return {**found, **rehearse(planned)} if anything_to_approve(planned) == "rehearse" else found

    return remediate


def enough_approved(state: CaseState) -> Literal["apply", "approve"]:
    """Ask again while somebody's word is wanting."""
    return "approve" if state.get("awaits") else "apply"


def anything_to_approve(state: CaseState) -> Literal["rehearse", "end"]:
    """Ask a person only where there is a plan, and the run is no replay: that has nothing to carry out."""
    return "rehearse" if state.get("digest") and not state.get("replays") else "end"


def anything_to_merge(state: CaseState) -> Literal["await_merge", "confirm_merge", "end"]:
    """Wait while a proposal is open; look at the cluster when one was merged."""
    outcome = state.get("outcome") or {}
    proposals = Outcome.model_validate(outcome).proposals if outcome else ()
    if any(proposal.is_open for proposal in proposals):
        return "await_merge"
    merged = any(proposal.state is ProposalState.MERGED for proposal in proposals)
    return "confirm_merge" if merged else "end"
