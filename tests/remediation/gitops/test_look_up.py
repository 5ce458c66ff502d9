"""What became of a proposal in a local repository, however people merge."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from trees import DEPLOYMENT, IMAGE, step_of, tree_of

from cluster_doctor.domain.proposal import ProposalOutcome, ProposalState
from cluster_doctor.remediation.gitops.forge import ProposalText
from cluster_doctor.remediation.gitops.local_repository import LocalRepository
from cluster_doctor.remediation.gitops.provenance import Provenance
from cluster_doctor.remediation.gitops.source import Entry, changes_of

FROM = Provenance("run-1", "0f" * 32, "abc123", ("ada",), datetime(2024, 5, 1, 12, tzinfo=UTC))


def _git(folder: Path, *words: str) -> str:
    person = {"NAME": "Ada", "EMAIL": "ada@example.com"}
    who = {f"GIT_{role}_{part}": value for role in ("AUTHOR", "COMMITTER") for part, value in person.items()}
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1", **who}
    done = subprocess.run(["git", *words], cwd=folder, env=environment, capture_output=True, check=True)
    return done.stdout.decode().strip()


def _commit(folder: Path, path: str, text: str) -> None:
    (folder / path).write_text(text)
    _git(folder, "add", ".")
    _git(folder, "commit", "-qm", f"edit {path}")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    folder = tmp_path / "clone"
    folder.mkdir()
    _git(folder, "init", "-q", "-b", "main")
    tree_of(folder, f"== k8s/web.yaml\n{DEPLOYMENT}== README.md\nhello\n")
    _git(folder, "add", ".")
    _git(folder, "commit", "-qm", "first")
    return folder


@pytest.fixture
def proposed(clone: Path) -> ProposalOutcome:
    with LocalRepository(clone) as repository:
        changes = changes_of(repository.tree(), step_of((IMAGE, "web:1", "web:2")), Entry("k8s"))
        made = repository.propose(changes, FROM, ProposalText("Set the image"))
    return ProposalOutcome(
        key="1.git",
        state=made.state,
        repository=str(clone),
        base="main",
        branch=made.branch,
        commit=made.commit,
    )


def _looked_up(clone: Path, proposed: ProposalOutcome) -> ProposalOutcome:
    with LocalRepository(clone) as repository:
        return repository.look_up(proposed)


def test_one_that_nobody_merged_is_open(clone: Path, proposed: ProposalOutcome) -> None:
    _commit(clone, "README.md", "main goes on")
    assert _looked_up(clone, proposed) == proposed


MERGES = {
    "a merge commit": [("merge", "-q", "--no-ff", "-m", "merge", "BRANCH")],
    "a fast-forward": [("merge", "-q", "--ff-only", "BRANCH")],
    "a squash": [("merge", "-q", "--squash", "BRANCH"), ("commit", "-qm", "squashed")],
    "a cherry-pick": [("cherry-pick", "BRANCH")],
}


@pytest.mark.parametrize("ways", MERGES.values(), ids=MERGES)
@pytest.mark.parametrize("removed", [True, False], ids=["branch removed", "branch kept"])
def test_one_that_was_merged_in_any_way_is_found(
    clone: Path, proposed: ProposalOutcome, ways: list[tuple[str, ...]], *, removed: bool
) -> None:
    for words in ways:
        _git(clone, *(proposed.branch if word == "BRANCH" else word for word in words))
    brought_in = _git(clone, "rev-parse", "main")
    if removed:
        _git(clone, "branch", "-q", "-D", proposed.branch)
    _commit(clone, "k8s/web.yaml", (clone / "k8s/web.yaml").read_text().replace("web:2", "web:3"))
    found = _looked_up(clone, proposed)
    assert (found.state, found.commit) == (ProposalState.MERGED, brought_in)


def test_one_that_was_rebased_and_then_merged_is_found(clone: Path, proposed: ProposalOutcome) -> None:
    _commit(clone, "README.md", "main goes on")
    _git(clone, "checkout", "-q", proposed.branch)
    _git(clone, "rebase", "-q", "main")
    _git(clone, "checkout", "-q", "main")
    _git(clone, "merge", "-q", proposed.branch)
    assert _looked_up(clone, proposed).state is ProposalState.MERGED


def test_the_merge_that_brought_it_in_is_told_among_later_ones(clone: Path, proposed: ProposalOutcome) -> None:
    _commit(clone, "README.md", "main goes on")
    _git(clone, "merge", "-q", "--no-ff", "-m", "ours", proposed.branch)
    ours = _git(clone, "rev-parse", "main")
    _git(clone, "checkout", "-q", "-b", "other")
    _commit(clone, "README.md", "another change")
    _git(clone, "checkout", "-q", "main")
    _git(clone, "merge", "-q", "--no-ff", "-m", "theirs", "other")
    assert _looked_up(clone, proposed).commit == ours


def test_one_that_was_merged_elsewhere_and_fetched_is_found(clone: Path, proposed: ProposalOutcome) -> None:
    _git(clone, "update-ref", "refs/remotes/origin/main", proposed.commit)
    assert _looked_up(clone, proposed).state is ProposalState.MERGED


def test_a_branch_that_is_gone_without_a_merge_closes_it(clone: Path, proposed: ProposalOutcome) -> None:
    _git(clone, "branch", "-q", "-D", proposed.branch)
    found = _looked_up(clone, proposed)
    assert found.state is ProposalState.CLOSED
    assert found.note == f"branch {proposed.branch} is gone, and main does not hold the change"


def test_a_commit_that_was_collected_closes_it(clone: Path, proposed: ProposalOutcome) -> None:
    _git(clone, "branch", "-q", "-D", proposed.branch)
    _git(clone, "reflog", "expire", "--expire=now", "--all")
    _git(clone, "gc", "-q", "--prune=now")
    assert _looked_up(clone, proposed).state is ProposalState.CLOSED


def test_half_of_the_change_on_the_base_is_no_merge(clone: Path, proposed: ProposalOutcome) -> None:
    _commit(clone, "k8s/web.yaml", DEPLOYMENT.replace("web:1", "web:2 # almost"))
    assert _looked_up(clone, proposed).is_open


def test_only_branches_are_branches(clone: Path) -> None:
    _git(clone, "tag", "v1")
    _git(clone, "update-ref", "refs/remotes/origin/release", "main")
    with LocalRepository(clone) as repository:
        asked = ("main", "release", "v1", repository.head(), "", "../main", "no such")
        assert [name for name in asked if repository.is_branch(name)] == ["main", "release"]


def test_no_issues_are_kept(clone: Path) -> None:
    with LocalRepository(clone) as repository:
        assert repository.report(FROM, ProposalText("a diagnosis")) == ""
