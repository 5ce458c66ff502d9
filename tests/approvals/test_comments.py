"""Answers in comments on GitHub, read from a server that answers as GitHub documents."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from approvals.commenting import GitHub, running_github
from cluster_doctor.domain.errors import ClusterDoctorError, RemediationError, SourceError, UsageError
from cluster_doctor.domain.remediation import Approval, Decision
from cluster_doctor.remediation.approvals.comment import read_comment
from cluster_doctor.sources.github_comment import fetch_comment

DIGEST = "9f" * 32


@pytest.fixture
def github() -> Iterator[GitHub]:
    with running_github() as told:
        yield told


def read(github: GitHub, address: str) -> Approval:
    return read_comment(fetch_comment(address, github.address, {"GH_ENTERPRISE_TOKEN": "secret"}), "ada")


@pytest.mark.parametrize(
    ("body", "decision", "steps", "reason"),
    [
        (f"cluster-doctor approve {DIGEST}", Decision.APPROVE, None, ""),
        (f"Looks right.\r\n\r\ncluster-doctor approve {DIGEST} 1.1, 2.1\r\n", Decision.APPROVE, ("1.1", "2.1"), ""),
        (f"> cluster-doctor decline {DIGEST}\n\ncluster-doctor approve {DIGEST} 1.1", Decision.APPROVE, ("1.1",), ""),
        (f"cluster-doctor decline {DIGEST} not on a Friday", Decision.DECLINE, None, "not on a Friday"),
    ],
)  # fmt: skip
def test_an_answer_is_a_line_of_its_own(
    github: GitHub, body: str, decision: Decision, steps: tuple[str, ...] | None, reason: str
) -> None:
    found = read(github, github.says(body))
    assert (found.decision, found.digest, found.steps, found.reason) == (decision, DIGEST, steps, reason)
    assert (found.approver, found.credential, found.nonce) == ("ada", "127.0.0.1 ada-l", "127.0.0.1 comment 345")
    assert str(found.decided_at) == "2026-03-04 12:00:00+00:00"
    assert github.asked == [("/api/v3/repos/acme/shop/issues/comments/345", "token secret")]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("", "holds no answers"),
        ("I approve", "holds no answers"),
        (f"> cluster-doctor approve {DIGEST}", "holds no answers"),
        (f"```\ncluster-doctor approve {DIGEST}\n```", "holds no answers"),
        (f"    cluster-doctor approve {DIGEST}", "holds no answers"),
        (f"<!-- \ncluster-doctor approve {DIGEST}\n-->", "holds no answers"),
        (f"Please do not cluster-doctor approve {DIGEST}", "holds no answers"),
        (f"cluster-doctor approve {DIGEST}\ncluster-doctor decline {DIGEST}", "holds 2 answers"),
        (f"cluster-doctor approve {DIGEST[:12]}", "is no answer"),
        ("cluster-doctor approve", "is no answer"),
        (f"cluster-doctor approve {DIGEST} but not step 2!", "are no steps"),
        (f"cluster-doctor merge {DIGEST}", "is no answer"),
    ],
)
def test_what_is_no_clear_answer_is_refused(github: GitHub, body: str, why: str) -> None:
    with pytest.raises(RemediationError, match=why):
        read(github, github.says(body))


def test_an_edited_comment_is_refused(github: GitHub) -> None:
    address = github.says(f"cluster-doctor approve {DIGEST}", updated_at="2026-03-04T12:00:01Z")
    with pytest.raises(RemediationError, match="was edited"):
        read(github, address)


@pytest.mark.parametrize(
    "address",
    [
        "https://github.com/acme/shop/pull/12#issuecomment-345",
        "https://127.0.0.1/acme/shop/pull/12#issuecomment-345",
        "http://localhost.example.com/acme/shop/pull/12#issuecomment-345",
        "http://SERVER@evil.example.com/acme/shop/pull/12#issuecomment-345",
        "SERVER/acme/shop/pull/12",
        "SERVER/acme/shop/pull/12#discussion_r1",
        "SERVER/acme/shop/../x/y/pull/12#issuecomment-345",
        "SERVER/acme/shop/pull/12#issuecomment-345x",
        "not an address",
    ],
)
def test_only_comments_on_the_server_of_the_policy_are_read(github: GitHub, address: str) -> None:
    github.says(f"cluster-doctor approve {DIGEST}")
    with pytest.raises(UsageError):
        read(github, address.replace("http://SERVER", github.address).replace("SERVER", github.address))
    assert github.asked == [], "and no token leaves"


@pytest.mark.parametrize(
    "other",
    [
        {"id": 346}, {"issue_url": "https://api.github.com/repos/acme/other/issues/12"}, {"user": None},
        {"created_at": None}, {"created_at": "2026-03-04T12:00:00", "updated_at": "2026-03-04T12:00:00"},
    ],
)  # fmt: skip
def test_what_is_not_that_comment_is_an_error(github: GitHub, other: dict[str, object]) -> None:
    address = github.says(f"cluster-doctor approve {DIGEST}", **other)
    with pytest.raises(SourceError, match="told of no such comment"):
        read(github, address)


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_comment_that_cannot_be_read_is_an_error(github: GitHub, status: int) -> None:
    address = github.says(f"cluster-doctor approve {DIGEST}")
    github.status = status
    with pytest.raises(ClusterDoctorError, match=f"refused .* {status}"):
        read(github, address)
