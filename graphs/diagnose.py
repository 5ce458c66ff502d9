"""The graph that LangGraph Studio and servers load; langgraph.json names it. They bring their own checkpointer."""

import asyncio
from functools import cache

from cluster_doctor import build_graph
from cluster_doctor.workflow.builder import CaseGraph


async def make_graph() -> CaseGraph:
    """Compile the graph once; nothing is opened when this file is merely imported.

    Servers call this in their event loop, which opening the history would hold up.
    """
    return await asyncio.to_thread(_graph)


@cache
def _graph() -> CaseGraph:
    return build_graph()
