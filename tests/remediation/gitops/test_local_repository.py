"""Approved changes become a branch of a local repository, checked with Git itself."""

from __future__ import annotations

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from trees import DEPLOYMENT, IMAGE, REPLICAS, step_of, tree_of

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.domain.proposal import ProposalState
from cluster_doctor.domain.remediation import RemediationStep
from cluster_doctor.remediation.gitops.forge import Proposal, ProposalText
from cluster_doctor.remediation.gitops.local_repository import LocalRepository
from cluster_doctor.remediation.gitops.provenance import FINGERPRINT, Provenance, trailer
from cluster_doctor.remediation.gitops.source import Entry, changes_of

STEP = step_of((IMAGE, "web:1", "web:2"))
FROM = Provenance(
    run="run-1",
    digest="0f" * 32,
    fingerprint="abc123",
    approvers=("ada@example.com",),
    at=datetime(2024, 5, 1, 12, tzinfo=UTC),
    issue=7,
)
BRANCH = "fix/cluster-doctor/issue-7-2024-05-01"


def _git(folder: Path, *words: str) -> str:
    person = {"NAME": "Ada", "EMAIL": "ada@example.com"}
    who = {f"GIT_{role}_{part}": value for role in ("AUTHOR", "COMMITTER") for part, value in person.items()}
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1", **who}
    done = subprocess.run(["git", *words], cwd=folder, env=environment, capture_output=True, check=True)
    return done.stdout.decode()


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    folder = tmp_path / "clone"
    folder.mkdir()
    _git(folder, "init", "-q", "-b", "main")
    tree_of(folder, f"== k8s/web.yaml\n{DEPLOYMENT}== k8s/run.sh\necho\n== README.md\nhello\n")
    (folder / "k8s/web.yaml").chmod(0o755)
    _git(folder, "add", ".")
    _git(folder, "commit", "-qm", "first")
    return folder


def _propose(folder: Path, provenance: Provenance = FROM, step: RemediationStep = STEP, revision: str = "") -> Proposal:
    with LocalRepository(folder) as repository:
        changes = changes_of(repository.tree(revision), step, Entry("k8s"))
        return repository.propose(changes, provenance, ProposalText("Set the image of web to web:2"), revision)


def test_one_commit_on_a_branch_of_its_own_with_its_provenance(clone: Path) -> None:
    proposal = _propose(clone)
    assert (proposal.branch, proposal.state) == (BRANCH, ProposalState.CREATED)
    assert _git(clone, "rev-list", "--count", f"main..{BRANCH}").strip() == "1"
    assert _git(clone, "diff", "--stat", "main", BRANCH).splitlines()[0].split() == ["k8s/web.yaml", "|", "2", "+-"]
    assert _git(clone, "log", "-1", "--format=%B", BRANCH).strip().splitlines() == [
        "Set the image of web to web:2",
        "",
        "k8s/web.yaml: the manifest",
        "plain manifests",
        "",
        "Cluster-Doctor-Run: run-1",
        f"Cluster-Doctor-Plan: {'0f' * 32}",
        "Cluster-Doctor-Fingerprint: abc123",
        "Approved-by: ada@example.com",
    ]
    assert (
        _git(clone, "log", "-1", "--format=%(trailers:key=Approved-by,valueonly)", BRANCH).strip() == "ada@example.com"
    )
    assert _git(clone, "ls-tree", BRANCH, "k8s/web.yaml").startswith("100755 blob")
    _git(clone, "fsck", "--strict")


def test_the_persons_files_index_branch_and_hooks_stay_untouched(clone: Path) -> None:
    (clone / "k8s/web.yaml").write_text("being edited: true\n")
    (clone / "new.txt").write_text("untracked\n")
    (clone / "README.md").write_text("staged\n")
    _git(clone, "add", "README.md")
    for hook in ("pre-commit", "post-commit", "reference-transaction", "post-checkout"):
        path = clone / ".git/hooks" / hook
        path.write_text(f"#!/bin/sh\ntouch {clone}/hooked\nexit 1\n")
        path.chmod(0o755)
    before = [
        _git(clone, "status", "--porcelain=v1"),
        _git(clone, "rev-parse", "HEAD", "main"),
        _git(clone, "ls-files", "-s"),
    ]
    index = (clone / ".git/index").read_bytes()
    proposal = _propose(clone)
    assert (clone / ".git/index").read_bytes() == index
    assert not (clone / "hooked").exists()
    for path in (clone / ".git/hooks").iterdir():
        path.unlink()
    after = [
        _git(clone, "status", "--porcelain=v1"),
        _git(clone, "rev-parse", "HEAD", "main"),
        _git(clone, "ls-files", "-s"),
    ]
    assert after == before
    assert "image: web:2" in _git(clone, "show", f"{proposal.branch}:k8s/web.yaml")


