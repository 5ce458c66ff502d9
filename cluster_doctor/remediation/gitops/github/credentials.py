"""What one logs in to GitHub with: a token, or the key of a GitHub App. Read from variables of our own.

Neither the cluster's credentials nor the tokens of other tools are taken, so that whoever may read a cluster or a log
of CI may not write to a repository for that alone. They are for one host, because a repository's URL comes from the
cluster: whoever can write it there must not learn them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.remediation.gitops.github.address import RepositoryAddress

TOKEN = "CLUSTER_DOCTOR_GIT_TOKEN"  # noqa: S105 - the name of a variable
APP_ID = "CLUSTER_DOCTOR_GITHUB_APP_ID"
APP_KEY_FILE = "CLUSTER_DOCTOR_GITHUB_APP_KEY_FILE"
APP_INSTALLATION = "CLUSTER_DOCTOR_GITHUB_APP_INSTALLATION"
HOST = "CLUSTER_DOCTOR_GIT_HOST"
API_URL = "CLUSTER_DOCTOR_GITHUB_API_URL"
_LARGEST_KEY = 1 << 16


@dataclass(frozen=True)
class GitHubApp:
    """A GitHub App, and where it is installed.

    Attributes:
        id: the App's id, or its client id.
        key: its private key, PEM.
        installation: the id of the installation; None to ask which one the repository has.
    """

    id: int | str
    key: str = field(repr=False)
    installation: int | None = None


@dataclass(frozen=True)
class GitHubCredentials:
    """What is logged in with: a token or an App.

    Attributes:
        token: of a person or a machine account; empty with an App.
        app: the App; None with a token.
        host: the only server that they are sent to.
        api: where its API answers, if not where it usually does.
    """

    token: str = field(default="", repr=False)
    app: GitHubApp | None = None
    host: str = "github.com"
    api: str = ""

    def check(self, address: RepositoryAddress) -> None:
        """Refuse a repository elsewhere.

        Raises:
            RemediationError: the credentials are for another server.
        """
        if address.host != self.host:
            raise RemediationError(
                f"{address.url} lies on {address.host}, and the credentials are for {self.host}",
                f"Set {HOST}={address.host} if they are for that server.",
            )


def credentials_from(environment: Mapping[str, str]) -> GitHubCredentials:
    """Read the credentials from environment variables.

    Raises:
        RemediationError: there are none, or both kinds, or they cannot be read.
    """
    token, app = environment.get(TOKEN, "").strip(), environment.get(APP_ID, "").strip()
    if bool(token) == bool(app):
        raise RemediationError(
            "two ways to log in to GitHub are set" if token else "nothing is set to log in to GitHub with",
            f"Set either {TOKEN}, or {APP_ID} and {APP_KEY_FILE}.",
        )
    if not token.isascii() or not token.isprintable() or " " in token:
        raise RemediationError(f"{TOKEN} holds what no token does", "Set it anew.")
    host = environment.get(HOST, "").strip().lower() or "github.com"
    api = environment.get(API_URL, "").strip()
    return GitHubCredentials(token, _app(app, environment) if app else None, host, api)


def _app(name: str, environment: Mapping[str, str]) -> GitHubApp:
    installation = environment.get(APP_INSTALLATION, "").strip()
    if not (name.isascii() and name.isalnum()):
        raise RemediationError(f"{APP_ID} holds what no id does", "Take it from the settings of the GitHub App.")
    if installation and not (installation.isascii() and installation.isdigit()):
        raise RemediationError(f"{APP_INSTALLATION} is no number", "Leave it out, or take it from the App's settings.")
    file = environment.get(APP_KEY_FILE, "").strip()
    if not file:
        raise RemediationError(f"{APP_ID} is set, and {APP_KEY_FILE} is not", "Name the file of the App's private key.")
    try:
        with Path(file).open(encoding="ascii") as opened:
            key = opened.read(_LARGEST_KEY)
    except (OSError, ValueError) as error:
        raise RemediationError(
            f"the key file {file} cannot be read: {type(error).__name__}", f"Check {APP_KEY_FILE}."
        ) from error
    return GitHubApp(int(name) if name.isdigit() else name, key, int(installation) if installation else None)
