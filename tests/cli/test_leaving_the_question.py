"""A question that is left to somebody else, and one that somebody has approved already."""

from __future__ import annotations

import io
import os
import pwd
from pathlib import Path

import pytest
from workflow.test_race import BROKEN

from cluster_doctor.cli.asking import settle, user_name
from cluster_doctor.cli.console import Console
from cluster_doctor.cli.main import run
from cluster_doctor.domain.policy import PolicyVerdict
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.rehearsal import Rehearsal, RehearsedStep
from cluster_doctor.domain.remediation import Approval, Decision
from cluster_doctor.domain.steps import StepType, Verb
from cluster_doctor.history.history import History
from cluster_doctor.history.run_log import RunState
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.snapshot.file import write_snapshot
from cluster_doctor.workflow.runs import Runs, Waiting


class Typing(Console):
    """A terminal at which somebody types one answer."""

    def __init__(self, typed: str) -> None:
        self.told = io.StringIO()
        super().__init__(out=io.StringIO(), err=self.told)
        self._typed = typed

    @property
    def interactive(self) -> bool:
        """There is a person."""
        return True

    def ask(self, question: str) -> str:
        """Type the answer."""
        self.say(question)
        return self._typed


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    path = tmp_path / "incident.cds"
    write_snapshot(snapshot_of(BROKEN), path)
    return path


def test_a_question_can_be_left_to_others(
    recorded: Path, home: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CLUSTER_DOCTOR_HOME", home)
    assert run(["diagnose", "--from", str(recorded), "--later"]) == 0
    told = capsys.readouterr().err
    with History(home) as history:
        (left,) = history.log.runs()
        assert left.state is RunState.WAITING
        waiting = Runs(history).waiting(left.run_id)
    assert run(["runs", "resume", left.run_id, "--later"]) == 0
    assert f"--digest {waiting.digest}" in capsys.readouterr().err, "and it can be asked for again"
    line = f"cluster-doctor approve {left.run_id} --interrupt {waiting.interrupt_id}"
    assert line in told
    assert f"--digest {waiting.digest} --as NAME --sign-with KEY" in told


@pytest.fixture
def asked(recorded: Path, tmp_path: Path) -> tuple[History, Waiting]:
    """A step that two have to approve, and ada did."""
    assert run(["diagnose", "--from", str(recorded), "--later", "--home", str(tmp_path / "home")]) == 0
    history = History(tmp_path / "home")
    waiting = Runs(history).waiting(history.log.runs()[0].run_id)
    verdict = PolicyVerdict(allowed=True, reasons=("yes",), approvals=2)
    step = RehearsedStep(
        key="1.1", title="select the Pods", type=StepType.PATCH_SELECTOR, verb=Verb.PATCH,
        target=ObjectRef(kind="Service", name="web", namespace="shop"), verdict=verdict,
    )  # fmt: skip
    rehearsal = Rehearsal(plan_digest="d", performed=True, steps=(step,))
    ada = Approval(decision=Decision.APPROVE, digest=waiting.digest, approver="ada", steps=("1.1",))
    awaits = "step 1.1: 2 people have to approve; 1 did"
    return history, Waiting(waiting.report, waiting.interrupt_id, waiting.digest, rehearsal, (ada,), awaits)


def test_the_second_person_sees_who_approved_and_may_leave_it_to_a_third(asked: tuple[History, Waiting]) -> None:
    history, waiting = asked
    console = Typing("later")
    with history:
        report = settle(Runs(history), waiting, console, shown=False)
        assert report == waiting.report
        assert history.log.run(report.run_id).state is RunState.WAITING, "nothing was declined"
    told = console.told.getvalue()
    assert "Approved so far by ada (1.1). Still wanting: step 1.1: 2 people have to approve; 1 did." in told
    assert f"Here: cluster-doctor runs resume {report.run_id}" in told


def test_what_somebody_approved_is_not_declined_for_want_of_a_terminal(asked: tuple[History, Waiting]) -> None:
    history, waiting = asked
    with history:
        assert settle(Runs(history), waiting, Console(err=io.StringIO()), shown=True) == waiting.report
        assert history.log.run(waiting.report.run_id).state is RunState.WAITING


def test_the_name_at_a_terminal_is_not_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("USER", "LOGNAME", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "grace")
    assert user_name() == pwd.getpwuid(os.getuid()).pw_name != "grace"
