"""Asks a monitoring server for JSON: bounded in time and size, read-only."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

import orjson
import urllib3
from pydantic import JsonValue
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential
from urllib3 import exceptions as wire

from cluster_doctor.domain.coverage import GapReason
from cluster_doctor.domain.errors import ClusterUnavailable
from cluster_doctor.domain.trace_spans import api_span, note_answer
from cluster_doctor.snapshot.paths import text
from cluster_doctor.sources.wire.breakage import wire_failure
from cluster_doctor.sources.wire.failure import ReadFailure
from cluster_doctor.sources.wire.path_template import monitoring_template

_PIECE = 64 * 1024
_REASONS: dict[int, GapReason] = {
    HTTPStatus.UNAUTHORIZED: GapReason.UNAUTHENTICATED,
    HTTPStatus.FORBIDDEN: GapReason.FORBIDDEN,
    HTTPStatus.NOT_FOUND: GapReason.NOT_SERVED,
}


@dataclass(frozen=True, slots=True)
class Bounds:
    """Bounds of one collection. Times in seconds, `answer` in bytes."""

    connect: float = 3.0
    read: float = 10.0
    total: float = 30.0
    attempts: int = 3
    answer: int = 32 * 1024 * 1024


class MonitoringClient:
    """Asks one server until a deadline."""

    def __init__(
        self, url: str, *, token: str | None = None, ca_file: str | None = None, bounds: Bounds | None = None
    ) -> None:
        """Name the server.

        Args:
            url: its base URL, with any path prefix.
            token: bearer token.
            ca_file: path of its certificate authority; None takes the system's.
            bounds: how long and how much.

        Raises:
            ClusterUnavailable: the URL cannot be used.
        """
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise ClusterUnavailable(
                f"{url!r} was given as a monitoring URL, and it is none.", "Write http://HOST:PORT."
            )
        self.url = url.rstrip("/")
        self.bounds = bounds or Bounds()
        self._headers = {"Accept": "application/json", "User-Agent": "cluster-doctor (read-only)"}
        if token:
            self._headers["Authorization"] = f"Bearer {token.strip()}"
        self._pool = urllib3.PoolManager(maxsize=4, retries=False, ca_certs=ca_file)
        self._deadline = time.monotonic() + self.bounds.total

    def close(self) -> None:
        """Close every connection."""
        self._pool.clear()

    def json(self, path: str, query: Mapping[str, str]) -> JsonValue:
        """Read JSON.

        Raises:
            ReadFailure: the server did not answer with it.
        """
        retrying = Retrying(
            retry=retry_if_exception(self._worth_another_try),
            stop=stop_after_attempt(self.bounds.attempts),
            wait=wait_exponential(multiplier=0.2, max=2.0),
            reraise=True,
        )
        return retrying(self._ask, f"{path}?{urlencode(query)}")

    def _worth_another_try(self, error: BaseException) -> bool:
        return isinstance(error, ReadFailure) and error.healable and time.monotonic() + 1.0 < self._deadline

    def _ask(self, target: str) -> JsonValue:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise ReadFailure(GapReason.TIMED_OUT, f"the {self.bounds.total:g} s for metrics were over")
        timeout = urllib3.Timeout(connect=min(self.bounds.connect, left), read=min(self.bounds.read, left))
        path = target.partition("?")[0]
        try:
            with api_span("GET", monitoring_template(path)) as span:
                answer = self._pool.request(
                    "GET",
                    self.url + target,
                    headers=self._headers,
                    timeout=timeout,
                    preload_content=False,
                    redirect=False,
                )
                body = self._body(answer)
                note_answer(span, answer.status, len(body))
        except (wire.HTTPError, OSError) as error:
            raise wire_failure(error) from error
        if answer.status != HTTPStatus.OK:
            raise _refusal(answer.status, path, body)
        try:
            found: JsonValue = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise ReadFailure(GapReason.UNREADABLE, f"{path} answered with something that is no JSON") from error
        return found

    def _body(self, answer: urllib3.BaseHTTPResponse) -> bytes:
        parts: list[bytes] = []
        size = 0
        try:
            for part in answer.stream(_PIECE, decode_content=True):
                size += len(part)
                if size > self.bounds.answer:
                    raise ReadFailure(GapReason.TRUNCATED, f"the answer is larger than {self.bounds.answer} bytes")
                if time.monotonic() > self._deadline:
                    raise ReadFailure(GapReason.TIMED_OUT, f"the {self.bounds.total:g} s for metrics were over")
                parts.append(part)
        finally:
            answer.release_conn()
        return b"".join(parts)


def _refusal(status: int, path: str, body: bytes) -> ReadFailure:
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        said = None
    detail = f"{status} for {path}" + (f": {text(said, 'error')}" if isinstance(said, dict) else "")
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return ReadFailure(GapReason.UNREACHABLE, detail, status=status, healable=True)
    return ReadFailure(_REASONS.get(status, GapReason.UNREADABLE), detail, status=status)
