"""Answers from elsewhere: what counts goes on, what does not is refused, on record, and leaves the question open."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from approvals.commenting import GitHub, running_github

from cluster_doctor import answer_from_message
from cluster_doctor.cli.main import run
from cluster_doctor.domain.audit import AuditKind
from cluster_doctor.domain.errors import ClusterDoctorError, RunError
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.remediation import Decision
from cluster_doctor.history.history import History
from cluster_doctor.history.verifying import verify
from cluster_doctor.remediation.approvals.message import ApprovalMessage
from cluster_doctor.remediation.approvals.signature import signed
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.workflow.holding import holding
from cluster_doctor.workflow.runs import Finished, Runs, Waiting
from cluster_doctor.workflow.state import Place
from cluster_doctor.workflow.writing import Writing
from workflow.test_race import BROKEN

pytestmark = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="no ssh-keygen is installed")


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    for name in ("ada", "grace", "mallory"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    return folder


@pytest.fixture
def github() -> Iterator[GitHub]:
    with running_github() as told:
        yield told


class Desk:
    """A run that waits, and what is brought to it."""

    def __init__(self, home: str, keys: Path, policy: Path) -> None:
        people = "".join(
            f"  {name}: {{ssh_keys: ['{(keys / f'{name}.pub').read_text().strip()}']}}\n" for name in ("ada", "grace")
        )
        policy.write_text(f"version: 1\npeople:\n{people}")
        self.home, self.keys, self.policy = home, keys, policy
        self.history = History(home)
        self.runs = Runs(self.history, writing=Writing(policy))
        self.waiting = self.begun()
        self.run_id = self.waiting.report.run_id

    def begun(self) -> Waiting:
        """Another run of the same incident."""
        place = Place(snapshot=self.history.evidence.put_snapshot(snapshot_of(BROKEN)))
        standing = self.runs.begin(Incident(text="service web has no endpoints"), place)
        assert isinstance(standing, Waiting)
        return standing

    def message(self, key: str = "ada", **said: object) -> bytes:
        """What somebody sends who signs with a key."""
        values = {
            "run": self.run_id, "interrupt": self.waiting.interrupt_id, "digest": self.waiting.digest,
            "decision": Decision.APPROVE, "approver": "ada", "expires_at": datetime.now(UTC) + timedelta(minutes=5),
        }  # fmt: skip
        return signed(ApprovalMessage.model_validate({**values, **said}), self.keys / key)

    def refusals(self, run_id: str = "") -> list[str]:
        """What was refused, on a record that is whole."""
        assert verify(self.history.store).faults == ()
        entries = self.history.audit.of_run(run_id or self.run_id)
        return [entry.body.what for entry in entries if entry.kind is AuditKind.REFUSAL]


@pytest.fixture
def desk(home: str, keys: Path, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(home, keys, tmp_path / "policy.yaml")
    yield made
    made.history.close()


def test_a_signed_message_is_an_answer(desk: Desk) -> None:
    standing = answer_from_message(desk.runs, desk.message())
    assert isinstance(standing, Finished)
    assert standing.report.remediation is not None
    assert standing.report.remediation.outcome is not None
    assert standing.report.remediation.outcome.exported
    (entry,) = [entry for entry in desk.history.audit.of_run(desk.run_id) if entry.kind is AuditKind.APPROVAL]
    assert entry.body.who == "ada"
    assert str(entry.body.detail["credential"]).startswith("ssh SHA256:"), "and what proves it is on record"
    assert desk.refusals() == []


@pytest.mark.parametrize(
    ("key", "said", "why"),
    [
        ("mallory", {}, "which is no key of ada"),
        ("mallory", {"approver": "mallory"}, "no key of mallory is known"),
        ("grace", {}, "which is no key of ada"),
        ("ada", {"digest": "0" * 64}, "the answer is about plan 000000000000"),
        ("ada", {"interrupt": "0" * 32}, "does not wait for this answer"),
        ("ada", {"expires_at": "2026-01-01T00:00:00Z"}, "the answer came too late"),
        ("ada", {"expires_at": "2026-01-01T00:00:00Z", "decision": Decision.DECLINE}, "the answer came too late"),
        ("ada", {"steps": ("7.7",)}, "covers steps that are not offered: 7.7"),
        ("mallory", {"decision": Decision.DECLINE, "approver": "mallory"}, "no key of mallory is known"),
    ],
)
def test_what_does_not_count_is_refused_and_leaves_the_question_open(
    desk: Desk, key: str, said: dict[str, object], why: str
) -> None:
    with pytest.raises(RunError, match=why):
        answer_from_message(desk.runs, desk.message(key, **said))
    assert [why in told for told in desk.refusals()] == [True]
    assert isinstance(desk.runs.resume(desk.run_id), Waiting)
    assert isinstance(answer_from_message(desk.runs, desk.message()), Finished)


def test_an_edited_message_and_one_for_another_run_are_refused(desk: Desk) -> None:
    other = desk.begun().report.run_id
    edited = desk.message().replace(b'"decision":"approve"', b'"decision":"decline"')
    with pytest.raises(RunError, match="does not fit the message"):
        answer_from_message(desk.runs, edited)
    with pytest.raises(RunError, match=f"the message is for run {desk.run_id}"):
        answer_from_message(desk.runs, desk.message(), run_id=other)
    with pytest.raises(RunError, match="does not wait for this answer"):
        answer_from_message(desk.runs, desk.message(run=other))
    assert [len(desk.refusals()), len(desk.refusals(other))] == [1, 2]
    assert isinstance(desk.runs.resume(other), Waiting)


def test_a_message_counts_once(desk: Desk) -> None:
    content = desk.message()
    answer_from_message(desk.runs, content)
    with pytest.raises(RunError, match="the same message was brought before"):
        answer_from_message(desk.runs, content)
    with pytest.raises(RunError, match="waits for no answer"):
        answer_from_message(desk.runs, desk.message())
    assert len(desk.refusals()) == 2


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b"x" * 100_000])
def test_what_is_no_message_is_refused_by_the_run_that_it_was_brought_to(desk: Desk, content: bytes) -> None:
    with pytest.raises(RunError, match="the answer was refused"):
        answer_from_message(desk.runs, content, run_id=desk.run_id)
    assert len(desk.refusals()) == 1
    with pytest.raises(ClusterDoctorError):
        answer_from_message(desk.runs, content)
    assert len(desk.refusals()) == 1, "nobody can say of which run it is"


def test_an_answer_that_loses_the_race_for_the_run_is_refused_on_record(desk: Desk) -> None:
    with holding(desk.history.locks, desk.run_id), pytest.raises(RunError, match="another process works on run"):
        answer_from_message(desk.runs, desk.message())
    assert desk.refusals() == [f"another process works on run {desk.run_id}"]
    assert isinstance(answer_from_message(desk.runs, desk.message()), Finished)


def test_a_policy_that_cannot_be_read_lets_nobody_answer(desk: Desk) -> None:
    desk.policy.write_text("version: 2")
    with pytest.raises(RunError, match=r"policy\.yaml, line 1"):
        answer_from_message(desk.runs, desk.message())
    assert len(desk.refusals()) == 1


def test_a_person_elsewhere_signs_and_somebody_brings_it(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLUSTER_DOCTOR_HOME", desk.home)
    asked = ["--interrupt", desk.waiting.interrupt_id, "--digest", desk.waiting.digest, "--as", "ada"]
    assert run(["approve", desk.run_id, *asked, "--sign-with", str(desk.keys / "ada")]) == 0
    answer = tmp_path / "answer"
    answer.write_text(capsys.readouterr().out)
    bring = ["runs", "answer", desk.run_id, str(answer), "--policy", str(desk.policy)]
    assert run(bring) == 0
    assert "RESOLVED" in capsys.readouterr().out
    assert isinstance(desk.runs.resume(desk.run_id), Finished)
    assert run(bring) == 2
    told = capsys.readouterr()
    assert (told.out, "the same message was brought before" in told.err) == ("", True)


def test_a_comment_of_somebody_whom_the_policy_knows_is_an_answer(
    desk: Desk, github: GitHub, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    known = desk.policy.read_text()
    written = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    monkeypatch.setenv("CLUSTER_DOCTOR_HOME", desk.home)

    def brought(body: str, login: str = "ada-l", at: str = written) -> tuple[int, str]:
        address = github.says(body, user={"login": login}, created_at=at, updated_at=at)
        code = run(["runs", "answer", desk.run_id, "--from-comment", address, "--policy", str(desk.policy)])
        return code, capsys.readouterr().err

    yes = f"cluster-doctor approve {desk.waiting.digest}"
    code, said = brought(yes)
    assert (code, "is not on https://github.com" in said) == (2, True), "that server is not the policy's"
    desk.policy.write_text(f"github_server: {github.address}\n{known.replace('ada: {', 'ada: {github: [Ada-L, ci], ')}")
    for body, login, at, why in (
        (yes, "mallory", written, "@mallory is the login of nobody whom the policy knows"),
        (yes, "ada-l", "2020-01-01T00:00:00Z", "the comment is older than the run"),
        (f"cluster-doctor approve {'0' * 64}", "ada-l", written, "the answer is about plan 000000000000"),
        ("yes", "ada-l", written, "holds no answers"),
    ):
        code, said = brought(body, login, at)
        assert (code, why in said) == (2, True), said
    assert len(desk.refusals()) == 4
    assert isinstance(desk.runs.resume(desk.run_id), Waiting)
    assert brought(yes)[0] == 0
    assert isinstance(desk.runs.resume(desk.run_id), Finished)
    code, said = brought(yes)
    assert (code, "the same message was brought before" in said) == (2, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["approve", "r", "--interrupt", "i", "--digest", "d", "--as", "ada"], "digest: String should match"),
        (["approve", "r r", "--interrupt", "i", "--digest", "0" * 64, "--as", "ada"], "run: String should match"),
        (["approve", "r", "--interrupt", "i", "--digest", "0" * 64, "--as", "ada", "--reason", "x"], "--reason says"),
        (["runs", "answer", "r"], "one message or one comment"),
        (["runs", "answer", "r", "nothing.txt"], "cannot be read"),
        (["runs", "answer", "r", "x", "--from-comment", "https://github.com"], "one message or one comment"),
    ],
)
def test_wrong_words_are_told(words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*words, *(["--home", str(tmp_path)] if words[0] == "runs" else [])]) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert told.out == ""
