"""A run whose plan becomes a branch of a repository, waits for the merge, and goes on after it."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from proposing.shops import access_to, clone_of, cluster_of, git
from pydantic import JsonValue

from cluster_doctor.agents.remediator import plan_repairs, rehearse_in_repositories
from cluster_doctor.cli.main import run
from cluster_doctor.domain.errors import RemediationError, RunError
from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.policy import PolicyVerdict
from cluster_doctor.domain.proposal import FileChange, ProposalState, RehearsedProposal
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.rehearsal import Rehearsal, RehearsedStep
from cluster_doctor.domain.remediation import Approval, Decision, Outcome
from cluster_doctor.domain.steps import StepType, Verb
from cluster_doctor.history.history import History
from cluster_doctor.history.run_log import RunState, StepState
from cluster_doctor.history.verifying import verify
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.reports.html import render_html
from cluster_doctor.reports.markdown import render_markdown
from cluster_doctor.reports.text import render_text
from cluster_doctor.snapshot.file import write_snapshot
from cluster_doctor.workflow.bench import Journal, LoggedTurns, Turn
from cluster_doctor.workflow.runs import Finished, Merging, Runs, Standing, Waiting
from cluster_doctor.workflow.state import Place
from cluster_doctor.workflow.writing import Writing

ALLOWED = PolicyVerdict(allowed=True, reasons=("allowed",))
PROCESSES = multiprocessing.get_context("forkserver")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    return clone_of(tmp_path / "shop")


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    path = tmp_path / "cluster.cds"
    write_snapshot(cluster_of(), path)
    return path


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with History(tmp_path / "home") as opened:
        yield opened


def runs_of(history: History, *named: Path | str, journal: Journal | None = None) -> Runs:
    return Runs(history, journal=journal, writing=Writing(repositories=tuple(map(str, named))))


def waiting(history: History, clone: Path, recorded: Path) -> Waiting:
    standing = runs_of(history, clone).begin(Incident(), Place(path=str(recorded)))
    assert isinstance(standing, Waiting)
    return standing


def approved(history: History, standing: Waiting, **said: object) -> Standing:
    """The run after a yes, gone on with by a process to which nobody names the repository."""
    answer = {"decision": Decision.APPROVE, "digest": standing.digest, "approver": "ada", **said}
    runs = Runs(history)
    return runs.answer(standing.report.run_id, standing.interrupt_id, Approval.model_validate(answer))


def outcome_of(standing: Standing) -> Outcome:
    assert standing.report.remediation is not None
    assert standing.report.remediation.outcome is not None
    return standing.report.remediation.outcome


def test_the_run_knows_its_repositories_and_waits_for_the_merge(history: History, clone: Path, recorded: Path) -> None:
    standing = waiting(history, clone, recorded)
    run_id = standing.report.run_id
    asked = approved(history, standing)
    assert isinstance(asked, Merging)
    assert history.log.run(run_id).state is RunState.MERGING
    assert isinstance(Runs(history).resume(run_id), Merging)
    git(clone, "merge", "-q", outcome_of(asked).proposals[0].branch)
    done = Runs(history).resume(run_id)
    assert isinstance(done, Finished)
    assert outcome_of(done).proposals[0].state is ProposalState.MERGED
    assert outcome_of(done).healed is None, "a recording does not heal, and nobody says that it did"
    assert verify(history.store).faults == ()


def test_a_run_that_waits_for_a_merge_takes_no_second_answer(history: History, clone: Path, recorded: Path) -> None:
    standing = waiting(history, clone, recorded)
    approved(history, standing)
    with pytest.raises(RunError, match="does not wait for this answer"):
        approved(history, standing)
    assert git(clone, "rev-list", "--all", "--count") == "2"


def test_what_was_declined_is_not_proposed(history: History, clone: Path, recorded: Path) -> None:
    done = approved(history, waiting(history, clone, recorded), decision=Decision.DECLINE)
    assert isinstance(done, Finished)
    assert outcome_of(done).proposals == ()
    assert git(clone, "branch", "--list", "fix/*") == ""


@pytest.mark.parametrize(
    "said", [{"expires_at": "2020-01-01T00:00:00Z"}, {"steps": ("1.1",)}], ids=["late", "a step that is not offered"]
)
def test_a_word_that_does_not_count_proposes_nothing_and_leaves_the_question_open(
    history: History, clone: Path, recorded: Path, said: dict[str, object]
) -> None:
    standing = waiting(history, clone, recorded)
    with pytest.raises(RunError, match="this answer does not count"):
        approved(history, standing, **said)
    assert git(clone, "branch", "--list", "fix/*") == ""
    assert isinstance(approved(history, standing), Merging)


def test_a_person_whom_the_policy_does_not_name_may_not_approve(history: History, clone: Path, recorded: Path) -> None:
    allowing = "version: 1\nallow:\n- name: all\n  routes: [gitops]\n  approvals: {people: 1, anyone_of: [grace]}\n"
    (history.home / "policy.yaml").write_text(allowing)
    with pytest.raises(RunError, match="ada may not approve this"):
        approved(history, waiting(history, clone, recorded))
    assert git(clone, "branch", "--list", "fix/*") == ""


def test_two_people_are_named_in_the_commit_that_both_approved(history: History, clone: Path, recorded: Path) -> None:
    allowing = "version: 1\nallow:\n- name: all\n  routes: [gitops]\n  approvals: {people: 2}\n"
    (history.home / "policy.yaml").write_text(allowing)
    once = approved(history, waiting(history, clone, recorded))
    assert isinstance(once, Waiting)
    assert git(clone, "branch", "--list", "fix/*") == ""
    assert isinstance(approved(history, once, approver="grace"), Merging)
    branch = git(clone, "for-each-ref", "--format=%(refname:short)", "refs/heads/fix")
    named = git(clone, "log", "-1", "--format=%(trailers:key=Approved-by,valueonly)", branch)
    assert named.split() == ["ada", "grace"]


def test_a_repository_that_is_gone_stops_no_diagnosis(history: History, clone: Path, recorded: Path) -> None:
    clone.rename(clone.with_name("moved"))
    standing = runs_of(history, clone).begin(Incident(), Place(path=str(recorded)))
    assert isinstance(standing, Waiting)
    assert standing.rehearsal.proposals == ()
    assert "nothing can be proposed" in standing.rehearsal.note


def test_a_repository_that_was_moved_meanwhile_is_missed_and_found_again(
    history: History, clone: Path, recorded: Path
) -> None:
    standing = waiting(history, clone, recorded)
    asked = approved(history, standing)
    moved = clone.rename(clone.with_name("moved"))
    git(moved, "merge", "-q", outcome_of(asked).proposals[0].branch)
    with pytest.raises(RemediationError, match="is no Git repository"):
        Runs(history).resume(standing.report.run_id)
    moved.rename(clone)
    assert isinstance(Runs(history).resume(standing.report.run_id), Finished)


def test_a_proposal_is_for_the_cluster_that_was_diagnosed(history: History, clone: Path) -> None:
    cluster, other = cluster_of(), ClusterIdentity(server="https://other", system_uid="another")
    diagnosis = diagnose(cluster, Incident())
    plans = plan_repairs(cluster, diagnosis)
    access = access_to(history, [str(clone)])
    elsewhere = Rehearsal(plan_digest="", note="cluster-identity uncertain", identity=other)
    shown = rehearse_in_repositories(access, elsewhere, plans, cluster, diagnosis)
    assert (shown.identity, shown.note) == (cluster.identity, "cluster-identity uncertain")
    here = Rehearsal(plan_digest="", performed=True, identity=cluster.identity, policy_digest="p")
    shown = rehearse_in_repositories(access, here, plans, cluster, diagnosis)
    assert (shown.identity, shown.policy_digest, len(shown.offered_proposals)) == (cluster.identity, "p", 1)


def _step(key: str) -> RehearsedStep:
    target = ObjectRef(kind="Service", name="web", namespace="shop")
    kind, verb = StepType.PATCH_SELECTOR, Verb.PATCH
    return RehearsedStep(key=key, title="", type=kind, verb=verb, target=target, verdict=ALLOWED)


def _proposal(key: str, **said: object) -> RehearsedProposal:
    files = (FileChange(path="web.yaml", diff="", sha256=""),)
    return RehearsedProposal.model_validate({"key": key, "title": "", "files": files, "verdict": ALLOWED, **said})


def test_what_is_written_down_comes_first() -> None:
    steps = tuple(map(_step, ("1.1", "1.2", "2.1", "3.1")))
    proposals = (_proposal("1.git"), _proposal("2.git", problem="no source"))
    shown = Rehearsal(plan_digest="", steps=steps, proposals=proposals)
    assert shown.covered(None) == {"1.git", "2.1", "3.1"}
    assert shown.covered(("1.1", "1.git")) == {"1.1", "1.git"}
    assert shown.covered(()) == frozenset()
    assert list(shown.offers) == ["1.git", "1.1", "1.2", "2.1", "3.1"]


class DeadlyTurns(LoggedTurns):
    """Kills its own process at one node's turn."""

    def __init__(self, history: History, node: str, moment: str) -> None:
        super().__init__(history.log)
        self._at = (node, moment)

    @contextmanager
    def turn(self, run_id: str, node: str, given: dict[str, JsonValue]) -> Iterator[Turn]:
        """Accompany a turn, perhaps to its death."""
        with super().turn(run_id, node, given) as turn:
            self._kill(node, "before")
            yield turn
            self._kill(node, "after")

    def _kill(self, node: str, moment: str) -> None:
        if (node, moment) == self._at:
            os.kill(os.getpid(), signal.SIGKILL)


