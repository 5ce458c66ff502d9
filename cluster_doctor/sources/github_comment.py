"""Reads one comment of an issue or a pull request on GitHub, as the server has it now."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from cluster_doctor.domain.errors import SourceError, UsageError
from cluster_doctor.sources.github_actions.address import GitHubServer, server_at, token_for

_PATH = re.compile(r"/(?P<repository>[\w.-]+/[\w.-]+)/(?:issues|pull)/(?P<issue>\d+)")
_FRAGMENT = re.compile(r"issuecomment-(?P<comment>\d+)")
_EXAMPLE = "Give one such as https://github.com/OWNER/REPOSITORY/pull/12#issuecomment-345."
_TIMEOUT = 15
_ATTEMPTS = 2


@dataclass(frozen=True)
class Comment:
    """A comment.

    Attributes:
        host: of the server.
        number: its id there.
        login: its author's.
        body: its text.
        created_at: when it was written.
        edited: whether it was changed since.
    """

    host: str
    number: int
    login: str
    body: str
    created_at: datetime
    edited: bool


def fetch_comment(address: str, server: str, environment: Mapping[str, str]) -> Comment:
    """Read a comment.

    Args:
        address: as GitHub's «Copy link» gives it.
        server: the one server that is believed.
        environment: where the token is; it is sent to the server that it was made for, and nowhere else.

    Raises:
        UsageError: the address is none of a comment, or of another server.
        SourceError: it cannot be read, or does not belong to that issue.
    """
    import requests  # noqa: PLC0415 - PyGithub speaks through it
    from github import Auth, Github, GithubException, GithubRetry  # noqa: PLC0415 - slow to import

    place, parts = server_at(address, _EXAMPLE), urlsplit(address)
    if place != server_at(server, "Set github_server in the policy."):
        raise UsageError(f"{address[:200]!r} is not on {server}", "The policy says whose logins count: github_server.")
    path, fragment = _PATH.fullmatch(parts.path.rstrip("/")), _FRAGMENT.fullmatch(parts.fragment)
    if not path or not fragment:
        raise UsageError(f"{address[:200]!r} is not the address of a comment", _EXAMPLE)
    token = token_for(place, environment)
    github = Github(
        auth=Auth.Token(token) if token else None,
        base_url=place.api,
        timeout=_TIMEOUT,
        retry=GithubRetry(total=_ATTEMPTS, backoff_factor=0.2),
        seconds_between_requests=None,
        lazy=True,
        user_agent="cluster-doctor (read-only)",
    )
    asked = f"/repos/{path['repository']}/issues/comments/{fragment['comment']}"
    try:
        _, found = github.requester.requestJsonAndCheck("GET", asked)
    except GithubException as error:
        raise SourceError(
            f"{place.host} refused {asked}: {error.status}",
            "Check the address; a private repository needs GITHUB_TOKEN with issues: read.",
        ) from error
    except requests.RequestException as error:
        raise SourceError(f"{place.host} could not be reached: {error}", "Check the network.") from error
    finally:
        github.close()
    return _read(found, place, int(fragment["comment"]), f"{path['repository']}/issues/{path['issue']}")


def _read(found: object, place: GitHubServer, number: int, issue: str) -> Comment:
    """Read the answer of the API. Source: docs.github.com, "REST API endpoints for issue comments"."""
    try:
        if not isinstance(found, dict) or int(found["id"]) != number:
            raise ValueError("another comment came back")  # noqa: TRY301 - told below, as what is missing is
        if not str(found["issue_url"]).casefold().endswith(f"/repos/{issue}".casefold()):
            raise ValueError("the comment belongs to another issue")  # noqa: TRY301 - as above
        created, updated = str(found["created_at"]), str(found["updated_at"])
        at = datetime.fromisoformat(created)
        if at.tzinfo is None:
            raise ValueError("its time has no time zone")  # noqa: TRY301 - as above
        return Comment(
            place.host, number, str(found["user"]["login"]), str(found["body"] or ""), at, edited=created != updated
        )
    except (KeyError, TypeError, ValueError) as error:
        raise SourceError(
            f"{place.host} told of no such comment: {error}", "Check the address in a browser."
        ) from error
