"""A run is read by its address: which steps failed is GitHub's word, and a token goes nowhere but there."""

from __future__ import annotations

import pytest

from cluster_doctor.domain.ci import CiFailureClass
from cluster_doctor.domain.errors import SourceError, UsageError
from cluster_doctor.inference.ci.diagnose_run import diagnose_run
from cluster_doctor.sources.github_actions.address import parse_address, token_for
from cluster_doctor.sources.github_actions.api import fetch_run
from github_actions.server import RUN, GitHub, serving

TOKEN = {"GH_ENTERPRISE_TOKEN": "enterprise", "GITHUB_TOKEN": "public"}


def _silent(_: str) -> None:
    pass


@pytest.mark.parametrize("path", ["actions/runs/77", "actions/runs/77/job/5", "actions/runs/77/attempts/2", "runs/5"])
def test_a_run_or_a_job_is_read_with_what_failed_in_it(path: str) -> None:
    with serving(GitHub()) as github:
        run = fetch_run(parse_address(f"{github.address}/shop/web/{path}"), TOKEN, _silent)
    assert (run.repository, run.workflow, run.number, run.commit) == ("shop/web", "deliver", "77", RUN["head_sha"])
    (failure,) = diagnose_run(run)
    assert (failure.job, failure.step, failure.failure) == ("build", "Test", CiFailureClass.TEST)
    assert (failure.thing, failure.first.line) == ("tests/test_cart.py::test_total", 7)


def test_the_token_is_not_sent_where_the_log_lies() -> None:
    with serving(GitHub()) as github:
        fetch_run(parse_address(f"{github.address}/shop/web/actions/runs/77"), TOKEN, _silent)
    sent = dict(github.asked)
    assert sent["/api/v3/repos/shop/web/actions/runs/77"] == "token enterprise"
    assert sent["/logs/5"] == ""
    assert "public" not in str(github.asked)


def test_a_log_that_is_gone_leaves_what_github_says_of_the_job() -> None:
    said = {"annotation_level": "failure", "message": "The hosted runner lost communication with the server."}
    with serving(GitHub(log=None, annotations=[said, {"annotation_level": "warning", "message": "old"}])) as github:
        run = fetch_run(parse_address(f"{github.address}/shop/web/actions/runs/77"), TOKEN, _silent)
    assert any("no log of job build" in note for note in run.notes)
    (failure,) = diagnose_run(run)
    assert failure.failure is CiFailureClass.RUNNER


@pytest.mark.parametrize(
    ("status", "token", "advice"),
    [(404, {}, "GITHUB_TOKEN"), (404, TOKEN, "actions: read"), (401, TOKEN, "not valid"), (451, {}, "gh run view")],
)
def test_a_refusal_says_what_to_do(status: int, token: dict[str, str], advice: str) -> None:
    with serving(GitHub(status=status)) as github, pytest.raises(SourceError) as error:
        fetch_run(parse_address(f"{github.address}/shop/web/actions/runs/77"), token, _silent)
    assert str(status) in error.value.what
    assert advice in (error.value.next_step or "")


def test_a_server_that_is_not_there_is_said_to_be_so() -> None:
    with pytest.raises(SourceError, match="could not be reached"):
        fetch_run(parse_address("http://127.0.0.1:9/shop/web/actions/runs/77"), {}, _silent)


@pytest.mark.parametrize(
    ("address", "api"),
    [
        ("https://github.com/shop/web/actions/runs/77", "https://api.github.com"),
        ("https://shop.ghe.com/shop/web/actions/runs/77/job/5?pr=1#step:4:12", "https://api.shop.ghe.com"),
        ("https://git.example.com/shop/web/actions/runs/77", "https://git.example.com/api/v3"),
    ],
)
def test_the_api_is_that_of_the_host(address: str, api: str) -> None:
    assert parse_address(address).api == api


@pytest.mark.parametrize(
    "address",
    [
        "http://github.com/shop/web/actions/runs/77",
        "https://github.com/shop/web/pull/7",
        "https://github.com/shop/web/actions/runs/../../x",
        "https://[::1/shop/web/actions/runs/77",
        "https:///shop/web/actions/runs/77",
    ],
)
def test_what_is_no_address_of_a_run_is_refused(address: str) -> None:
    with pytest.raises(UsageError):
        parse_address(address)


def test_a_token_goes_to_the_host_that_it_was_made_for() -> None:
    elsewhere = parse_address("https://git.example.com/shop/web/actions/runs/77")
    github = parse_address("https://github.com/shop/web/actions/runs/77")
    assert token_for(github, {"GH_TOKEN": "a", "GITHUB_TOKEN": "b"}) == "a"
    assert token_for(elsewhere, {"GITHUB_TOKEN": "b"}) == ""
    assert token_for(elsewhere, {"GITHUB_TOKEN": "b", "GH_HOST": "git.example.com"}) == "b"
    assert token_for(elsewhere, {"GITHUB_TOKEN": "b", "GITHUB_SERVER_URL": "https://git.example.com"}) == "b"
    assert token_for(elsewhere, TOKEN) == "enterprise"
