"""Logs in to GitHub as a token or as an App, within bounds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.remediation.gitops.github.address import RepositoryAddress, check_scheme
from cluster_doctor.remediation.gitops.github.api import PATIENCE, Api
from cluster_doctor.remediation.gitops.github.credentials import APP_KEY_FILE, GitHubApp, GitHubCredentials
from cluster_doctor.snapshot.paths import dig
from cluster_doctor.sources.protocol import Progress, silent

if TYPE_CHECKING:
    from github.Auth import AppAuth, Auth
    from github.Requester import Requester

TIMEOUT = 20
"""Seconds for a connection, and between two pieces of an answer."""

_ATTEMPTS = 2
_BREAKS = (502, 503, 504)


@contextmanager
def logged_in(
    address: RepositoryAddress,
    credentials: GitHubCredentials,
    progress: Progress = silent,
    patience: float = PATIENCE,
    timeout: int = TIMEOUT,
) -> Iterator[Api]:
    """Give the API of a repository while the block runs. A token is asked for only once something else is.

    Raises:
        RemediationError: the credentials are for another server, or unusable.
    """
    credentials.check(address)
    base = (credentials.api or address.api).rstrip("/")
    check_scheme(base)
    app = _app_auth(credentials.app) if credentials.app else None
    opened: list[Requester] = []

    def api(auth: Auth) -> Api:
        opened.append(_requester(base, auth, timeout))
        return Api(opened[-1], address.host, address.repository, progress, patience)

    try:
        yield api(_auth(app, credentials, api))
    finally:
        for requester in opened:
            requester.close()


def _auth(app: AppAuth | None, credentials: GitHubCredentials, api: Callable[[Auth], Api]) -> Auth:
    from github import Auth  # noqa: PLC0415 - slow to import

    if app is None or credentials.app is None:
        return Auth.Token(credentials.token)
    number = credentials.app.installation
    if number is None:
        found = dig(api(app).get("/installation"), "id")
        if not isinstance(found, int):
            raise RemediationError("GitHub tells of no installation of the App", "Install it on the repository.")
        number = found
    return app.get_installation_auth(number)


def _app_auth(app: GitHubApp) -> AppAuth:
    """Log in as an App; its key is tried at once."""
    from github import Auth  # noqa: PLC0415 - slow to import
    from jwt.exceptions import PyJWTError  # noqa: PLC0415 - comes with PyGithub

    try:
        found = Auth.AppAuth(app.id, app.key or "none")
        found.create_jwt()
    except (PyJWTError, ValueError, TypeError) as error:
        raise RemediationError(
            "the GitHub App's private key is none", f"{APP_KEY_FILE} names the PEM file that GitHub gave out."
        ) from error
    return found


def _requester(base: str, auth: Auth, timeout: int) -> Requester:
    from github import Github  # noqa: PLC0415 - slow to import
    from urllib3 import Retry  # noqa: PLC0415 - as above

    retry = Retry(
        total=_ATTEMPTS,
        backoff_factor=0.2,
        allowed_methods={"GET"},
        status_forcelist=_BREAKS,
        raise_on_status=False,
        respect_retry_after_header=False,
    )
    github = Github(
        auth=auth, base_url=base, timeout=timeout, retry=retry, seconds_between_requests=None,
        seconds_between_writes=None, user_agent="cluster-doctor",
    )  # fmt: skip
    return github.requester
