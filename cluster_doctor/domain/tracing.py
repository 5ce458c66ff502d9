"""Lets work be watched from outside: whatever nodes, tools, models and APIs do may open a trace span here.

Nobody watches unless a program says so, and then nothing happens here at all. Nothing that a cluster says gets into a
trace span: its keys are a closed set, and its values are numbers, hashes and words of this program.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self, TypeAlias

TraceValue: TypeAlias = bool | int | float | str
_WORDS = re.compile(r"[A-Za-z0-9_./:{}-][A-Za-z0-9 _./:{}-]{0,99}")
_WITHHELD = "withheld"
_NO_ERRORS: tuple[type[BaseException], ...] = ()


class TraceKey(StrEnum):
    """What may be said of a trace span, in the words of OpenTelemetry's semantic conventions where they have one."""

    OPERATION = "gen_ai.operation.name"
    AGENT = "gen_ai.agent.name"
    WORKFLOW = "gen_ai.workflow.name"
    TOOL = "gen_ai.tool.name"
    TOOL_TYPE = "gen_ai.tool.type"
    PROVIDER = "gen_ai.provider.name"
    MODEL = "gen_ai.request.model"
    INPUT_TOKENS = "gen_ai.usage.input_tokens"
    OUTPUT_TOKENS = "gen_ai.usage.output_tokens"
    CACHED_TOKENS = "gen_ai.usage.cache_read.input_tokens"
    METHOD = "http.request.method"
    STATUS = "http.response.status_code"
    BODY = "http.response.body.size"
    TEMPLATE = "url.template"
    ERROR = "error.type"
    RUN = "cluster_doctor.run.id"
    STANDING = "cluster_doctor.run.standing"
    VERDICT = "cluster_doctor.diagnosis.status"
    CAUSES = "cluster_doctor.diagnosis.root_causes"
    UNEXPLAINED = "cluster_doctor.diagnosis.unexplained"
    GAPS = "cluster_doctor.diagnosis.gaps"
    PRIORITY = "cluster_doctor.triage.priority"
    SNAPSHOT_HASH = "cluster_doctor.snapshot.sha256"
    DIAGNOSIS_HASH = "cluster_doctor.diagnosis.sha256"
    PLANS_HASH = "cluster_doctor.plans.sha256"


Traced: TypeAlias = Mapping[TraceKey, TraceValue]


class TraceSpan(Protocol):
    """A piece of work that is watched."""

    def note(self, key: TraceKey, value: TraceValue) -> None:
        """Say something of it; text that is not made of plain words is withheld."""
        ...


class Tracer(Protocol):
    """Watches work."""

    def begin(
        self, name: str, known: Traced, *, is_call: bool, expected: tuple[type[BaseException], ...]
    ) -> AbstractContextManager[TraceSpan]:
        """Accompany a piece of work; what it raises is an error of it, unless it was expected."""
        ...


class _Unwatched:
    """A piece of work that nobody watches."""

    def note(self, key: TraceKey, value: TraceValue) -> None:
        """Say it to nobody."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


_UNWATCHED = _Unwatched()
_TRACER: ContextVar[Tracer | None] = ContextVar("tracer", default=None)


@contextmanager
def watched_by(tracer: Tracer | None) -> Iterator[None]:
    """Let a tracer watch what is done; None changes nothing."""
    if tracer is None:
        yield
        return
    before = _TRACER.set(tracer)
    try:
        yield
    finally:
        _TRACER.reset(before)


def trace_span(
    name: str,
    known: Traced,
    *,
    is_call: bool = False,
    expected: tuple[type[BaseException], ...] = _NO_ERRORS,
) -> AbstractContextManager[TraceSpan]:
    """Open a trace span for a piece of work.

    Args:
        name: what is done, in few words that many pieces of work share.
        known: what can be said of it beforehand.
        is_call: whether another program does it, at the other end of a wire.
        expected: what it may raise though nothing is wrong.
    """
    tracer = _TRACER.get()
    if tracer is None:
        return _UNWATCHED
    plain = {key: sayable(value) for key, value in known.items()}
    return tracer.begin(str(sayable(name)), plain, is_call=is_call, expected=expected)


def sayable(value: TraceValue) -> TraceValue:
    """A value that may be said, else that it was withheld."""
    return value if not isinstance(value, str) or _WORDS.fullmatch(value) else _WITHHELD
