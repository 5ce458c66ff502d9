"""The graph that LangGraph Studio and servers load; langgraph.json names it. They bring their own checkpointer."""

from functools import cache

from cluster_doctor import build_graph
from cluster_doctor.workflow.builder import CaseGraph


@cache
def make_graph() -> CaseGraph:
    """Compile the graph once; nothing is opened when this file is merely imported."""
    return build_graph()
