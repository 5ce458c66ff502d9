"""What GitHub refuses is said with what to do next. The cassettes hold its answers as its documentation has them."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import pytest
import vcr
from test_github_proposals import FROM, TEXT
from trees import IMAGE, step_of

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.remediation.gitops.forge import Proposal
from cluster_doctor.remediation.gitops.github.credentials import GitHubCredentials
from cluster_doctor.remediation.gitops.github.repository import open_github
from cluster_doctor.remediation.gitops.source import Entry, changes_of

URL = "https://github.com/acme/shop"
SECRET = "a-token-that-nobody-may-read"  # noqa: S105 - made up
TAPES = vcr.VCR(cassette_library_dir=str(Path(__file__).parent / "cassettes"), record_mode=vcr.mode.NONE)
_tape = partial(TAPES.use_cassette, allow_playback_repeats=True)


def propose(patience: float = 0) -> Proposal:
    with open_github(URL, GitHubCredentials(SECRET), patience=patience) as forge:
        changes = changes_of(forge.tree(), step_of((IMAGE, "web:1", "web:2")), Entry("web.yaml"))
        return forge.propose(changes, FROM, TEXT)


@pytest.mark.parametrize(
    ("tape", "what", "advice"),
    [
        ("token-not-valid", "401: Bad credentials", "The token is not valid there"),
        ("private-or-not-there", "404: Not Found", "If the repository is private"),
        ("single-sign-on", "403: Resource protected by organization SAML", "authorize the token"),
        ("missing-rights", "POST /git/blobs of acme/shop on github.com was refused", "contents=write"),
        ("missing-rights-for-pull-requests", "POST /pulls", "rights on the repository: pull_requests=write"),
        ("ruleset", "Repository rule violations found Cannot create ref", "begin with fix/cluster-doctor/"),
        ("protected-branch", "Reference update failed", "A protected branch or a ruleset forbids it"),
        ("empty-repository", "Git Repository is empty", "make the first one by hand"),
        ("archived-meanwhile", "Repository was archived", "until somebody unarchives it"),
        ("rate-limit", "github.com takes no more requests for", "Try again after"),
        ("secondary-rate-limit", "github.com takes no more requests for 60 s", "Try again after"),
        ("moved", "acme/shop was moved on github.com", "Give its new URL"),
    ],
)
def test_a_refusal_says_what_was_asked_and_what_to_do(tape: str, what: str, advice: str) -> None:
    with _tape(f"{tape}.yaml") as cassette, pytest.raises(RemediationError) as raised:
        propose()
    assert what in raised.value.what
    assert advice in raised.value.next_step
    assert SECRET not in str(raised.value)
    assert cassette.play_counts[len(cassette) - 1], "the refusal was not met"


def test_a_short_limit_is_waited_for_and_told() -> None:
    heard = list[str]()
    with (
        TAPES.use_cassette("rate-limit-of-a-second.yaml"),
        open_github(URL, GitHubCredentials(SECRET), heard.append, patience=5) as forge,
    ):
        assert forge.default_branch == "main"
    assert heard == ["github.com asks to wait 1 s"]


def test_a_listing_that_github_cuts_is_read_folder_by_folder() -> None:
    with _tape("truncated-tree.yaml"), open_github(URL, GitHubCredentials(SECRET)) as forge:
        tree = forge.tree()
        assert list(tree.files("k8s")) == ["k8s/web.yaml"]
        assert tree.read("k8s/web.yaml").startswith(b"apiVersion")
        with pytest.raises(RemediationError, match="many holds more than GitHub lists"):
            list(tree.files("many"))


def test_a_label_that_must_not_be_set_is_a_note_on_a_proposal_that_stands() -> None:
    with _tape("label-and-review-refused.yaml"):
        proposal = propose()
    assert proposal.number == 12
    [note] = proposal.notes
    assert note.startswith("no label cluster-doctor: POST /labels of acme/shop on github.com was refused")


def test_no_cassette_holds_a_login() -> None:
    for path in (Path(__file__).parent / "cassettes").glob("*.yaml"):
        assert not re.search(r"(?i)authorization:|gh[pousr]_\w|token \w{20}|bearer", path.read_text(encoding="utf-8"))