def _goes_on(home: Path, run_id: str, node: str, moment: str) -> None:
    with History(home) as history:
        Runs(history, journal=DeadlyTurns(history, node, moment)).resume(run_id)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("node", ["await_merge", "confirm_merge"])
def test_a_run_that_is_killed_while_it_follows_a_proposal_goes_on(
    history: History, clone: Path, recorded: Path, node: str, moment: str
) -> None:
    standing = waiting(history, clone, recorded)
    run_id = standing.report.run_id
    branch = outcome_of(approved(history, standing)).proposals[0].branch
    git(clone, "merge", "-q", branch)
    victim = PROCESSES.Process(target=_goes_on, args=(history.home, run_id, node, moment))
    victim.start()
    victim.join(timeout=60)
    assert victim.exitcode == -signal.SIGKILL
    done = Runs(history).resume(run_id)
    assert isinstance(done, Finished)
    assert outcome_of(done).proposals[0].state is ProposalState.MERGED
    ended = [step.node for step in history.log.steps(run_id) if step.state is StepState.DONE]
    assert ended[-3:] == ["propose", "await_merge", "confirm_merge"]
    assert git(clone, "branch", "--list", "--format=%(refname:short)", "fix/*") == branch
    assert len(history.writes.of_run(run_id)) == 1


