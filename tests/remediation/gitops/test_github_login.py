"""What is logged in to GitHub with goes to one server, in no error and no log, and a server that misbehaves is said."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from github_server.gate import Answer, Gate, gated
from github_server.person import Repository
from github_server.server import APP_ID, INSTALLATION
from trees import DEPLOYMENT

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.remediation.gitops.github.address import parse_repository
from cluster_doctor.remediation.gitops.github.credentials import GitHubApp, GitHubCredentials, credentials_from
from cluster_doctor.remediation.gitops.github.repository import open_github

SECRET = "a-token-that-nobody-may-read"  # noqa: S105 - made up
TOKEN = "CLUSTER_DOCTOR_GIT_TOKEN"  # noqa: S105 - the name of a variable
ID, KEY = "CLUSTER_DOCTOR_GITHUB_APP_ID", "CLUSTER_DOCTOR_GITHUB_APP_KEY_FILE"

FILES = {"k8s/web.yaml": DEPLOYMENT, "k8s/run.sh": "echo\n"}


@pytest.fixture
def alone() -> Iterator[Gate]:
    """A server with nothing behind it."""
    with gated("127.0.0.1:9") as gate:
        yield gate


def opened(gate: Gate, timeout: int = 5) -> str:
    credentials = GitHubCredentials(SECRET, host=gate.host, api=gate.address)
    with open_github(f"{gate.address}/acme/shop", credentials, patience=0, timeout=timeout) as forge:
        return forge.default_branch


@pytest.mark.parametrize(
    ("url", "host", "repository", "api"),
    [
        ("https://github.com/acme/shop", "github.com", "acme/shop", "https://api.github.com"),
        ("https://github.com/acme/shop.git/", "github.com", "acme/shop", "https://api.github.com"),
        ("https://bot:secret@github.com/acme/shop.js.git", "github.com", "acme/shop.js", "https://api.github.com"),
        ("git@github.com:acme/shop.git", "github.com", "acme/shop", "https://api.github.com"),
        ("ssh://git@ssh.github.com:443/acme/shop.git", "github.com", "acme/shop", "https://api.github.com"),
        ("https://acme.ghe.com/acme/shop", "acme.ghe.com", "acme/shop", "https://api.acme.ghe.com"),
        ("https://git.example.com/acme/shop", "git.example.com", "acme/shop", "https://git.example.com/api/v3"),
        ("https://git.example.com:8443/a/b", "git.example.com:8443", "a/b", "https://git.example.com:8443/api/v3"),
        ("git@git.example.com:acme/shop", "git.example.com", "acme/shop", "https://git.example.com/api/v3"),
        ("http://127.0.0.1:4000/acme/shop", "127.0.0.1:4000", "acme/shop", "http://127.0.0.1:4000/api/v3"),
    ],
)
def test_the_url_of_a_repository_is_read_in_every_form(url: str, host: str, repository: str, api: str) -> None:
    found = parse_repository(url)
    assert (found.host, found.repository, found.api) == (host, repository, api)
    assert "secret" not in str(found)


@pytest.mark.parametrize(
    "url",
    [
        "", "github.com/acme/shop", "https://github.com/acme", "https://github.com/acme/shop/tree/main", "/srv/shop",
        "http://github.com/acme/shop", "http://localhost.evil.example/acme/shop", "git://github.com/acme/shop",
        "file:///acme/shop", "https://github.com/acme/..", "https://[/acme/shop", "https://github.com/acme/shop\x00",
        "oci://registry.example.com/acme/shop", "https://github.com:x/acme/shop",
    ],
)  # fmt: skip
def test_what_is_no_url_of_a_repository_is_refused(url: str) -> None:
    with pytest.raises(RemediationError) as raised:
        parse_repository(url)
    assert raised.value.next_step


def test_a_token_or_an_app_is_read_from_variables_of_our_own(tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    key.write_text("the key", encoding="ascii")
    assert credentials_from({TOKEN: f" {SECRET}\n"}) == GitHubCredentials(SECRET)
    found = credentials_from({ID: "12", KEY: str(key), "CLUSTER_DOCTOR_GIT_HOST": "Git.Example.com"})
    assert found == GitHubCredentials(app=GitHubApp(12, "the key"), host="git.example.com")
    for environment, what in (
        ({"GITHUB_TOKEN": SECRET, "GH_TOKEN": SECRET}, "nothing is set to log in to GitHub with"),
        ({TOKEN: SECRET, ID: "12"}, "two ways to log in"),
        ({TOKEN: f"{SECRET}\r\nX-Other: 1"}, "holds what no token does"),
        ({ID: "12"}, f"{KEY} is not"),
        ({ID: "12/3", KEY: str(key)}, "holds what no id does"),
        ({ID: "12", KEY: str(tmp_path)}, "cannot be read: IsADirectoryError"),
        ({ID: "12", KEY: str(key), "CLUSTER_DOCTOR_GITHUB_APP_INSTALLATION": "x"}, "is no number"),
    ):
        with pytest.raises(RemediationError, match=what) as raised:
            credentials_from(environment)
        assert SECRET not in str(raised.value)
    assert SECRET not in repr(GitHubCredentials(SECRET, GitHubApp(1, SECRET)))


def test_a_repository_on_another_server_gets_no_login(alone: Gate) -> None:
    with (
        pytest.raises(RemediationError, match=r"and the credentials are for github\.com"),
        open_github(f"{alone.address}/acme/shop", GitHubCredentials(SECRET)),
    ):
        pass
    assert not alone.asked


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_takes_no_login_along(alone: Gate, status: int) -> None:
    with gated("127.0.0.1:9") as elsewhere:
        elsewhere.fault = lambda _verb, _path: Answer(200, b'{"default_branch": "main"}')
        location = {"Location": f"{elsewhere.address.replace('127.0.0.1', 'localhost')}/repos/acme/shop"}
        alone.fault = lambda _verb, _path: Answer(status, b"{}", location)
        with pytest.raises(RemediationError, match=r"sends elsewhere|was moved"):
            opened(alone)
        assert not elsewhere.asked


def test_a_redirect_in_a_circle_ends(alone: Gate) -> None:
    def circle(_verb: str, path: str) -> Answer:
        return Answer(301, b"{}", {"Location": f"{alone.address}/{'b' if path.endswith('a') else 'a'}"})

    alone.fault = circle
    with pytest.raises(RemediationError, match="sends elsewhere"):
        opened(alone)


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (Answer(200, b"<html><title>Log in</title></html>", {"Content-Type": "text/html"}), "no JSON, with status 200"),
        (Answer(403, b"<html>blocked by the proxy</html>", {"Content-Type": "text/html"}), "no JSON, with status 403"),
        (Answer(200, b'{"default_branch": "ma'), "no JSON, with status 200"),
        (Answer(500, b'{"message": "boom \x1b[31m"}'), "no JSON, with status 500"),
        (Answer(500, b'{"message": "boom \\u001b[31m\\u202e"}'), r"500: boom \\x1b\[31m\\u202e"),
        (Answer(200, b"[1]"), "has no default branch"),
        (Answer(200, b""), "has no default branch"),
        (Answer(200, b"{}", {"X-RateLimit-Remaining": "inf", "X-RateLimit-Limit": "x"}), "that nobody can read"),
    ],
)
def test_an_answer_that_is_not_githubs_is_said(alone: Gate, answer: Answer, what: str) -> None:
    alone.fault = lambda _verb, _path: answer
    with pytest.raises(RemediationError, match=what) as raised:
        opened(alone)
    assert raised.value.next_step


def test_a_server_that_hangs_resets_or_is_not_there_is_said(alone: Gate, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    alone.fault = lambda _verb, _path: Answer(200, b'{"default_branch": "main"}')
    assert opened(alone) == "main"
    assert any(SECRET in login for login in alone.logins)

    def hangs(_verb: str, _path: str) -> Answer:
        time.sleep(1.5)
        return Answer(200)

    alone.fault = hangs
    with pytest.raises(RemediationError, match="could not be reached: no answer in time"):
        opened(alone, timeout=1)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = Gate("", f"http://127.0.0.1:{free.getsockname()[1]}")
    with pytest.raises(RemediationError, match="could not be reached: no connection"):
        opened(nobody)
    assert SECRET not in caplog.text


def test_an_app_logs_in_with_its_key_and_finds_its_installation(shop: Repository, app_key: str) -> None:
    for installation in (None, INSTALLATION):
        app = GitHubCredentials(
            app=GitHubApp(APP_ID, app_key, installation), host=shop.gate.host, api=shop.gate.address
        )
        shop.gate.logins.clear()
        with open_github(shop.url, app) as forge:
            assert forge.tree().has("k8s/web.yaml")
        assert any(login.startswith("token ghs_") for login in shop.gate.logins)


def test_an_app_that_is_not_let_in_is_said_without_its_key(shop: Repository, app_key: str) -> None:
    for app, what in (
        (GitHubApp(APP_ID, "no key"), "private key is none"),
        (GitHubApp(APP_ID, ""), "private key is none"),
        (GitHubApp(APP_ID, app_key, 5), r"logging in to .* as a GitHub App was refused \(404"),
        (GitHubApp(5, app_key, INSTALLATION), r"logging in to .* as a GitHub App was refused \(401"),
    ):
        credentials = GitHubCredentials(app=app, host=shop.gate.host, api=shop.gate.address)
        with pytest.raises(RemediationError, match=what) as raised, open_github(shop.url, credentials):
            pass
        assert app_key not in str(raised.value)


@pytest.mark.parametrize("body", [b'{"tok', b"null", b"", b'{"token": 5, "expires_at": "soon"}', b'{"token": "a\\nb"}'])
def test_a_token_for_an_app_that_nobody_can_read_is_said_and_not_repeated(
    alone: Gate, app_key: str, body: bytes
) -> None:
    alone.fault = lambda _verb, path: Answer(201, body) if "access_tokens" in path else Answer(200)
    credentials = GitHubCredentials(app=GitHubApp(APP_ID, app_key, INSTALLATION), host=alone.host, api=alone.address)
    with (
        pytest.raises(RemediationError) as raised,
        open_github(f"{alone.address}/acme/shop", credentials, timeout=5),
    ):
        pass
    assert raised.value.next_step
    assert "a\nb" not in str(raised.value)
