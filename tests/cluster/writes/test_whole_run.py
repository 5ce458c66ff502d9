"""From a fault to its repair and back: a whole run on a real API server, with a policy and a person's word."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from cluster.api import TestCluster
from cluster.waiting import until
from cluster.writes.killed import Countdown, ended, in_a_process
from cluster_doctor.domain.audit import AuditKind
from cluster_doctor.domain.errors import RunError
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.outcome import StepState
from cluster_doctor.domain.remediation import Approval, Decision, Outcome
from cluster_doctor.history.history import History
from cluster_doctor.history.verifying import verify
from cluster_doctor.remediation.cluster.confirming import Patience
from cluster_doctor.reports.wording import seen_before
from cluster_doctor.workflow.runs import Finished, Runs, Standing, Waiting
from cluster_doctor.workflow.state import Place
from cluster_doctor.workflow.writing import Writing

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]
POLICY = """
version: 1
allow:
- name: what these tests change
  routes: [cluster]
  types: [patch_selector, scale, set_image]
  namespaces: ["whole-*"]
"""
PATIENCE = Patience(within=timedelta(seconds=30), lasting=timedelta(seconds=2), every=timedelta(seconds=0.5))
SHORT = Patience(within=timedelta(seconds=4), lasting=timedelta(seconds=1), every=timedelta(seconds=0.5))
LABELS = {"app": "web"}


@pytest.fixture
def space(cluster: TestCluster, request: pytest.FixtureRequest) -> Iterator[str]:
    """A shop whose Service selects none of its Pods."""
    name = f"whole-{abs(hash(request.node.name)) % 10**8}"
    cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}, name)
    container = {"name": "web", "image": "registry.example.com/web:1", "ports": [{"containerPort": 8080}]}
    template = {"metadata": {"labels": LABELS}, "spec": {"containers": [container]}}
    spec = {"replicas": 1, "selector": {"matchLabels": LABELS}, "template": template}
    cluster.create({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": spec}, name)
    ports = [{"port": 80, "targetPort": 8080}]
    service = {"selector": {"app": "website"}, "ports": ports}
    cluster.create({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": service}, name)
    until(lambda: any(_is_ready(pod) for pod in cluster.pods(name)), "the Pod is ready")
    yield name
    cluster.delete("Namespace", None, name)


def _is_ready(pod: dict[str, object]) -> bool:
    status = pod.get("status")
    conditions = status.get("conditions", []) if isinstance(status, dict) else []
    return any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)


class Shop:
    """One incident of one run."""

    def __init__(self, cluster: TestCluster, space: str, home: Path, patience: Patience = PATIENCE) -> None:
        self.cluster, self.space, self.home = cluster, space, home
        (home / "policy.yaml").write_text(POLICY)
        self.patience = patience

    def runs(self, history: History, point: Callable[[str], None] = lambda _: None) -> Runs:
        """Runs that may write as the policy in the home says."""
        return Runs(history, writing=Writing(patience=self.patience, point=point))

    def begin(self, history: History) -> Waiting:
        """Diagnose, plan and rehearse."""
        place = Place(kubeconfig=str(self.cluster.kubeconfig))
        standing = self.runs(history).begin(Incident(text="web has no endpoints", namespaces=(self.space,)), place)
        assert isinstance(standing, Waiting)
        return standing

    @property
    def selector(self) -> str:
        """What the Service selects."""
        return str((self.cluster.get("Service", self.space, "web") or {})["spec"]["selector"]["app"])


@pytest.fixture
def shop(cluster: TestCluster, space: str, tmp_path: Path) -> Shop:
    return Shop(cluster, space, tmp_path)


def yes(standing: Waiting, **said: object) -> Approval:
    return Approval.model_validate({"decision": Decision.APPROVE, "digest": standing.digest, "approver": "ada", **said})


def outcome_of(standing: Standing) -> Outcome:
    assert isinstance(standing, Finished)
    assert standing.report.remediation is not None
    assert standing.report.remediation.outcome is not None
    return standing.report.remediation.outcome


def kinds(history: History, run_id: str) -> list[AuditKind]:
    assert verify(history.store).faults == ()
    return [entry.kind for entry in history.audit.of_run(run_id)]


def test_an_approved_repair_heals_and_is_on_record(shop: Shop) -> None:
    with History(shop.home) as history:
        standing = shop.begin(history)
        (step,) = standing.rehearsal.offered
        assert [str(edit) for edit in step.diff] == ["spec.selector.app: website -> web"]
        assert shop.selector == "website"
        outcome = outcome_of(shop.runs(history).answer(standing.report.run_id, standing.interrupt_id, yes(standing)))
        assert (outcome.applied, outcome.healed, outcome.escalated) == (True, True, "")
        assert shop.selector == "web"
        assert kinds(history, standing.report.run_id) == [
            AuditKind.QUESTION, AuditKind.APPROVAL, AuditKind.WRITE_INTENT, AuditKind.WRITE_OUTCOME,
        ]  # fmt: skip


def test_what_healed_is_told_when_the_same_is_seen_again(shop: Shop, cluster: TestCluster) -> None:
    with History(shop.home) as history:
        standing = shop.begin(history)
        outcome = outcome_of(shop.runs(history).answer(standing.report.run_id, standing.interrupt_id, yes(standing)))
        assert outcome.healed
        cluster.patch("Service", shop.space, "web", {"spec": {"selector": {"app": "website"}}})
        (cause,) = shop.begin(history).report.root_causes
        (seen,) = cause.seen_before
        assert seen.last.healed_by == standing.report.remediation.plans[0].summary  # type: ignore[union-attr]
        assert "seen to heal by: Make Service" in seen_before(seen)


def test_a_repair_that_does_not_heal_is_taken_back_and_left_to_people(shop: Shop) -> None:
    shop.patience = SHORT
    with History(shop.home) as history:
        standing = shop.begin(history)
        stop = threading.Event()

        def reverting() -> None:  # as a GitOps controller does that knows another value
            while not stop.wait(0.1):
                if shop.selector == "web":
                    shop.cluster.patch("Service", shop.space, "web", {"spec": {"selector": {"app": "website"}}})

        thread = threading.Thread(target=reverting)
        thread.start()
        try:
            answered = shop.runs(history).answer(standing.report.run_id, standing.interrupt_id, yes(standing))
        finally:
            stop.set()
            thread.join()
        outcome = outcome_of(answered)
        assert (outcome.applied, outcome.healed) == (False, False)
        assert outcome.escalated.startswith("it did not heal: still so: Service")
        assert shop.selector == "website"
        assert AuditKind.ESCALATION in kinds(history, standing.report.run_id)


def test_what_does_not_heal_is_taken_back(shop: Shop, cluster: TestCluster) -> None:
    shop.patience = SHORT
    with History(shop.home) as history:
        standing = shop.begin(history)
        cluster.patch("Deployment", shop.space, "web", {"spec": {"replicas": 0}})
        until(lambda: not list(cluster.pods(shop.space)), "the Pods are gone")
        answered = shop.runs(history).answer(standing.report.run_id, standing.interrupt_id, yes(standing))
        outcome = outcome_of(answered)
        if outcome.healed is False:
            assert [step.state for step in outcome.steps] == [StepState.UNDONE]
            assert shop.selector == "website"
        assert kinds(history, standing.report.run_id)


def test_what_was_declined_changes_nothing(shop: Shop) -> None:
    with History(shop.home) as history:
        standing = shop.begin(history)
        answer = yes(standing, decision=Decision.DECLINE)
        outcome = outcome_of(shop.runs(history).answer(standing.report.run_id, standing.interrupt_id, answer))
        assert (outcome.applied, outcome.steps, outcome.exported) == (False, (), ())
        assert shop.selector == "website"
        assert kinds(history, standing.report.run_id) == [AuditKind.QUESTION, AuditKind.ANSWER]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"steps": ("7.7",)}, "covers steps that are not offered: 7.7"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "the approval came too late"),
    ],
)
def test_an_approval_that_does_not_count_leaves_the_question_open(
    shop: Shop, said: dict[str, object], why: str
) -> None:
    with History(shop.home) as history:
        standing = shop.begin(history)
        with pytest.raises(RunError, match=why):
            shop.runs(history).answer(standing.report.run_id, standing.interrupt_id, yes(standing, **said))
        assert shop.selector == "website"
        assert kinds(history, standing.report.run_id) == [AuditKind.QUESTION, AuditKind.REFUSAL]
        assert isinstance(shop.runs(history).resume(standing.report.run_id), Waiting)


def test_a_policy_that_was_edited_in_between_needs_a_new_rehearsal(shop: Shop) -> None:
    with History(shop.home) as history:
        standing = shop.begin(history)
        (shop.home / "policy.yaml").write_text(POLICY.replace("whole-*", "whole*"))
        answered = shop.runs(history).answer(standing.report.run_id, standing.interrupt_id, yes(standing))
        assert "the policy is another one" in outcome_of(answered).note
        assert shop.selector == "website"


LABELLED = POLICY + "  namespace_labels: {matchLabels: {stage: test}}\n"


def test_a_label_of_the_namespace_that_was_taken_away_meanwhile(shop: Shop) -> None:
    (shop.home / "policy.yaml").write_text(LABELLED)
    shop.cluster.patch("Namespace", None, shop.space, {"metadata": {"labels": {"stage": "test"}}})
    with History(shop.home) as history:
        standing = shop.begin(history)
        assert standing.rehearsal.offered
        shop.cluster.patch("Namespace", None, shop.space, {"metadata": {"labels": {"stage": None}}})
        answered = shop.runs(history).answer(standing.report.run_id, standing.interrupt_id, yes(standing))
        (step,) = outcome_of(answered).steps
        assert (step.state, shop.selector) == (StepState.REFUSED, "website")
        assert "its namespace does not have the labels" in step.note
        assert kinds(history, standing.report.run_id) == [
            AuditKind.QUESTION, AuditKind.APPROVAL, AuditKind.REFUSAL,
        ]  # fmt: skip
        assert (
            history.audit.of_run(standing.report.run_id)[-1].body.what == f"step 1.1 was not carried out: {step.note}"
        )


def test_a_label_that_the_picture_does_not_show_yet_counts(shop: Shop) -> None:
    (shop.home / "policy.yaml").write_text(LABELLED)
    with History(shop.home) as history:
        assert shop.begin(history).rehearsal.offered == ()
        shop.cluster.patch("Namespace", None, shop.space, {"metadata": {"labels": {"stage": "test"}}})
        standing = shop.begin(history)
        answered = shop.runs(history).answer(standing.report.run_id, standing.interrupt_id, yes(standing))
        assert (outcome_of(answered).healed, shop.selector) == (True, "web")


def test_a_person_whom_the_policy_does_not_name(shop: Shop) -> None:
    (shop.home / "policy.yaml").write_text(POLICY + "  approvals: {people: 1, anyone_of: [grace]}\n")
    with History(shop.home) as history:
        standing = shop.begin(history)
        with pytest.raises(RunError, match="ada may not approve this"):
            shop.runs(history).answer(standing.report.run_id, standing.interrupt_id, yes(standing))
        assert shop.selector == "website"


def test_another_digest_and_a_second_answer_are_refused_and_on_record(shop: Shop) -> None:
    with History(shop.home) as history:
        standing = shop.begin(history)
        run_id, question = standing.report.run_id, standing.interrupt_id
        with pytest.raises(RunError, match="asks about"):
            shop.runs(history).answer(run_id, question, yes(standing, digest="f" * 64))
        shop.runs(history).answer(run_id, question, yes(standing))
        with pytest.raises(RunError, match="does not wait for this answer"):
            shop.runs(history).answer(run_id, question, yes(standing))
        assert kinds(history, run_id).count(AuditKind.REFUSAL) == 2
        assert kinds(history, run_id).count(AuditKind.WRITE_INTENT) == 1


def test_without_a_policy_nothing_is_offered_in_the_cluster(shop: Shop) -> None:
    (shop.home / "policy.yaml").unlink()
    with History(shop.home) as history:
        standing = shop.begin(history)
        assert standing.rehearsal.offered == ()
        outcome = outcome_of(shop.runs(history).answer(standing.report.run_id, standing.interrupt_id, yes(standing)))
        assert outcome.exported
        assert shop.selector == "website"


@pytest.mark.parametrize("killed_at", range(7))
def test_a_run_that_is_killed_while_it_writes_goes_on(shop: Shop, killed_at: int) -> None:
    with History(shop.home) as history:
        standing = shop.begin(history)
    run_id = standing.report.run_id

    def answer() -> None:
        with History(shop.home) as inner:
            shop.runs(inner, Countdown(killed_at)).answer(run_id, standing.interrupt_id, yes(standing))

    assert ended(in_a_process(answer)) == -signal.SIGKILL
    with History(shop.home) as history:
        outcome = outcome_of(shop.runs(history).resume(run_id))
        assert (outcome.applied, outcome.healed) == (True, True)
        assert shop.selector == "web"
        states = [str(write.state) for write in history.writes.of_run(run_id)]
        assert states.count("done") == 1
        assert kinds(history, run_id).count(AuditKind.APPROVAL) == 1
        assert "intended" not in states
        assert verify(history.store).faults == ()
