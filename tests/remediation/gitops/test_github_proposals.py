"""Approved changes become a pull request, on a stateful GitHub."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from github_server.person import Repository, new_repository
from trees import DEPLOYMENT, IMAGE, REPLICAS, step_of

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.domain.proposal import ProposalOutcome, ProposalState
from cluster_doctor.domain.remediation import RemediationStep
from cluster_doctor.remediation.gitops.forge import OpenForge, Proposal, ProposalText
from cluster_doctor.remediation.gitops.github.repository import open_github
from cluster_doctor.remediation.gitops.provenance import Provenance
from cluster_doctor.remediation.gitops.source import Entry, changes_of

STEP = step_of((IMAGE, "web:1", "web:2"))
OTHER_STEP = step_of((REPLICAS, 1, 3))
FROM = Provenance(
    run="run-1",
    digest="0f" * 32,
    fingerprint="abc123",
    approvers=("ada@example.com",),
    at=datetime(2024, 5, 1, 12, tzinfo=UTC),
    issue=7,
)
OTHER_PLAN = replace(FROM, digest="1e" * 32, at=datetime(2024, 5, 9, tzinfo=UTC))
BRANCH = "fix/cluster-doctor/issue-7-2024-05-01"
FILES = {"k8s/web.yaml": DEPLOYMENT, "k8s/run.sh": "echo\n"}
TEXT = ProposalText("Set the image of web to web:2", "## What is wrong\n\nThe image is gone.")


def propose(
    shop: Repository, provenance: Provenance = FROM, step: RemediationStep = STEP, revision: str = ""
) -> Proposal:
    with open_github(shop.url, shop.credentials, patience=0) as forge:
        changes = changes_of(forge.tree(revision), step, Entry("k8s"))
        return forge.propose(changes, provenance, TEXT, revision)


def test_it_is_a_forge_as_others_are(shop: Repository) -> None:
    opening: OpenForge = lambda: open_github(shop.url, shop.credentials)  # noqa: E731 - its type is what is tested
    with opening() as forge:
        assert forge.name == f"{shop.gate.address}/acme/{shop.name}"
        assert forge.head() == forge.head("main") == forge.head("HEAD") == forge.head("refs/heads/main")


def outcome(proposal: Proposal) -> ProposalOutcome:
    return ProposalOutcome(
        key="1.git", state=proposal.state, branch=proposal.branch, commit=proposal.commit, number=proposal.number
    )


def test_a_branch_with_one_minimal_commit_and_a_pull_request(shop: Repository) -> None:
    main = shop.ask("GET", "/git/ref/heads/main")
    proposal = propose(shop)
    assert (proposal.branch, proposal.state, proposal.notes) == (BRANCH, ProposalState.CREATED, ())
    [commit] = shop.ahead(BRANCH)
    assert commit["sha"] == proposal.commit
    assert commit["parents"][0]["sha"] == proposal.base == main["object"]["sha"]
    assert commit["commit"]["message"].splitlines() == [
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
    [changed] = shop.ask("GET", f"/compare/main...{BRANCH}")["files"]
    assert (changed["filename"], changed["additions"], changed["deletions"]) == ("k8s/web.yaml", 1, 1)
    assert shop.file("k8s/web.yaml", BRANCH) == DEPLOYMENT.replace("web:1", "web:2")
    [pull] = shop.pulls()
    assert (pull["number"], pull["state"], pull["title"]) == (proposal.number, "open", TEXT.title)
    assert (pull["head"]["ref"], pull["base"]["ref"]) == (BRANCH, "main")
    assert pull["body"].startswith(TEXT.body)
    assert [label["name"] for label in pull["labels"]] == ["cluster-doctor"]
    assert proposal.url == f"{shop.gate.address}/acme/{shop.name}/pull/{proposal.number}"
    assert shop.ask("GET", "/git/ref/heads/main") == main
    assert not [path for verb, path in shop.gate.asked if verb in {"PUT", "DELETE"} or "merge" in path]


def test_the_patch_is_the_change(shop: Repository) -> None:
    patch = propose(shop).patch.decode()
    assert patch.startswith("From ")
    assert "Subject: [PATCH] Set the image of web to web:2\n" in patch
    assert "diff --git a/k8s/web.yaml b/k8s/web.yaml\n" in patch
    changed = [
        line for line in patch.splitlines() if line.startswith(("+", "-")) and line[:3] not in {"+++", "---", "-- "}
    ]
    assert changed == ["-        image: web:1", "+        image: web:2"]


def test_a_file_keeps_its_mode(shop: Repository) -> None:
    shop.commit("main", {"k8s/web.yaml": DEPLOYMENT}, modes="100755")
    propose(shop)
    tree = shop.ask("GET", f"/git/trees/{shop.pulls()[0]['head']['sha']}?recursive=1")["tree"]
    assert {entry["path"]: entry["mode"] for entry in tree}["k8s/web.yaml"] == "100755"


def test_the_same_plan_again_changes_nothing_and_leaves_the_text_alone(shop: Repository) -> None:
    first = propose(shop)
    shop.ask("PATCH", f"/pulls/{first.number}", body=f"ticked by hand\r\n\r\n{shop.pulls()[0]['body']}\r\nby a bot")
    again = propose(shop, replace(FROM, run="run-2", at=datetime(2024, 5, 9, tzinfo=UTC)))
    assert again == replace(first, state=ProposalState.UNCHANGED)
    [pull] = shop.pulls()
    assert pull["body"].startswith("ticked by hand")
    assert len(shop.ahead(BRANCH)) == 1


def test_another_plan_for_the_same_cause_updates_branch_and_pull_request(shop: Repository) -> None:
    first = propose(shop)
    second = propose(shop, OTHER_PLAN, OTHER_STEP)
    assert (second.branch, second.number, second.state) == (first.branch, first.number, ProposalState.UPDATED)
    assert shop.file("k8s/web.yaml", BRANCH) == DEPLOYMENT.replace("replicas: 1", "replicas: 3")
    assert [commit["sha"] for commit in shop.ahead(BRANCH)] == [first.commit, second.commit]
    [pull] = shop.pulls()
    assert f"plan={'1e' * 32}" in pull["body"]
    assert not [body for verb, body in shop.gate.writes() if "force=true" in body]


def test_a_base_that_moved_on_is_taken_up_without_losing_what_moved_it(shop: Repository) -> None:
    propose(shop)
    shop.commit("main", {"README.md": "more\n", "k8s/web.yaml": DEPLOYMENT.replace("64Mi", "128Mi")})
    second = propose(shop, OTHER_PLAN)
    assert second.state is ProposalState.UPDATED
    assert shop.file("README.md", BRANCH) == "more\n"
    assert shop.file("k8s/web.yaml", BRANCH) == DEPLOYMENT.replace("64Mi", "128Mi").replace("web:1", "web:2")
    [changed] = shop.ask("GET", f"/compare/main...{BRANCH}")["files"]
    assert (changed["additions"], changed["deletions"]) == (1, 1)


def test_another_cause_gets_a_branch_and_a_pull_request_of_its_own(shop: Repository) -> None:
    first = propose(shop)
    second = propose(shop, replace(FROM, fingerprint="def456"), OTHER_STEP)
    assert second.branch == f"{BRANCH}-{'0f' * 4}"
    assert {pull["number"] for pull in shop.pulls("open")} == {first.number, second.number}


def test_commits_of_others_on_the_branch_are_never_lost(shop: Repository) -> None:
    propose(shop)
    tip = shop.commit(BRANCH, {"README.md": "mine\n"})
    for provenance in (FROM, OTHER_PLAN):
        with pytest.raises(RemediationError, match="holds commits of others on top of the proposal"):
            propose(shop, provenance)
    assert shop.ask("GET", f"/git/ref/heads/{BRANCH}")["object"]["sha"] == tip
    assert len(shop.pulls()) == 1


def test_a_push_between_look_and_move_is_not_overwritten(shop: Repository) -> None:
    propose(shop)
    mine = list[str]()

    def pushes(verb: str, path: str) -> None:
        if verb == "PATCH" and "/git/refs/" in path and not mine:
            mine.append(shop.commit(BRANCH, {"README.md": "mine\n"}))

    shop.gate.fault = pushes
    with pytest.raises(RemediationError, match="was moved by somebody else meanwhile"):
        propose(shop, OTHER_PLAN, OTHER_STEP)
    assert shop.ask("GET", f"/git/ref/heads/{BRANCH}")["object"]["sha"] == mine[0]


def test_a_branch_of_that_name_that_is_not_ours_stays(shop: Repository) -> None:
    main = shop.ask("GET", "/git/ref/heads/main")["object"]["sha"]
    shop.ask("POST", "/git/refs", ref=f"refs/heads/{BRANCH}", sha=main)
    assert propose(shop).branch == f"{BRANCH}-{'0f' * 4}"
    assert shop.ask("GET", f"/git/ref/heads/{BRANCH}")["object"]["sha"] == main


@pytest.mark.parametrize("lost", ["request", "answer"])
def test_whatever_write_breaks_off_doing_it_again_ends_in_the_same_pull_request(gate: object, lost: str) -> None:
    shop = new_repository(gate, {"k8s/web.yaml": DEPLOYMENT})  # type: ignore[arg-type]  # the fixture
    propose(shop)
    writes = len(shop.gate.writes())
    assert writes >= 6
    for place in range(1, writes + 1):
        shop = new_repository(shop.gate, {"k8s/web.yaml": DEPLOYMENT})
        if lost == "request":
            shop.gate.cut_before = place
        else:
            shop.gate.cut_after = place
        try:
            said = propose(shop).notes[0]  # what is beside the pull request does not hold it up
        except RemediationError as error:
            said = error.what
        assert "could not be reached" in said
        shop.gate.cut_before = shop.gate.cut_after = 0
        done = propose(shop)
        assert (done.branch, len(shop.ahead(BRANCH))) == (BRANCH, 1)
        [pull] = shop.pulls()
        assert (pull["number"], pull["state"]) == (done.number, "open")
        assert [label["name"] for label in pull["labels"]] == ["cluster-doctor"]
        assert len(shop.branches()) == 2


def test_two_who_propose_at_once_leave_one_branch_and_one_pull_request(gate: object) -> None:
    def attempt(shop: Repository, digest: str) -> str:
        try:
            return propose(shop, replace(FROM, digest=digest)).state.value
        except RemediationError as error:
            return error.what

    for round_ in range(4):
        shop = new_repository(gate, {"k8s/web.yaml": DEPLOYMENT})  # type: ignore[arg-type]  # the fixture
        with ThreadPoolExecutor(2) as pool:
            outcomes = list(
                pool.map(lambda digest, shop=shop: attempt(shop, digest * 32), [f"{round_}a", f"{round_}b"])
            )
        assert all(said in {"created", "updated"} or "by somebody else meanwhile" in said for said in outcomes)
        assert "created" in outcomes
        assert sorted(shop.branches()) == [BRANCH, "main"]
        assert len(shop.pulls()) == 1


def test_after_a_merge_the_same_cause_gets_a_new_pull_request(shop: Repository) -> None:
    first = propose(shop)
    shop.ask("PUT", f"/pulls/{first.number}/merge", merge_method="merge")
    shop.commit("main", {"k8s/web.yaml": DEPLOYMENT})
    second = propose(shop, OTHER_PLAN)
    assert (second.state, second.branch) == (ProposalState.CREATED, "fix/cluster-doctor/issue-7-2024-05-09")
    assert second.number != first.number


def test_the_same_plan_is_not_proposed_again_once_it_was_merged_until_it_is_needed_anew(shop: Repository) -> None:
    base = shop.ask("GET", "/git/ref/heads/main")["object"]["sha"]
    first = propose(shop)
    shop.ask("PUT", f"/pulls/{first.number}/merge", merge_method="squash")
    merged = shop.ask("GET", "/git/ref/heads/main")["object"]["sha"]
    with open_github(shop.url, shop.credentials) as forge:
        changes = changes_of(forge.tree(base), STEP, Entry("k8s"))
        for revision in (base, "main"):
            again = forge.propose(changes, FROM, TEXT, revision)
            assert (again.state, again.commit, again.number) == (ProposalState.MERGED, merged, first.number)
    assert len(shop.pulls()) == 1
    shop.commit("main", {"k8s/web.yaml": DEPLOYMENT})
    assert propose(shop).state is ProposalState.CREATED


@pytest.mark.parametrize("gone", [False, True])
def test_what_a_person_closed_is_not_proposed_again_unless_it_is_another_plan(
    shop: Repository,
    gone: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    first = propose(shop)
    shop.ask("PATCH", f"/pulls/{first.number}", state="closed")
    if gone:
        shop.ask("DELETE", f"/git/refs/heads/{BRANCH}")
    with pytest.raises(RemediationError, match=f"somebody closed pull request {first.number} .*makes this very change"):
        propose(shop)
    second = propose(shop, OTHER_PLAN, OTHER_STEP)
    assert (second.state, second.number == first.number) == (ProposalState.CREATED, False)
    assert [pull["number"] for pull in shop.pulls("open")] == [second.number]


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_a_merge_is_seen_with_the_commit_that_brought_it_in(shop: Repository, method: str) -> None:
    proposal = propose(shop)
    with open_github(shop.url, shop.credentials) as forge:
        assert forge.look_up(outcome(proposal)).state is ProposalState.CREATED
        shop.ask("PUT", f"/pulls/{proposal.number}/merge", merge_method=method)
        merged = forge.look_up(outcome(proposal))
    assert merged.state is ProposalState.MERGED
    assert merged.commit == shop.ask("GET", "/git/ref/heads/main")["object"]["sha"]
    assert not merged.is_open


def test_a_pull_request_is_looked_up_by_its_branch_where_its_number_was_lost(shop: Repository) -> None:
    proposal = propose(shop)
    shop.ask("PATCH", f"/pulls/{proposal.number}", state="closed")
    with open_github(shop.url, shop.credentials) as forge:
        found = forge.look_up(outcome(proposal).model_copy(update={"number": None}))
        assert (found.state, found.number, found.url) == (ProposalState.CLOSED, proposal.number, proposal.url)
        with pytest.raises(RemediationError, match="has no pull request"):
            forge.look_up(ProposalOutcome(key="1.git", state=ProposalState.CREATED, branch="fix/cluster-doctor/none"))


def test_a_branch_tag_or_commit_can_be_the_base(shop: Repository) -> None:
    old = shop.ask("GET", "/git/ref/heads/main")["object"]["sha"]
    shop.ask("POST", "/git/refs", ref="refs/tags/v1", sha=old)
    shop.commit("main", {"README.md": "more\n"})
    proposal = propose(shop, revision=old)
    assert (proposal.base, shop.pulls()[0]["base"]["ref"]) == (old, "main")
    assert propose(shop, replace(FROM, fingerprint="tag"), revision="v1").base == old
    shop.ask("POST", "/git/refs", ref="refs/heads/release", sha=old)
    aside = shop.commit("release", {"README.md": "aside\n"})
    proposal = propose(shop, replace(FROM, fingerprint="release"), STEP, "release")
    assert next(pull for pull in shop.pulls() if pull["number"] == proposal.number)["base"]["ref"] == "release"
    with pytest.raises(RemediationError, match=r"is no branch of .* and main does not hold it"):
        propose(shop, revision=aside)
    with pytest.raises(RemediationError, match="has no branch, tag or commit 'nowhere'"):
        propose(shop, revision="nowhere")


def test_what_is_there_already_is_not_proposed(shop: Repository) -> None:
    with open_github(shop.url, shop.credentials) as forge:
        changes = changes_of(forge.tree(), STEP, Entry("k8s"))
        shop.commit("main", {"k8s/web.yaml": DEPLOYMENT.replace("web:1", "web:2")})
        with pytest.raises(RemediationError, match="have this content already"):
            forge.propose(changes, FROM, TEXT)
    assert shop.branches() == ["main"]


def test_reviewers_are_those_whom_codeowners_names(shop: Repository) -> None:
    owners = "* @grace\n/k8s/ @ada @The-Bot @acme/members someone@example.com\n"
    shop.commit("main", {".github/CODEOWNERS": owners})
    proposal = propose(shop)
    assert proposal.notes == ()
    [pull] = shop.pulls()
    assert [person["login"] for person in pull["requested_reviewers"]] == ["ada"]
    assert [team["slug"] for team in pull["requested_teams"]] == ["members"]


def test_a_reviewer_whom_github_refuses_is_a_note_and_the_others_are_asked(shop: Repository) -> None:
    shop.commit("main", {"CODEOWNERS": "*.yaml @ada @nobody-of-this-name\n"})
    proposal = propose(shop)
    [note] = proposal.notes
    assert note.startswith("no review by nobody-of-this-name was asked for")
    assert [person["login"] for person in shop.pulls()[0]["requested_reviewers"]] == ["ada"]


def test_an_issue_is_opened_once_updated_and_opened_anew_after_it_was_closed(shop: Repository) -> None:
    with open_github(shop.url, shop.credentials) as forge:
        url = forge.report(FROM, TEXT)
        assert url == f"{shop.gate.address}/acme/{shop.name}/issues/1"
        assert forge.report(FROM, TEXT) == url
        assert forge.report(OTHER_PLAN, replace(TEXT, body="worse")) == url
        other = forge.report(replace(FROM, fingerprint="def456"), TEXT)
        assert other.endswith("/issues/2")
        issue = shop.ask("GET", "/issues/1")
        assert issue["body"].startswith("worse\n")
        assert [label["name"] for label in issue["labels"]] == ["cluster-doctor"]
        shop.ask("PATCH", "/issues/1", state="closed")
        assert forge.report(FROM, TEXT).endswith("/issues/3")


def test_a_repository_without_issues_or_archived_gets_none(shop: Repository) -> None:
    shop.ask("PATCH", "", has_issues=False)
    with open_github(shop.url, shop.credentials) as forge:
        assert forge.report(FROM, TEXT) == ""
    shop.ask("PATCH", "", archived=True)
    with pytest.raises(RemediationError, match="is archived or disabled"):
        propose(shop)
    assert shop.branches() == ["main"]
