"""Reads where a repository on GitHub is, and where the API of that server answers.

A repository is named by what deploys it, in whatever form Git takes; it is other people's text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.remediation.gitops.address import parse_url

_PATH = re.compile(r"^/?(?P<owner>[A-Za-z0-9][A-Za-z0-9-]*)/(?P<name>[\w.-]+?)(?:\.git)?/?$", re.ASCII)
_EXAMPLE = "Give one such as https://github.com/OWNER/REPOSITORY."


@dataclass(frozen=True)
class RepositoryAddress:
    """Where a repository is.

    Attributes:
        host: the server, with its port where it is not the usual one.
        repository: `owner/name`.
        web: the server as people open it.
    """

    host: str
    repository: str
    web: str

    @property
    def url(self) -> str:
        """Where people look at it."""
        return f"{self.web}/{self.repository}"

    @property
    def api(self) -> str:
        """Where the API of that server is."""
        if self.host == "github.com":
            return "https://api.github.com"
        if self.host.endswith(".ghe.com"):
            return f"https://api.{self.host}"
        return f"{self.web}/api/v3"


def parse_repository(url: str) -> RepositoryAddress:
    """Read the URL of a repository: https, ssh, or `git@HOST:OWNER/NAME`. A login in it is left out.

    Raises:
        RemediationError: it is none, or would be spoken to in plain text.
    """
    try:
        parts = parse_url(url)
    except ValueError as error:
        raise RemediationError(f"the repository's URL cannot be read: {error}", _EXAMPLE) from error
    found = _PATH.match(parts.path) if parts else None
    if (
        parts is None
        or found is None
        or not parts.host
        or found["name"] in {".", ".."}
        or parts.scheme not in {"https", "http", "ssh"}
    ):
        raise RemediationError("that is not the URL of a repository on GitHub", _EXAMPLE)
    host = {"www.github.com": "github.com", "ssh.github.com": "github.com"}.get(parts.host, parts.host)
    shown = f"[{host}]" if ":" in host else host
    if parts.scheme != "ssh" and parts.port is not None:
        shown = f"{shown}:{parts.port}"
    scheme = "https" if parts.scheme == "ssh" else parts.scheme
    check_scheme(f"{scheme}://{shown}")
    return RepositoryAddress(shown, f"{found['owner']}/{found['name']}", f"{scheme}://{shown}")


def check_scheme(url: str) -> None:
    """Refuse to speak in plain text with anything but this machine.

    Raises:
        RemediationError: the URL is none of https, nor of http on the loopback interface.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError as error:
        raise RemediationError(f"the URL cannot be read: {error}", _EXAMPLE) from error
    if not host or (parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(host))):
        raise RemediationError(f"{host or 'the URL'} is not spoken to with https", "Give an https URL.")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
