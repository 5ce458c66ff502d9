"""The trace spans that there are: of a run, a node, a tool, a model call and an API call."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from typing import ParamSpec, TypeVar

from cluster_doctor.domain.tracing import TraceKey, TraceSpan, trace_span

P = ParamSpec("P")
R = TypeVar("R")
PROGRAM = "cluster-doctor"


def run_span(run_id: str) -> AbstractContextManager[TraceSpan]:
    """Accompany one stretch of a run: until it ends, or waits for a person."""
    known = {TraceKey.OPERATION: "invoke_workflow", TraceKey.WORKFLOW: PROGRAM, TraceKey.RUN: run_id}
    return trace_span(f"invoke_workflow {PROGRAM}", known)


def node_span(name: str, expected: type[BaseException]) -> AbstractContextManager[TraceSpan]:
    """Accompany one node's turn; `expected` is how it stops to wait for an answer."""
    known = {TraceKey.OPERATION: "invoke_agent", TraceKey.AGENT: name}
    return trace_span(f"invoke_agent {name}", known, expected=(expected,))


def traced_tool(tool: Callable[P, R]) -> Callable[P, R]:
    """Open a trace span whenever a tool is used. What it is given and what it returns is not said."""
    name = tool.__name__
    known = {TraceKey.OPERATION: "execute_tool", TraceKey.TOOL: name, TraceKey.TOOL_TYPE: "function"}

    @wraps(tool)
    def used(*args: P.args, **kwargs: P.kwargs) -> R:
        with trace_span(f"execute_tool {name}", known):
            return tool(*args, **kwargs)

    return used


def model_span(provider: str, model: str) -> AbstractContextManager[TraceSpan]:
    """Accompany one call of a chat model; note the tokens when they are known, and never what was said.

    Args:
        provider: who serves it, in OpenTelemetry's words: `openai`, `azure.ai.openai`, …
        model: its name, as it was asked for.
    """
    known = {TraceKey.OPERATION: "chat", TraceKey.PROVIDER: provider, TraceKey.MODEL: model}
    return trace_span(f"chat {model}", known, is_call=True)


def api_span(method: str, template: str) -> AbstractContextManager[TraceSpan]:
    """Accompany one HTTP request; `template` is its path with the names left out. See `note_answer`."""
    known = {TraceKey.METHOD: method, TraceKey.TEMPLATE: template}
    return trace_span(f"{method} {template}", known, is_call=True)


def note_answer(span: TraceSpan, status: int, size: int | None = None) -> None:
    """Say how an API answered; from 400 on, that is an error of the call."""
    span.note(TraceKey.STATUS, status)
    if size is not None:
        span.note(TraceKey.BODY, size)
    if status >= 400:
        span.note(TraceKey.ERROR, str(status))
