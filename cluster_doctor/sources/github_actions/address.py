"""Reads the address of a run or a job, and which token may be sent there.

A token goes to the host that it was made for, and nowhere else, whatever address somebody pastes: GITHUB_TOKEN and
GH_TOKEN to github.com and subdomains of ghe.com, and to the host that GH_HOST or GITHUB_SERVER_URL names;
GH_ENTERPRISE_TOKEN and GITHUB_ENTERPRISE_TOKEN to any other. Source: cli.github.com, "Environment variables".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from cluster_doctor.domain.errors import UsageError

_PATH = re.compile(
    r"^/(?P<repository>[\w.-]+/[\w.-]+)/actions/runs/(?P<run>\d+)(?:/attempts/\d+)?(?:/jobs?/(?P<job>\d+))?/?$"
)
_CHECK = re.compile(r"^/(?P<repository>[\w.-]+/[\w.-]+)/runs/(?P<job>\d+)/?$")
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_EXAMPLE = "Give one such as https://github.com/OWNER/REPOSITORY/actions/runs/123."


@dataclass(frozen=True)
class GitHubServer:
    """A GitHub: github.com, one of GitHub's own for a company, or a company's own."""

    server: str
    host: str

    @property
    def api(self) -> str:
        """Where the API of that server is."""
        if self.host == "github.com":
            return "https://api.github.com"
        if self.host.endswith(".ghe.com"):
            return f"https://api.{self.host}"
        return f"{self.server}/api/v3"


@dataclass(frozen=True)
class RunAddress(GitHubServer):
    """Where a run is. `run` or `job` may be missing, not both."""

    repository: str
    run: int | None
    job: int | None


def is_address(text: str) -> bool:
    """Tell an address from the name of a file."""
    return text.startswith(("https://", "http://"))


def parse_address(text: str) -> RunAddress:
    """Read the address of a run or a job.

    Raises:
        UsageError: it is none, or would send a token in plain text.
    """
    place, path = server_at(text, _EXAMPLE), urlsplit(text).path
    found = _PATH.match(path) or _CHECK.match(path)
    if not place.host or not found:
        raise UsageError(f"{text!r} is not the address of a run or a job", _EXAMPLE)
    named = found.groupdict()
    return RunAddress(
        server=place.server,
        host=place.host,
        repository=named["repository"],
        run=int(named["run"]) if named.get("run") else None,
        job=int(named["job"]) if named.get("job") else None,
    )


def server_at(text: str, example: str) -> GitHubServer:
    """Read on which server an address is.

    Args:
        text: the address.
        example: what to give instead of one that is off.

    Raises:
        UsageError: it is no address, or would send a token in plain text.
    """
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError as error:
        raise UsageError(f"{text!r} is no address: {error}", example) from error
    if parts.scheme != "https" and host not in _LOCAL:
        raise UsageError(f"{text!r} is not https", example)
    host = "github.com" if host == "www.github.com" else host
    return GitHubServer(server=f"{parts.scheme}://{host}" + (f":{port}" if port else ""), host=host)


def token_for(address: GitHubServer, environment: Mapping[str, str]) -> str:
    """The token that may be sent to a server; empty if there is none."""
    own = {environment.get("GH_HOST", "").lower(), urlsplit(environment.get("GITHUB_SERVER_URL", "")).hostname or ""}
    if address.host == "github.com" or address.host.endswith(".ghe.com") or address.host in own:
        names = ("GH_TOKEN", "GITHUB_TOKEN")
    else:
        names = ("GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN")
    return next((environment[name].strip() for name in names if environment.get(name, "").strip()), "")
