"""What GitHub's refusals mean, and what a person does about them.

Source: docs.github.com, "Troubleshooting the REST API" and the status codes of each endpoint.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from pydantic import JsonValue

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.reports.plain import one_line
from cluster_doctor.snapshot.paths import dig, text

_LONGEST = 300
_RULED_OUT = (
    "A protected branch or a ruleset forbids it. Allow whoever logs in here to create and update branches that begin "
    "with fix/cluster-doctor/."
)
_BY_WORDS = {
    "archived": "The repository is archived; nothing can be proposed there until somebody unarchives it.",
    "repository is empty": "The repository has no commit yet; make the first one by hand.",
    "protected branch": _RULED_OUT,
    "rule violations": _RULED_OUT,
    "being restricted": _RULED_OUT,
    "reference update failed": _RULED_OUT,
}
"""What to do, by what GitHub says where one status stands for many things."""

_BY_WORDS_ONLY = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY})


class RefusedError(RemediationError):
    """GitHub said no.

    Args:
        what: what was asked, of whom, and what came back.
        next_step: what to do about it.
        status: the HTTP status.
        said: GitHub's own words.
    """

    def __init__(self, what: str, next_step: str, *, status: int, said: str) -> None:
        """Keep what callers tell refusals apart by."""
        super().__init__(what, next_step)
        self.status = status
        self.said = said


def refusal(asked: str, status: int, headers: Mapping[str, str], answer: JsonValue) -> RefusedError:
    """Put a refusal into words.

    Args:
        asked: what was asked, of whom.
        status: the HTTP status.
        headers: of the answer, in lower case.
        answer: its body.
    """
    said = _said(answer)
    what = f"{asked} was refused ({status}{f': {said}' if said else ''})"
    return RefusedError(what, _next_step(status, said.lower(), headers), status=status, said=said)


def _said(answer: JsonValue) -> str:
    """GitHub's message, and those of the single errors, which say more."""
    found = [text(answer, "message")]
    errors = dig(answer, "errors")
    for error in errors if isinstance(errors, list) else []:
        told = error if isinstance(error, str) else text(error, "message") or text(error, "code")
        found.append(str(told))
    return one_line("; ".join(word for word in found if word))[:_LONGEST]


def _next_step(status: int, said: str, headers: Mapping[str, str]) -> str:
    by_words = next((advice for words, advice in _BY_WORDS.items() if words in said), None)
    if by_words and status in _BY_WORDS_ONLY:
        return by_words
    match status:
        case HTTPStatus.UNAUTHORIZED:
            return "The token is not valid there, or has expired. Set CLUSTER_DOCTOR_GIT_TOKEN or the App's key anew."
        case HTTPStatus.FORBIDDEN:
            if "x-github-sso" in headers:
                return "The organization wants single sign-on: authorize the token for it in the token's settings."
            wanted = one_line(headers.get("x-accepted-github-permissions", ""))[:_LONGEST]
            needed = wanted or "contents: write, pull requests: write, issues: write"
            return f"Give the token or the App these rights on the repository: {needed}."
        case HTTPStatus.NOT_FOUND:
            return "Check the name. If the repository is private, the token or the App must be let in to it."
        case HTTPStatus.GONE:
            return "That part of the repository is switched off in its settings."
        case HTTPStatus.CONFLICT | HTTPStatus.UNPROCESSABLE_ENTITY:
            return "Look at the branch on GitHub, then diagnose again."
        case _ if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return "GitHub has trouble; try again later. What is done already will be found."
        case _:
            return "Check that the URL is that of GitHub or GitHub Enterprise."