def test_two_who_propose_at_once_leave_one_branch_with_one_commit(clone: Path) -> None:
    def attempt(digest: str) -> str:
        try:
            return _propose(clone, replace(FROM, digest=digest)).state.value
        except RemediationError as error:
            return error.what

    for round_ in range(5):
        with ThreadPoolExecutor(2) as pool:
            outcomes = sorted(pool.map(attempt, [f"{round_}a" * 32, f"{round_}b" * 32]))
        assert all(outcome in {"created", "updated"} or "moved by somebody else" in outcome for outcome in outcomes)
        assert {"created", "updated"} & set(outcomes)
        assert _git(clone, "branch", "--list", "--format=%(refname:short)", "fix/*").split() == [BRANCH]
        assert _git(clone, "rev-list", "--count", f"main..{BRANCH}").strip() == "1"


def test_the_same_plan_again_changes_nothing(clone: Path) -> None:
    first = _propose(clone)
    again = _propose(clone, replace(FROM, at=datetime(2024, 5, 9, tzinfo=UTC)))
    assert again == replace(first, state=ProposalState.UNCHANGED)
    assert len(_git(clone, "branch", "--list", "fix/*").splitlines()) == 1


def test_another_plan_for_the_same_cause_updates_the_branch(clone: Path) -> None:
    first = _propose(clone)
    second = _propose(
        clone, replace(FROM, digest="1e" * 32, at=datetime(2024, 5, 9, tzinfo=UTC)), step_of((REPLICAS, 1, 3))
    )
    assert (second.branch, second.state) == (first.branch, ProposalState.UPDATED)
    assert _git(clone, "rev-list", "--count", f"main..{BRANCH}").strip() == "1"
    assert "replicas: 3" in _git(clone, "show", f"{BRANCH}:k8s/web.yaml")
    assert "web:1" in _git(clone, "show", f"{BRANCH}:k8s/web.yaml")


def test_a_base_that_moved_on_is_taken_up(clone: Path) -> None:
    _propose(clone)
    (clone / "README.md").write_text("more\n")
    _git(clone, "commit", "-qam", "second")
    second = _propose(clone)
    assert (second.state, second.base) == (ProposalState.UPDATED, _git(clone, "rev-parse", "main").strip())


def test_another_cause_on_the_same_day_gets_another_branch(clone: Path) -> None:
    _propose(clone)
    other = _propose(clone, replace(FROM, fingerprint="other"), step_of((REPLICAS, 1, 3)))
    assert other.branch == f"{BRANCH}-{'0f' * 4}"
    named = _propose(clone, replace(FROM, fingerprint="a/b:c d", issue=None), step_of((REPLICAS, 1, 4)))
    assert named.branch == "fix/cluster-doctor/issue-abcd-2024-05-01"


def test_commits_of_others_on_the_branch_are_not_overwritten(clone: Path) -> None:
    _propose(clone)
    _git(clone, "checkout", "-q", BRANCH)
    (clone / "README.md").write_text("mine\n")
    _git(clone, "commit", "-qam", "mine")
    tip = _git(clone, "rev-parse", BRANCH)
    _git(clone, "checkout", "-q", "main")
    with pytest.raises(RemediationError, match="holds commits of others on top of the proposal"):
        _propose(clone, replace(FROM, digest="1e" * 32))
    assert _git(clone, "rev-parse", BRANCH) == tip


@pytest.mark.parametrize("worktree", [False, True])
def test_a_branch_that_is_checked_out_is_not_moved(clone: Path, tmp_path: Path, worktree: bool) -> None:  # noqa: FBT001 - a parameter of the test
    _propose(clone)
    if worktree:
        _git(clone, "worktree", "add", "-q", str(tmp_path / "other"), BRANCH)
    else:
        _git(clone, "checkout", "-q", BRANCH)
    with pytest.raises(RemediationError, match="is checked out"):
        _propose(clone, replace(FROM, digest="1e" * 32), step_of((REPLICAS, 1, 3)), "main")