def test_every_form_of_the_report_shows_the_change_and_what_became_of_it(
    history: History, clone: Path, recorded: Path
) -> None:
    standing = waiting(history, clone, recorded)
    before, after = standing.report, approved(history, standing).report
    for report, said in ((before, "Waits for approval"), (after, "Proposed, waits for its merge")):
        for render in (render_text, render_markdown, render_html):
            shown = re.sub(r"\\|<[^>]+>", "", render(report))
            assert "+    app: web   # as it was called before" in shown
            assert "1.git Make Service shop/web select app=web" in " ".join(shown.split())
            assert "the finding is gone" in " ".join(shown.split())
            assert said in " ".join(shown.split())


def test_a_hostile_file_cannot_leave_its_place_in_a_report(history: History, clone: Path, recorded: Path) -> None:
    held = (clone / "k8s/web.yaml").read_text()
    hostile = held.replace("# as it was", "# ```\x1b[31m</code><script>alert(1)</script> as it was")
    (clone / "k8s/web.yaml").write_text(hostile.replace("\x1b", "\u202e"))
    git(clone, "commit", "-qam", "hostile")
    report = waiting(history, clone, recorded).report
    page, markdown, text = render_html(report), render_markdown(report), render_text(report)
    assert "<script>" not in page
    assert "````diff" in markdown, "the fence is longer than what stands inside"
    assert not any("\u202e" in shown for shown in (page, markdown, text))


def test_the_command_line_from_the_question_to_the_merge(
    clone: Path, recorded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = ["--home", str(tmp_path / "home")]
    monkeypatch.setattr("cluster_doctor.cli.console.Console.interactive", True)
    questions = []

    def answered(_: object, question: str) -> str:
        questions.append(question)
        return "y"

    monkeypatch.setattr("cluster_doctor.cli.console.Console.ask", answered)
    words = ["diagnose", "--from", str(recorded), "--repository", str(clone), "-o", "json", *home]
    assert run(words) == 0
    shown = capsys.readouterr()
    report = json.loads(shown.out)
    (proposal,) = report["remediation"]["outcome"]["proposals"]
    assert proposal["state"] == "created"
    assert questions[0].startswith("Put 1.git on a branch of its own (digest ")
    assert "[x] 1.git put on a branch of its own" in shown.err
    assert f"Once it is merged: cluster-doctor runs resume {report['run_id']}" in shown.err
    assert run(["runs", "resume", report["run_id"], *home]) == 4
    still = capsys.readouterr()
    assert f"Still open: {proposal['branch']} into main of {clone}." in still.err
    git(clone, "merge", "-q", proposal["branch"])
    assert run(["runs", "resume", report["run_id"], *home]) == 0
    assert "Merged as " in capsys.readouterr().out
    assert run(["runs", "list", *home]) == 0
    assert "finished" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("named", "why"),
    [
        ("/no/such/folder", "is no Git repository"),
        ("https://git.example.com/shop", "not the URL of a repository on GitHub"),
    ],
)
def test_a_repository_that_is_none_is_told_before_anything_is_read(
    recorded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], named: str, why: str
) -> None:
    home = str(tmp_path / "home")
    assert run(["diagnose", "--from", str(recorded), "--repository", named, "--home", home]) == 2
    shown = capsys.readouterr()
    assert (why in shown.err, shown.out) == (True, "")
