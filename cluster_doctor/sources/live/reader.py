"""Sends requests to an API server: bounded in time and size, retried only where that can help, never a write."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlencode

import orjson
import urllib3
from pydantic import JsonValue
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_exponential, wait_random
from urllib3 import exceptions as wire

from cluster_doctor.domain.coverage import GapReason
from cluster_doctor.domain.trace_spans import api_span, note_answer
from cluster_doctor.sources.live.connection import Connection
from cluster_doctor.sources.live.limits import Limits
from cluster_doctor.sources.live.read_only import require_read_only
from cluster_doctor.sources.wire.breakage import wire_failure
from cluster_doctor.sources.wire.failure import ReadFailure
from cluster_doctor.sources.wire.path_template import kubernetes_template

if TYPE_CHECKING:
    from kubernetes.client.exceptions import ApiException

T = TypeVar("T")

PLAIN_JSON = "application/json"
_PIECE = 64 * 1024
_SLOW_START = wait_exponential(multiplier=0.2, max=3.0) + wait_random(0.0, 0.2)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    content_type: str
    body: bytes
    retry_after: str = ""
    warnings: tuple[str, ...] = ()


class ApiReader:
    """Reads from one API server until a deadline.

    Thread-safe. Once the server no longer knows us (401), nothing more is sent: every later read fails at once
    with the same reason.
    """

    def __init__(self, connection: Connection, limits: Limits) -> None:
        """Start the clock."""
        self.connection = connection
        self.limits = limits
        self.requests_sent = 0
        self.server_ahead = timedelta(0)
        self._deadline = time.monotonic() + limits.total
        self._locked_out: ReadFailure | None = None
        self._counting = threading.Lock()
        self._heard_clock = False

    @property
    def remaining(self) -> float:
        """Seconds until the deadline."""
        return self._deadline - time.monotonic()

    def now(self) -> datetime:
        """The time by the server's clock, as far as it told; ages are measured against its timestamps."""
        return (datetime.now(UTC) + self.server_ahead).replace(microsecond=0)

    def json(
        self, path: str, query: Mapping[str, str | int] | None = None, *, accept: str = PLAIN_JSON
    ) -> dict[str, JsonValue]:
        """Read a JSON object.

        Raises:
            ReadFailure: the server did not answer with one.
        """
        return self._insist(lambda: as_object(self._ask(path, query or {}, accept), path), self.limits.attempts)

    def ahead(self, path: str, query: Mapping[str, str | int], pool: Executor) -> Callable[[], dict[str, JsonValue]]:
        """Let a JSON object be sent while something else is done; what is returned waits for it and parses it.

        Until it is called, the answer takes the room of its bytes.
        """
        coming = pool.submit(self._insist, lambda: self._ask(path, query, PLAIN_JSON), self.limits.attempts)

        def arrived() -> dict[str, JsonValue]:
            try:
                return as_object(coming.result(), path)
            except ReadFailure as failure:
                if coming.exception() is None and failure.healable:
                    return self.json(path, query)
                raise

        return arrived

    def log(self, path: str, query: Mapping[str, str | int], *, attempts: int = 2) -> bytes:
        """Read text of any encoding, such as a container's log.

        Raises:
            ReadFailure: the server did not give it.
        """
        return self._insist(lambda: self._ask(path, query, "*/*").body, attempts)

    def _insist(self, ask: Callable[[], T], attempts: int) -> T:
        retrying = Retrying(
            retry=retry_if_exception(self._worth_another_try),
            stop=stop_after_attempt(attempts),
            wait=_wait,
            reraise=True,
        )
        return retrying(ask)

    def _worth_another_try(self, error: BaseException) -> bool:
        if not isinstance(error, ReadFailure) or not error.healable:
            return False
        return (error.wait or 0.0) + self.limits.connect < self.remaining

    def _ask(self, path: str, query: Mapping[str, str | int], accept: str) -> Answer:
        try:
            answer = self._send("GET", path, query, accept)
            if answer.status != HTTPStatus.OK:
                raise refusal(answer, path)
        except ReadFailure as failure:
            if failure.status == HTTPStatus.UNAUTHORIZED:
                self._locked_out = failure
            raise
        return answer

    def _permit(self, method: str, path: str) -> None:
        """Let pass what may be sent."""
        require_read_only(method, path)

    def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, str | int],
        accept: str,
        body: JsonValue = None,
        content_type: str = "",
    ) -> Answer:
        """Send one request, and let it be watched."""
        self._permit(method, path)
        with api_span(method, kubernetes_template(path)) as span:
            answer = self._exchange(method, path, query, accept, body, content_type)
            note_answer(span, answer.status, len(answer.body))
        return answer

    def _exchange(
        self,
        method: str,
        path: str,
        query: Mapping[str, str | int],
        accept: str,
        body: JsonValue,
        content_type: str,
    ) -> Answer:
        """Send what is permitted: the only place where anything is sent."""
        if self._locked_out:
            raise self._locked_out
        left = self.remaining
        if left <= 0:
            raise ReadFailure(GapReason.TIMED_OUT, f"the {self.limits.total:g} s for this collection were over")
        headers = self._signed(method, path, accept)
        if content_type:
            headers["Content-Type"] = content_type
        url = self.connection.server + path + (f"?{urlencode(query)}" if query else "")
        with self._counting:
            self.requests_sent += 1
        try:
            response = self.connection.client.call_api(
                method,
                url,
                headers,
                body,
                _request_timeout=(min(self.limits.connect, left), min(self.limits.read, left)),
            ).response
        except (wire.HTTPError, OSError) as error:
            raise wire_failure(error) from error
        except self._client_errors() as error:
            raise ReadFailure(GapReason.UNREACHABLE, f"TLS failed: {error.reason}") from error
        try:
            self._hear_clock(response.headers.get("Date"))
            content = self._body(response)
        except (wire.HTTPError, OSError) as error:
            raise wire_failure(error) from error
        finally:
            response.close() if not response.closed and response.length_remaining else response.release_conn()
        return Answer(
            status=response.status,
            content_type=response.headers.get("Content-Type", ""),
            body=content,
            retry_after=response.headers.get("Retry-After", ""),
            warnings=tuple(response.headers.getlist("Warning")),
        )

    @staticmethod
    def _client_errors() -> type[ApiException]:
        from kubernetes.client.exceptions import ApiException  # noqa: PLC0415 - see `connect`

        return ApiException

    def _signed(self, method: str, path: str, accept: str) -> dict[str, str]:
        from kubernetes.config import ConfigException  # noqa: PLC0415 - see `connect`

        with self.connection.signing:
            try:
                _, _, headers, _, _ = self.connection.client.param_serialize(
                    method,
                    path,
                    header_params={"Accept": accept, "Accept-Encoding": "gzip"},
                    auth_settings=["BearerToken"],
                )
            except (ConfigException, OSError) as error:
                raise ReadFailure(
                    GapReason.UNAUTHENTICATED,
                    f"credentials could not be renewed: {error}",
                    status=HTTPStatus.UNAUTHORIZED,
                ) from error
        return dict(headers)

    def _body(self, response: urllib3.BaseHTTPResponse) -> bytes:
        parts: list[bytes] = []
        size = 0
        for part in response.stream(_PIECE, decode_content=True):
            size += len(part)
            if size > self.limits.answer:
                raise ReadFailure(GapReason.TRUNCATED, f"the answer is larger than {self.limits.answer} bytes")
            if self.remaining <= 0:
                raise ReadFailure(GapReason.TIMED_OUT, f"the {self.limits.total:g} s for this collection were over")
            parts.append(part)
        return b"".join(parts)

    def _hear_clock(self, stamp: str | None) -> None:
        if self._heard_clock or not stamp:
            return
        self._heard_clock = True
        try:
            told = parsedate_to_datetime(stamp)
        except ValueError:
            return
        ahead = (told if told.tzinfo else told.replace(tzinfo=UTC)) - datetime.now(UTC)
        # The header has whole seconds; a smaller difference is none.
        if abs(ahead) > timedelta(seconds=2):
            self.server_ahead = ahead


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, ReadFailure) and error.wait is not None:
        return error.wait
    return _SLOW_START(state)