@pytest.mark.parametrize("command", [("am", "-q", "--keep-cr"), ("apply", "--index")])
def test_the_patch_makes_the_same_tree(clone: Path, tmp_path: Path, command: tuple[str, ...]) -> None:
    crlf = DEPLOYMENT.replace("\n", "\r\n").replace("as few as can be", "größer")
    (clone / "k8s/web.yaml").write_bytes(crlf.encode())
    _git(clone, "commit", "-qam", "crlf")
    proposal = _propose(clone)
    file = proposal.save(tmp_path / "patches")
    assert file.name == "issue-7-2024-05-01.patch"
    _git(clone, *command, str(file))
    assert _git(clone, "write-tree") == _git(clone, "rev-parse", f"{BRANCH}^{{tree}}")


def test_a_branch_tag_or_commit_can_be_the_base(clone: Path) -> None:
    _git(clone, "tag", "-a", "v1", "-m", "v1")
    for revision in ("main", "v1", _git(clone, "rev-parse", "HEAD").strip()):
        assert _propose(clone, revision=revision).base == _git(clone, "rev-parse", "main").strip()
    with pytest.raises(RemediationError, match="has no branch, tag or commit 'release'"):
        _propose(clone, revision="release")


def test_the_default_branch_is_what_origin_says(clone: Path, tmp_path: Path) -> None:
    _git(clone, "branch", "-m", "main", "trunk")
    copy = tmp_path / "copy"
    _git(tmp_path, "clone", "-q", str(clone), str(copy))
    _git(copy, "checkout", "-q", "-b", "feature")
    with LocalRepository(copy) as repository:
        assert repository.default_branch == "trunk"
    assert _propose(copy).base == _git(clone, "rev-parse", "trunk").strip()


def test_links_submodules_and_folders_of_a_commit_are_refused(clone: Path) -> None:
    (clone / "link.yaml").symlink_to("/etc/passwd")
    (clone / "folder").symlink_to("..")
    _git(clone, "add", ".")
    head = _git(clone, "rev-parse", "HEAD").strip()
    _git(clone, "update-index", "--add", "--cacheinfo", f"160000,{head},sub")
    _git(clone, "commit", "-qm", "odd")
    with LocalRepository(clone) as repository:
        tree = repository.tree()
        for path, message in (
            ("link.yaml", "symbolic link"),
            ("folder/x.yaml", "symbolic link"),
            ("sub/x.yaml", "submodule"),
            ("k8s", "is a folder"),
            ("../x", "leads out"),
            ("nowhere", "is not in the commit"),
        ):
            with pytest.raises(RemediationError, match=message):
                tree.read(path)
        assert list(tree.files(".")) == ["README.md", "k8s/run.sh", "k8s/web.yaml"]


def test_a_repository_that_cannot_be_written_is_said(clone: Path) -> None:
    folder = clone / ".git/refs/heads/fix"
    folder.write_text("in the way\n")
    with pytest.raises(RemediationError, match="cannot be written: "):
        _propose(clone)


def test_what_is_no_repository_is_said(tmp_path: Path) -> None:
    with pytest.raises(RemediationError, match="is no Git repository"):
        LocalRepository(tmp_path)


def test_a_trailer_cannot_be_forged_by_a_title_or_an_approver() -> None:
    forged = replace(FROM, approvers=("eve\nCluster-Doctor-Fingerprint: other",))
    message = forged.message("Fix\n\nCluster-Doctor-Fingerprint: other", ["Cluster-Doctor-Fingerprint: other"])
    assert trailer(message, FINGERPRINT) == "abc123"
    assert message.splitlines()[0] == "Fix Cluster-Doctor-Fingerprint: other"


def test_a_proposal_that_was_merged_keeps_no_other_from_being_made(clone: Path) -> None:
    first = _propose(clone)
    _git(clone, "merge", "-q", "--no-ff", "-m", "merged", first.branch)
    _git(clone, "branch", "-D", first.branch)
    other = replace(FROM, fingerprint="other", digest="2d" * 32, issue=8)
    two = _propose(clone, other, step_of((REPLICAS, 1, 3)))
    again = _propose(clone, replace(FROM, digest="3c" * 32), step_of((IMAGE, "web:2", "web:3")))
    assert again.state is ProposalState.CREATED
    assert again.branch != two.branch
    assert again.base == _git(clone, "rev-parse", "main").strip()
