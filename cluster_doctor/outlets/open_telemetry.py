"""Shows what is done as spans of OpenTelemetry, where a program asks for that.

Only the API package is used here: where spans go is for whoever runs this to say, with an SDK of their own, or by
starting this under `opentelemetry-instrument`. Without one, nothing comes of it.
"""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from importlib.metadata import version
from types import TracebackType
from typing import TYPE_CHECKING

from cluster_doctor.domain.errors import UsageError
from cluster_doctor.domain.trace_spans import PROGRAM
from cluster_doctor.domain.tracing import Traced, TraceKey, Tracer, TraceSpan, TraceValue, sayable

if TYPE_CHECKING:
    from opentelemetry.trace import Span
    from opentelemetry.trace import Tracer as OtelTracer

VARIABLE = "CLUSTER_DOCTOR_TRACING"
_CONVENTIONS = "https://opentelemetry.io/schemas/1.37.0"
_ON, _OFF = frozenset({"1", "on", "true", "yes"}), frozenset({"", "0", "off", "false", "no"})


def tracer_for(*, tracing: bool | None = None) -> Tracer | None:
    """Make what watches; None if nobody wants it.

    Args:
        tracing: whether somebody does; `CLUSTER_DOCTOR_TRACING` says, if it is None.

    Raises:
        UsageError: the variable says neither yes nor no, or OpenTelemetry's API is not installed.
    """
    if tracing is None:
        said = os.environ.get(VARIABLE, "").strip().lower()
        if said not in _ON | _OFF:
            raise UsageError(f"{VARIABLE} is {said[:20]!r}", "Set it to on or off.")
        tracing = said in _ON
    if not tracing:
        return None
    try:
        from opentelemetry import trace  # noqa: PLC0415 - an extra, and only where it is wanted
    except ImportError as error:
        raise UsageError(
            "tracing was asked for, and OpenTelemetry's API is not installed", "pip install 'cluster-doctor[otel]'"
        ) from error
    return OpenTelemetry(trace.get_tracer(PROGRAM, version(PROGRAM), schema_url=_CONVENTIONS))


class OpenTelemetry:
    """Opens a span for every piece of work."""

    def __init__(self, tracer: OtelTracer) -> None:
        """Open them by a tracer."""
        self._tracer = tracer

    def begin(
        self, name: str, known: Traced, *, is_call: bool, expected: tuple[type[BaseException], ...]
    ) -> AbstractContextManager[TraceSpan]:
        """Accompany a piece of work, within the span that is open now."""
        from opentelemetry.trace import SpanKind  # noqa: PLC0415 - as above

        opened = self._tracer.start_as_current_span(
            name,
            kind=SpanKind.CLIENT if is_call else SpanKind.INTERNAL,
            attributes={key.value: value for key, value in known.items()},
            record_exception=False,  # what an error says may be what the cluster said
            set_status_on_exception=False,
        )
        return _Open(opened, expected)


class _Open:
    """One span, from its begin to its end."""

    def __init__(self, opened: AbstractContextManager[Span], expected: tuple[type[BaseException], ...]) -> None:
        self._opened, self._expected = opened, expected

    def note(self, key: TraceKey, value: TraceValue) -> None:
        """Say something of it."""
        self._span.set_attribute(key.value, sayable(value))
        if key is TraceKey.ERROR:
            self._fail()

    def __enter__(self) -> TraceSpan:
        self._span = self._opened.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None and not issubclass(kind, self._expected):
            self._span.set_attribute(TraceKey.ERROR.value, kind.__qualname__)
            self._fail()
        self._opened.__exit__(kind, error, trace)

    def _fail(self) -> None:
        from opentelemetry.trace import StatusCode  # noqa: PLC0415 - as above

        self._span.set_status(StatusCode.ERROR)