def as_object(answer: Answer, path: str) -> dict[str, JsonValue]:
    """Read an answer's body as a JSON object.

    Raises:
        ReadFailure: it is none.
    """
    if "json" not in answer.content_type.lower():
        kind = answer.content_type or "no type"
        raise ReadFailure(GapReason.UNREADABLE, f"{path} answered with {kind} instead of JSON")
    try:
        found = orjson.loads(answer.body)
    except orjson.JSONDecodeError as error:
        raise ReadFailure(GapReason.UNREADABLE, f"{path} answered with broken JSON: {error}", healable=True) from error
    if not isinstance(found, dict):
        raise ReadFailure(GapReason.UNREADABLE, f"{path} answered with JSON that is no object")
    return found


def refusal(answer: Answer, path: str) -> ReadFailure:
    """Say what an answer that is none means."""
    said = _message(answer)
    detail = f"{answer.status} for {path}" + (f": {said}" if said else "")
    match answer.status:
        case HTTPStatus.UNAUTHORIZED:
            reason = GapReason.UNAUTHENTICATED
        case HTTPStatus.FORBIDDEN:
            reason = GapReason.FORBIDDEN
        case HTTPStatus.NOT_FOUND | HTTPStatus.METHOD_NOT_ALLOWED:
            reason = GapReason.NOT_SERVED
        case HTTPStatus.TOO_MANY_REQUESTS:
            return ReadFailure(
                GapReason.UNREACHABLE, detail, status=answer.status, healable=True, wait=_seconds(answer.retry_after)
            )
        case status if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return ReadFailure(
                GapReason.UNREACHABLE, detail, status=status, healable=True, wait=_seconds(answer.retry_after)
            )
        case _:
            reason = GapReason.UNREADABLE
    return ReadFailure(reason, detail, status=answer.status)


def _message(answer: Answer) -> str:
    """What the server says in a `Status`; other bodies are a proxy's and say nothing about the cluster."""
    try:
        found = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return f"not from an API server ({answer.content_type})" if answer.body else ""
    return str(found.get("message") or "") if isinstance(found, dict) else ""


def _seconds(retry_after: str) -> float | None:
    return float(retry_after) if retry_after.isdigit() else None
