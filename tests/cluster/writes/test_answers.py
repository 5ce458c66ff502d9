"""Whose word counts, on a real API server: two people, signed messages, and everything that must be refused."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from control_plane.cluster import ControlPlane
from workflow.test_kill_and_resume import DeadlyTurns

from cluster.api import TestCluster
from cluster.writes.killed import Countdown, Protocol, ended, in_a_process
from cluster.writes.test_killed_anywhere import AuditTail, three_steps
from cluster.writes.test_whole_run import PATIENCE, POLICY, Shop, kinds, outcome_of, shop, space, yes
from cluster_doctor.domain.audit import AuditKind
from cluster_doctor.domain.errors import RunError, RunTaken
from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.outcome import StepState
from cluster_doctor.domain.remediation import Decision
from cluster_doctor.history.history import History
from cluster_doctor.history.run_log import RunState
from cluster_doctor.history.verifying import verify
from cluster_doctor.remediation.approvals.message import ApprovalMessage
from cluster_doctor.remediation.approvals.signature import signed
from cluster_doctor.remediation.cluster.writer import open_writer
from cluster_doctor.sources.live.target import Target
from cluster_doctor.workflow.answering import answer_from_message
from cluster_doctor.workflow.holding import holding
from cluster_doctor.workflow.runs import Runs, Waiting
from cluster_doctor.workflow.state import Place
from cluster_doctor.workflow.writing import Writing

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]
__all__ = ["shop", "space"]
PEOPLE = ("ada", "grace", "linus")
TWO = "  approvals: {people: 2, anyone_of: [ada, grace, linus]}\n"


def approvers_of_writes(history: History, run_id: str) -> list[str]:
    return [write.approver for write in history.writes.of_run(run_id)]


def test_what_two_people_have_to_approve_waits_for_the_second(shop: Shop) -> None:
    (shop.home / "policy.yaml").write_text(POLICY + TWO)
    with History(shop.home) as history:
        asked = shop.begin(history)
        run_id = asked.report.run_id
        again = shop.runs(history).answer(run_id, asked.interrupt_id, yes(asked))
        assert isinstance(again, Waiting)
        assert [approval.approver for approval in again.approvals] == ["ada"]
        assert "2 people have to approve of ada, grace, linus; 1 did" in again.awaits
        assert (shop.selector, approvers_of_writes(history, run_id)) == ("website", [])
        for name in ("ada", "ADA", " @ada "):
            with pytest.raises(RunError, match="are one person"):
                shop.runs(history).answer(run_id, again.interrupt_id, yes(again, approver=name))
        with pytest.raises(RunError, match="mallory may not approve this"):
            shop.runs(history).answer(run_id, again.interrupt_id, yes(again, approver="mallory"))
        assert shop.selector == "website"
        done = shop.runs(history).answer(run_id, again.interrupt_id, yes(again, approver="grace"))
        assert (outcome_of(done).applied, outcome_of(done).healed, shop.selector) == (True, True, "web")
        assert "approved by ada, grace" in outcome_of(done).note
        assert approvers_of_writes(history, run_id) == ["ada, grace"]
        assert kinds(history, run_id) == [
            AuditKind.QUESTION, AuditKind.APPROVAL, AuditKind.QUESTION, *[AuditKind.REFUSAL] * 4,
            AuditKind.APPROVAL, AuditKind.WRITE_INTENT, AuditKind.WRITE_OUTCOME,
        ]  # fmt: skip


def test_the_second_may_decline_and_nothing_is_written(shop: Shop) -> None:
    (shop.home / "policy.yaml").write_text(POLICY + TWO)
    with History(shop.home) as history:
        asked = shop.begin(history)
        again = shop.runs(history).answer(asked.report.run_id, asked.interrupt_id, yes(asked))
        assert isinstance(again, Waiting)
        no = yes(again, approver="grace", decision=Decision.DECLINE, reason="not today")
        done = shop.runs(history).answer(asked.report.run_id, again.interrupt_id, no)
        assert (outcome_of(done).decision, outcome_of(done).note) == (Decision.DECLINE, "not today")
        assert (shop.selector, approvers_of_writes(history, asked.report.run_id)) == ("website", [])


def test_what_the_first_said_lapses(shop: Shop) -> None:
    (shop.home / "policy.yaml").write_text(POLICY + TWO)
    with History(shop.home) as history:
        asked = shop.begin(history)
        run_id, soon = asked.report.run_id, datetime.now(UTC) + timedelta(seconds=3)
        again = shop.runs(history).answer(run_id, asked.interrupt_id, yes(asked, expires_at=soon))
        assert isinstance(again, Waiting)
        while datetime.now(UTC) <= soon:
            time.sleep(0.1)
        third = shop.runs(history).answer(run_id, again.interrupt_id, yes(again, approver="grace"))
        assert isinstance(third, Waiting), "of two words only one still counts"
        assert [approval.approver for approval in third.approvals] == ["grace"]
        assert shop.selector == "website"
        done = shop.runs(history).answer(run_id, third.interrupt_id, yes(third, approver="linus"))
        assert (outcome_of(done).applied, approvers_of_writes(history, run_id)) == (True, ["grace, linus"])


@pytest.mark.parametrize("node", ["approve", "recheck"])
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("which", ["first", "second"])
def test_a_run_that_is_killed_while_it_collects_approvals_forgets_none(
    shop: Shop, node: str, moment: str, which: str
) -> None:
    (shop.home / "policy.yaml").write_text(POLICY + TWO)
    with History(shop.home) as history:
        asked = shop.begin(history)
        run_id = asked.report.run_id
        if which == "second":
            standing = shop.runs(history).answer(run_id, asked.interrupt_id, yes(asked))
            assert isinstance(standing, Waiting)
            asked = standing
    name = "ada" if which == "first" else "grace"

    def answer() -> None:
        with History(shop.home) as inner:
            deadly = DeadlyTurns(inner, node, moment)
            runs = Runs(inner, journal=deadly, writing=Writing(patience=PATIENCE))
            runs.answer(run_id, asked.interrupt_id, yes(asked, approver=name))

    assert ended(in_a_process(answer)) == -signal.SIGKILL
    with History(shop.home) as history:
        standing = shop.runs(history).resume(run_id)
        if node == "approve":
            assert isinstance(standing, Waiting), "what was not taken down is asked again"
            earlier = ["ada"] if which == "second" else []
            assert [approval.approver for approval in standing.approvals] == earlier
            standing = shop.runs(history).answer(run_id, standing.interrupt_id, yes(standing, approver=name))
        if which == "first":
            assert isinstance(standing, Waiting)
            assert [approval.approver for approval in standing.approvals] == ["ada"]
            assert shop.selector == "website"
            standing = shop.runs(history).answer(run_id, standing.interrupt_id, yes(standing, approver="grace"))
        assert outcome_of(standing).applied
        assert approvers_of_writes(history, run_id) == ["ada, grace"]
        assert kinds(history, run_id) == [
            AuditKind.QUESTION, AuditKind.APPROVAL, AuditKind.QUESTION, AuditKind.APPROVAL, AuditKind.WRITE_INTENT,
            AuditKind.WRITE_OUTCOME,
        ], "each act is on record once"  # fmt: skip
        assert shop.selector == "web"


def test_a_run_that_goes_on_after_its_approval_lapsed_begins_nothing(shop: Shop) -> None:
    with History(shop.home) as history:
        asked = shop.begin(history)
        run_id, soon = asked.report.run_id, datetime.now(UTC) + timedelta(seconds=2)

    def answer() -> None:
        with History(shop.home) as inner:
            approval = yes(asked, expires_at=soon)
            shop.runs(inner, Countdown(0)).answer(run_id, asked.interrupt_id, approval)

    assert ended(in_a_process(answer)) == -signal.SIGKILL
    while datetime.now(UTC) <= soon:
        time.sleep(0.1)
    with History(shop.home) as history:
        outcome = outcome_of(shop.runs(history).resume(run_id))
        assert not outcome.applied
        assert "the approval counted until" in outcome.note
        assert (shop.selector, history.writes.of_run(run_id)) == ("website", ())


@dataclass
class Desk:
    """A run that two people have to approve with proof, and what is brought to it."""

    shop: Shop
    history: History
    keys: Path
    waiting: Waiting

    @property
    def run_id(self) -> str:
        return self.waiting.report.run_id

    @property
    def runs(self) -> Runs:
        return self.shop.runs(self.history)

    def message(self, key: str = "ada", **said: object) -> bytes:
        values = {
            "run": self.run_id, "interrupt": self.waiting.interrupt_id, "digest": self.waiting.digest,
            "decision": Decision.APPROVE, "approver": key, "expires_at": datetime.now(UTC) + timedelta(minutes=5),
        }  # fmt: skip
        return signed(ApprovalMessage.model_validate({**values, **said}), self.keys / key)

    def refused(self, content: bytes, run_id: str = "") -> str:
        """Bring what must be refused; returns why."""
        before = len(self.refusals)
        with pytest.raises(RunError) as caught:
            answer_from_message(self.runs, content, run_id=run_id or self.run_id)
        assert len(self.refusals) == before + 1, "and it is on record"
        assert (self.shop.selector, self.history.writes.of_run(self.run_id)) == ("website", ())
        return caught.value.what

    @property
    def refusals(self) -> list[str]:
        """Of all runs."""
        assert verify(self.history.store).faults == ()
        runs = [run.run_id for run in self.history.log.runs()]
        entries = [entry for run in runs for entry in self.history.audit.of_run(run)]
        return [entry.body.what for entry in entries if entry.kind is AuditKind.REFUSAL]


@pytest.fixture
def desk(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    keys = tmp_path_factory.mktemp("keys")
    for name in (*PEOPLE, "mallory"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(keys / name)], check=True)
    known = {name: (keys / f"{name}.pub").read_text().strip() for name in PEOPLE}
    people = "".join(f"  {name}: {{ssh_keys: ['{line}']}}\n" for name, line in known.items())
    proven = TWO.replace(", linus]", "], proven: true")
    (shop.home / "policy.yaml").write_text(f"{POLICY}{proven}people:\n{people}")
    with History(shop.home) as history:
        yield Desk(shop, history, keys, shop.begin(history))


def test_every_answer_that_must_not_count_is_refused_and_two_that_count_heal(desk: Desk) -> None:
    elsewhere = ClusterIdentity(server="https://192.0.2.1:6443", certificate="0" * 64, system_uid="1-2-3")
    of_another_cluster = desk.waiting.rehearsal.model_copy(update={"identity": elsewhere}).digest
    other = desk.shop.begin(desk.history)
    ada = desk.message()
    edited = ada.replace(b'"steps":null', b'"steps":["1.1"]')
    past = datetime.now(UTC) - timedelta(seconds=1)
    cases: list[tuple[bytes, str]] = [
        (desk.message("mallory", approver="ada"), "which is no key of ada"),
        (desk.message("mallory"), "no key of mallory is known"),
        (desk.message("grace", approver="ada"), "which is no key of ada"),
        (edited, "it was forged, or the message was edited"),
        (ada.partition(b"\n")[0] + b"\n", "carries no signature"),
        (desk.message(expires_at=past), "the answer came too late"),
        (desk.message(expires_at=past, decision=Decision.DECLINE), "the answer came too late"),
        (desk.message("linus", decision=Decision.DECLINE), "linus may not decide this"),
        (desk.message("linus"), "linus may not approve this"),
        (desk.message(digest="0" * 64), "the answer is about plan 000000000000"),
        (desk.message(digest=of_another_cluster), f"the answer is about plan {of_another_cluster[:12]}"),
        (desk.message(run=other.report.run_id), f"the message is for run {other.report.run_id}"),
        (desk.message(interrupt=other.interrupt_id), "does not wait for this answer"),
        (desk.message(steps=("1.1", "9.9")), "covers steps that are not offered: 9.9"),
    ]
    for content, why in cases:
        assert why in desk.refused(content), why
    assert f"the message is for run {desk.run_id}" in desk.refused(ada, other.report.run_id)
    with pytest.raises(RunError, match="nothing proves that this is ada"):
        desk.runs.answer(desk.run_id, desk.waiting.interrupt_id, yes(desk.waiting))
    with holding(desk.history.locks, desk.run_id):
        assert "another process works on run" in desk.refused(ada)

    again = answer_from_message(desk.runs, ada)
    assert isinstance(again, Waiting)
    assert desk.shop.selector == "website"
    assert "the same message was brought before" in desk.refused(ada)
    assert "are one person" in desk.refused(desk.message())
    assert "are one person" in desk.refused(desk.message(approver=" ADA ".strip()))

    done = answer_from_message(desk.runs, desk.message("grace"))
    assert (outcome_of(done).applied, outcome_of(done).healed, desk.shop.selector) == (True, True, "web")
    assert approvers_of_writes(desk.history, desk.run_id) == ["ada, grace"]
    for late in (ada, desk.message("linus"), desk.message("grace")):
        with pytest.raises(RunError):
            answer_from_message(desk.runs, late, run_id=desk.run_id)
    assert approvers_of_writes(desk.history, desk.run_id) == ["ada, grace"], "and nothing is written twice"
    assert len(desk.refusals) == len(cases) + 1 + 1 + 1 + 3 + 3


def test_a_process_that_lost_its_hold_sends_nothing(
    cluster: TestCluster, control_plane: ControlPlane, server_home: str, shop: Shop
) -> None:
    with open_writer(Target(kubeconfig=str(cluster.kubeconfig))) as writer:
        steps = three_steps(cluster, writer, "lost-hold", 1, space=shop.space)
    with History(server_home) as history:
        history.log.begin("lost-hold", "", "")
    tail = AuditTail(control_plane.audit_log)
    protocol = Protocol(cluster.kubeconfig, server_home, "lost-hold")

    def lose(point: str) -> None:
        if point.endswith("announced"):
            with psycopg.connect(server_home) as server:
                server.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")

    with pytest.raises(RunTaken, match="the hold on run lost-hold was lost"):
        protocol.go(steps, back=False, point=lose)
    assert tail.of("lost-hold") == {}
    (outcome,) = protocol.go(steps, back=False)
    assert outcome.state is StepState.APPLIED
    assert tail.of("lost-hold") == {("patch", "configmaps"): 1}


def test_a_run_that_lost_its_hold_sends_nothing_and_is_left_to_whoever_has_it(shop: Shop, server_home: str) -> None:
    def lose(point: str) -> None:
        if point.endswith("announced"):
            with psycopg.connect(server_home) as server:
                server.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")

    policy = shop.home / "policy.yaml"
    with History(server_home) as history:
        place = Place(kubeconfig=str(shop.cluster.kubeconfig))
        runs = Runs(history, writing=Writing(policy, patience=PATIENCE, point=lose))
        asked = runs.begin(Incident(text="web has no endpoints", namespaces=(shop.space,)), place)
        assert isinstance(asked, Waiting)
        run_id = asked.report.run_id
        with pytest.raises(RunTaken, match="was lost"):
            runs.answer(run_id, asked.interrupt_id, yes(asked))
        assert shop.selector == "website"
        assert history.log.run(run_id).state is RunState.RUNNING, "it is not this process's to call failed"
        done = Runs(history, writing=Writing(policy, patience=PATIENCE)).resume(run_id)
        assert (outcome_of(done).applied, shop.selector) == (True, "web")
        assert verify(history.store).faults == ()
