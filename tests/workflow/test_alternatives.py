"""Another way beside the plan's own is taken only where a person names it."""

from __future__ import annotations

from cluster_doctor.domain.outcome import StepOutcome, StepState
from cluster_doctor.domain.policy import PolicyVerdict
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.rehearsal import Rehearsal, RehearsedStep
from cluster_doctor.domain.remediation import Decision, Outcome, RemediationPlan, RemediationStep, Risk, Route
from cluster_doctor.domain.report import Remediation
from cluster_doctor.domain.steps import StepType, Verb
from cluster_doctor.remediation.cluster.rehearsing import steps_in

WEB = ObjectRef("Deployment", "web", "shop", "apps/v1")


def _step(kind: StepType | None, route: Route = Route.CLUSTER) -> RemediationStep:
    return RemediationStep(
        title=str(kind), type=kind, route=route, target=WEB, risk=Risk.LOW, precondition="", instruction="", undo="",
        check="",
    )  # fmt: skip


def _rehearsed(key: str) -> RehearsedStep:
    verdict = PolicyVerdict(allowed=True, reasons=("allowed",))
    return RehearsedStep(key=key, title="t", type=StepType.SCALE, verb=Verb.PATCH, target=WEB, verdict=verdict)


def test_alternatives_are_rehearsed_under_keys_of_their_own() -> None:
    plan = RemediationPlan(
        cause="c", fingerprint="f", summary="s", steps=(_step(StepType.SET_IMAGE),),
        alternatives=(_step(None, Route.PERSON), _step(StepType.ROLL_BACK), _step(StepType.SCALE, Route.GITOPS)),
    )  # fmt: skip
    assert [(key, step.type) for key, step in steps_in([plan])] == [
        ("1.1", StepType.SET_IMAGE),
        ("1.or2", StepType.ROLL_BACK),
    ]


def test_a_plain_yes_covers_no_alternative() -> None:
    shown = Rehearsal(plan_digest="d", steps=(_rehearsed("1.1"), _rehearsed("1.or2")))
    assert shown.covered(None) == {"1.1"}
    assert shown.covered(("1.or2",)) == {"1.or2"}
    assert [step.label for step in shown.steps] == ["1.1 t", "1.or2 instead: t"]


def test_what_helped_is_the_way_that_was_chosen() -> None:
    other = _step(StepType.ROLL_BACK).model_copy(update={"title": "roll web back"})
    plan = RemediationPlan(
        cause="c", fingerprint="f", summary="name another image", steps=(_step(StepType.SET_IMAGE),),
        alternatives=(other,),
    )  # fmt: skip
    for key, helped in (("1.1", "name another image"), ("1.or1", "roll web back")):
        done = StepOutcome(key=key, state=StepState.APPLIED)
        outcome = Outcome(decision=Decision.APPROVE, applied=True, healed=True, steps=(done,))
        assert Remediation(plans=(plan,), outcome=outcome).healed_by("f") == helped
