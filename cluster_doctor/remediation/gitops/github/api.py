"""Asks one repository of GitHub's API: relative paths only, waits within bounds, and errors that say what to do.

No address that an answer names is followed, so what is logged in with goes to one server alone. Nothing but a plain
read is sent twice by itself: a write that broke off may have been done.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

import orjson
from pydantic import JsonValue
from urllib3 import exceptions as wire

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.domain.trace_spans import api_span, note_answer
from cluster_doctor.remediation.gitops.github.refusals import RefusedError, refusal
from cluster_doctor.sources.protocol import Progress, silent
from cluster_doctor.sources.wire.breakage import wire_failure
from cluster_doctor.sources.wire.path_template import github_template

if TYPE_CHECKING:
    import requests
    from github.GithubException import GithubException
    from github.Requester import Requester

PATIENCE = 60.0
"""Seconds that are waited in all for GitHub's limits on how often one may ask."""

_PAGE = 100
_LIMITED = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS})
_UNTOLD = 60.0
"""Seconds to wait where GitHub does not say how long."""

Sleep = Callable[[float], None]


class Api:
    """One repository's API.

    Args:
        requester: PyGithub's, logged in.
        host: the server's name, for errors.
        repository: `owner/name`.
        progress: hears what is waited for.
        patience: seconds that may be waited in all.
        sleep: waits.
    """

    def __init__(
        self,
        requester: Requester,
        host: str,
        repository: str,
        progress: Progress = silent,
        patience: float = PATIENCE,
        sleep: Sleep = time.sleep,
    ) -> None:
        """Nothing is asked yet."""
        self._requester, self._host, self.repository = requester, host, repository
        self._progress, self._patience, self._sleep = progress, patience, sleep

    def get(self, path: str, **query: str | int) -> JsonValue:
        """Read what lies at a path below the repository."""
        return self.ask("GET", path, query=query)

    def find(self, path: str, **query: str | int) -> JsonValue:
        """Read what may be missing: None then."""
        try:
            return self.get(path, **query)
        except RefusedError as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return None
            raise

    def location(self, path: str) -> str:
        """The address that GitHub names for what lies elsewhere; it is not followed."""
        status, headers, said = self._sent("GET", quote(f"/repos/{self.repository}{path}"), {}, None)
        if status != HTTPStatus.FOUND:
            raise refusal(
                f"GET {path} of {self.repository} on {self._host}", status, headers, self._parsed(status, said)
            )
        return headers.get("location", "")

    def listed(self, path: str, most: int, **query: str | int) -> Iterator[JsonValue]:
        """Read a list page by page, up to a number of members."""
        size = min(most, _PAGE)
        for page in range(1, -(-most // size) + 1):
            found = self.get(path, per_page=size, page=page, **query)
            if not isinstance(found, list):
                raise self._unreadable("no list")
            yield from found
            if len(found) < size:
                return

    def post(self, path: str, body: Mapping[str, JsonValue]) -> JsonValue:
        """Make something."""
        return self.ask("POST", path, body=body)

    def patch(self, path: str, body: Mapping[str, JsonValue]) -> JsonValue:
        """Change something."""
        return self.ask("PATCH", path, body=body)

    def ask(
        self,
        verb: str,
        path: str,
        *,
        query: Mapping[str, str | int] | None = None,
        body: Mapping[str, JsonValue] | None = None,
    ) -> JsonValue:
        """Send one request, and again if GitHub wants it later.

        Raises:
            RefusedError: GitHub said no.
            RemediationError: no answer came, or none of GitHub's.
        """
        where = quote(f"/repos/{self.repository}{path}")
        while True:
            status, headers, said = self._sent(verb, where, dict(query or {}), body)
            wait = _wait(status, headers, said)
            if wait is None:
                break
            self._wait(wait)
        answer = self._parsed(status, said)
        if status >= HTTPStatus.BAD_REQUEST:
            raise refusal(f"{verb} {path or '/'} of {self.repository} on {self._host}", status, headers, answer)
        if status >= HTTPStatus.MULTIPLE_CHOICES:
            raise RemediationError(f"{self.repository} was moved on {self._host}", "Give its new URL.")
        return answer

    def _sent(
        self, verb: str, where: str, query: dict[str, str | int], body: Mapping[str, JsonValue] | None
    ) -> tuple[int, Mapping[str, str], str]:
        import requests  # noqa: PLC0415 - PyGithub speaks through it
        from github.GithubException import BadAttributeException, GithubException  # noqa: PLC0415 - slow to import

        again = "Check the network; what is done already will be found when this is done again."
        try:
            with api_span(verb, github_template(where)) as span:
                status, headers, said = self._requester.requestJson(
                    verb, where, parameters=query, input=dict(body) if body is not None else None
                )
                note_answer(span, status, len(said))
        except GithubException as error:
            raise self._locked_out(error) from error
        except requests.RequestException as error:
            raise RemediationError(f"{self._host} could not be reached: {_broken(error)}", again) from error
        except RuntimeError as error:  # how PyGithub refuses to follow a redirect elsewhere, or in a circle
            raise RemediationError(
                f"{self._host} sends elsewhere, and no login is sent there", "Give the repository's own URL."
            ) from error
        except (BadAttributeException, ValueError, TypeError, OverflowError) as error:  # out of PyGithub's own reading
            raise self._unreadable("headers or a login that nobody can read") from error
        return status, headers, said

    def _locked_out(self, error: GithubException) -> RemediationError:
        """An App that is not let in: the exchange of its key for a token failed."""
        return refusal(
            f"logging in to {self._host} as a GitHub App", int(error.status), dict(error.headers or {}), error.data
        )

    def _wait(self, seconds: float) -> None:
        if seconds > self._patience:
            when = time.strftime("%H:%M:%S", time.gmtime(time.time() + seconds))
            raise RemediationError(
                f"{self._host} takes no more requests for {seconds:.0f} s",
                f"Try again after {when} UTC; what is done already will be found.",
            )
        self._patience -= seconds
        self._progress(f"{self._host} asks to wait {seconds:.0f} s")
        self._sleep(seconds)

    def _parsed(self, status: int, said: str) -> JsonValue:
        try:
            answer: JsonValue = orjson.loads(said) if said.strip() else None
        except orjson.JSONDecodeError as error:
            raise self._unreadable(f"no JSON, with status {status}") from error
        return answer

    def _unreadable(self, what: str) -> RemediationError:
        return RemediationError(
            f"{self._host} answered with {what}", "Check that the URL is that of GitHub, and what stands between."
        )


def _broken(error: requests.RequestException) -> str:
    """What broke, out of what urllib3 and requests wrap it in."""
    inner: object = error.args[0] if error.args else error
    inner = getattr(inner, "reason", None) or inner
    return wire_failure(inner).detail if isinstance(inner, wire.HTTPError) else type(error).__name__


def _wait(status: int, headers: Mapping[str, str], said: str) -> float | None:
    """Seconds after which to ask again; None where the answer is one."""
    if status not in _LIMITED:
        return None
    after = headers.get("retry-after", "")
    if after.isdigit():
        return max(float(after), 1.0)
    if headers.get("x-ratelimit-remaining") == "0" and headers.get("x-ratelimit-reset", "").isdigit():
        return max(float(headers["x-ratelimit-reset"]) - time.time(), 0) + 1
    if status == HTTPStatus.TOO_MANY_REQUESTS or "rate limit" in said.lower():
        return _UNTOLD
    return None
