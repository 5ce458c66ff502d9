"""A whole run whose repository is on a stateful GitHub: from the diagnosis to the merged pull request."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from github_server.person import Repository
from proposing.shops import SERVICE, cluster_of

from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.proposal import ProposalOutcome, ProposalState
from cluster_doctor.domain.remediation import Approval, Decision, Outcome
from cluster_doctor.history.history import History
from cluster_doctor.history.verifying import verify
from cluster_doctor.remediation.gitops.github.credentials import API_URL, HOST
from cluster_doctor.remediation.gitops.github.credentials import TOKEN as TOKEN_VARIABLE
from cluster_doctor.snapshot.file import write_snapshot
from cluster_doctor.workflow.runs import Finished, Merging, Runs, Standing, Waiting
from cluster_doctor.workflow.state import Place
from cluster_doctor.workflow.writing import Writing

FILES = {"k8s/web.yaml": SERVICE, "CODEOWNERS": "* @grace\n"}


@pytest.fixture
def history(tmp_path: Path, shop: Repository, monkeypatch: pytest.MonkeyPatch) -> Iterator[History]:
    monkeypatch.setenv(TOKEN_VARIABLE, shop.token)
    monkeypatch.setenv(HOST, shop.gate.host)
    monkeypatch.setenv(API_URL, shop.gate.address)
    with History(tmp_path / "home") as opened:
        yield opened


def begun(history: History, tmp_path: Path, repository: str) -> Waiting:
    recorded = tmp_path / "cluster.cds"
    write_snapshot(cluster_of(marks=""), recorded)
    runs = Runs(history, writing=Writing(repositories=(repository,)))
    standing = runs.begin(Incident(), Place(path=str(recorded)))
    assert isinstance(standing, Waiting)
    return standing


def approved(history: History, standing: Waiting) -> Standing:
    answer = Approval(decision=Decision.APPROVE, digest=standing.digest, approver="ada")
    return Runs(history).answer(standing.report.run_id, standing.interrupt_id, answer)


def outcome_of(standing: Standing) -> Outcome:
    assert standing.report.remediation is not None
    assert standing.report.remediation.outcome is not None
    return standing.report.remediation.outcome


def proposal_of(standing: Standing) -> ProposalOutcome:
    (found,) = outcome_of(standing).proposals
    return found


def test_a_run_opens_a_pull_request_waits_and_knows_the_merge(
    history: History, shop: Repository, tmp_path: Path
) -> None:
    standing = begun(history, tmp_path, f"{shop.url}#k8s")
    (shown,) = standing.rehearsal.offered_proposals
    assert [file.path for file in shown.files] == ["k8s/web.yaml"]
    assert shop.branches() == ["main"], "a rehearsal writes nothing"
    asked = approved(history, standing)
    assert isinstance(asked, Merging)
    made = proposal_of(asked)
    (pull,) = shop.pulls("open")
    assert (pull["number"], pull["head"]["ref"]) == (made.number, made.branch)
    assert standing.report.run_id in pull["body"]
    assert "app: web   # as it was called before" in shop.file("k8s/web.yaml", made.branch)
    assert isinstance(Runs(history).resume(standing.report.run_id), Merging)
    shop.ask("PUT", f"/pulls/{made.number}/merge", merge_method="squash")
    done = Runs(history).resume(standing.report.run_id)
    assert isinstance(done, Finished)
    assert proposal_of(done).state is ProposalState.MERGED
    assert verify(history.store).faults == ()


def test_the_same_cause_found_again_has_one_pull_request(history: History, shop: Repository, tmp_path: Path) -> None:
    first = proposal_of(approved(history, begun(history, tmp_path, f"{shop.url}#k8s")))
    again = proposal_of(approved(history, begun(history, tmp_path, f"{shop.url}#k8s")))
    assert again.number == first.number
    assert len(shop.pulls()) == 1


def test_a_pull_request_that_was_closed_ends_the_run(history: History, shop: Repository, tmp_path: Path) -> None:
    standing = begun(history, tmp_path, f"{shop.url}#k8s")
    made = proposal_of(approved(history, standing))
    shop.ask("PATCH", f"/pulls/{made.number}", state="closed")
    done = Runs(history).resume(standing.report.run_id)
    assert isinstance(done, Finished)
    assert proposal_of(done).state is ProposalState.CLOSED


def test_where_no_file_is_known_an_issue_tells_people(history: History, shop: Repository, tmp_path: Path) -> None:
    done = approved(history, begun(history, tmp_path, shop.url))
    assert isinstance(done, Finished)
    told = proposal_of(done)
    assert told.state is ProposalState.REPORTED
    (issue,) = [issue for issue in shop.ask("GET", "/issues?state=all") if "pull_request" not in issue]
    assert told.url.endswith(f"/{issue['number']}")
    assert shop.branches() == ["main"]


def test_without_a_login_the_diagnosis_stands_and_says_what_to_set(
    history: History, shop: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(TOKEN_VARIABLE)
    standing = begun(history, tmp_path, f"{shop.url}#k8s")
    assert standing.rehearsal.offered_proposals == ()
    assert TOKEN_VARIABLE in standing.rehearsal.proposals[0].problem
