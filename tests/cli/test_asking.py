"""The question for approval, as a person at a terminal answers it."""

from __future__ import annotations

import io

import pytest
from whole_report import full_report

from cluster_doctor.cli.answering import Answer, Asking
from cluster_doctor.cli.console import Console
from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.domain.policy import PolicyVerdict
from cluster_doctor.domain.proposal import FileChange, RehearsedProposal
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.rehearsal import Rehearsal, RehearsedStep
from cluster_doctor.domain.remediation import Risk
from cluster_doctor.domain.report import Report
from cluster_doctor.domain.steps import FieldEdit, StepType, Verb
from cluster_doctor.workflow.runs import Waiting

ALLOWED = PolicyVerdict(allowed=True, reasons=("yes",))


class Person(Console):
    """A terminal at which a person types one answer after another, and then goes away."""

    def __init__(self, *typed: str) -> None:
        self.screen = io.StringIO()
        super().__init__(out=io.StringIO(), err=self.screen)
        self._typed = list(typed)

    def ask(self, question: str) -> str | None:
        """Type the next answer."""
        self.say(question)
        return self._typed.pop(0) if self._typed else None


def step(key: str, *, allowed: bool = True, people: int = 1) -> RehearsedStep:
    """One step that was tried."""
    return RehearsedStep(
        key=key,
        title=f"title of {key}",
        type=StepType.SET_IMAGE,
        verb=Verb.PATCH,
        target=ObjectRef(kind="Deployment", name="web", namespace="shop"),
        diff=(FieldEdit(path=("spec", "replicas"), was=0, becomes=2),),
        undo_tried=not key.endswith("or1"),
        verdict=PolicyVerdict(allowed=allowed, reasons=("said so",), approvals=people, approvers=("ada", "grace")),
    )


def report() -> Report:
    """A report whose plan has one risky step and another way."""
    found = full_report("Service web selects app=web")
    assert found.remediation
    (plan,) = found.remediation.plans
    risky = plan.steps[0].model_copy(update={"risk": Risk.HIGH})
    plan = plan.model_copy(update={"steps": (risky,)})
    cause = found.root_causes[0].model_copy(update={"fingerprint": plan.fingerprint})
    return found.model_copy(
        update={"root_causes": (cause,), "remediation": found.remediation.model_copy(update={"plans": (plan,)})}
    )


def waiting(*, steps: tuple[RehearsedStep, ...] = (), proposal: bool = False) -> Waiting:
    """A run that asks whether to do them."""
    diff = "--- a/web.yaml\n+++ b/web.yaml\n" + "".join(f"+line {at}\n" for at in range(40))
    proposed = RehearsedProposal(
        key="1.git",
        title="repair it",
        repository="acme/shop",
        base="main",
        carries=("1.1",),
        files=(FileChange(path="web.yaml", diff=diff, sha256="e" * 64),),
        verdict=ALLOWED,
    )
    rehearsal = Rehearsal(
        plan_digest="d",
        performed=True,
        identity=ClusterIdentity(server="https://10.0.0.1:6443", system_uid="1234"),
        steps=steps,
        proposals=(proposed,) if proposal else (),
    )
    return Waiting(report(), "i", "0123456789abcdef", rehearsal)


def asked(standing: Waiting, *typed: str) -> tuple[Answer | None, str]:
    """What comes of the answers, and what was on the screen."""
    person = Person(*typed)
    return Asking(person, standing).answer(), person.screen.getvalue()


STEPS = (step("1.1"), step("1.or1", people=2), step("2.1", allowed=False))


def test_the_question_shows_cluster_risk_diff_way_back_and_people() -> None:
    _, screen = asked(waiting(steps=STEPS), "n")
    assert "cluster: API server URL https://10.0.0.1:6443, UID of namespace kube-system 1234" in " ".join(
        screen.split()
    )
    assert "[x] 1.1 in the cluster now: title of 1.1" in screen
    assert "risk: high; is taken back if it does not heal" in screen
    assert "spec.replicas: 0 -> 2" in screen
    assert "[ ] 1.or1 instead, in the cluster now: title of 1.or1" in screen
    assert "cannot be taken back" in screen
    assert "1.or1: 2 people have to approve of ada, grace" in screen
    assert "2.1" not in screen, "what is not allowed is not offered"
    assert "Carry out 1.1 in the cluster now (digest 0123456789ab)? [y/N/numbers/why/edit/later]" in screen


def test_a_long_diff_is_cut_in_the_question_and_says_so() -> None:
    _, screen = asked(waiting(proposal=True), "n")
    assert "Put 1.git on a branch of its own (digest" in screen
    assert "+line 17" in screen
    assert "+line 18" not in screen
    assert "… and 22 more lines, in the report" in screen
    assert "nothing is merged and nothing is applied to the cluster" in screen


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        (("y",), Answer(approved=True)),
        (("YES",), Answer(approved=True)),
        (("n",), Answer(approved=False)),
        (("",), Answer(approved=False)),
        (("1.or1",), Answer(approved=True, keys=("1.or1",))),
        (("1.1, 1.or1",), Answer(approved=True, keys=("1.1", "1.or1"))),
        (("later",), None),
        ((), None),
        (("why", "y"), Answer(approved=True)),
        (("edit", "1.or1", "y"), Answer(approved=True, keys=("1.or1",))),
        (("edit", "1.or1", "n"), Answer(approved=False)),
        (("edit", "", "y"), Answer(approved=True)),
        (("edit", "2.1", "y"), Answer(approved=True)),
        (("what?", "y"), Answer(approved=True)),
        (("2.1", "1.1 2.1", "yes please"), None),
    ],
)
def test_an_answer_means_what_it_says_and_nothing_else(typed: tuple[str, ...], answer: Answer | None) -> None:
    assert asked(waiting(steps=STEPS), *typed)[0] == answer


def test_choosing_is_not_approving_and_the_choice_is_shown_and_asked_again() -> None:
    answer, screen = asked(waiting(steps=STEPS), "edit", "1.or1")
    assert answer is None, "nobody said yes"
    assert "as it was rehearsed, or not at all" in screen
    after = screen[screen.index("Which of 1.1, 1.or1?") :]
    assert "[ ] 1.1 " in after
    assert "[x] 1.or1 " in after
    assert "Carry out 1.or1 in the cluster now (digest" in after


def test_what_is_not_offered_cannot_be_chosen() -> None:
    _, screen = asked(waiting(steps=STEPS), "edit", "2.1", "n")
    assert "“2.1” names nothing that is offered; it stays as it is." in screen


def test_why_shows_what_the_plan_rests_on() -> None:
    _, screen = asked(waiting(steps=STEPS), "why", "n")
    for part in ("90% sure: test", "-> Service shop/web: then Service web", "$ kubectl get events", "undo:  "):
        assert part in screen, part


def test_plans_that_can_only_be_exported_say_so_and_have_nothing_to_choose() -> None:
    answer, screen = asked(waiting(), "edit", "y")
    assert answer == Answer(approved=True)
    assert "Shall these plans be exported" in screen
    assert "risk: high" in screen
    assert "There is nothing to choose from." in screen
