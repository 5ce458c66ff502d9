"""What the approvals of a run come to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cluster_doctor.domain.policy import PolicyVerdict
from cluster_doctor.domain.remediation import Approval, Decision
from cluster_doctor.remediation.approvals.consent import Consent, weigh

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
DIGEST = "d" * 64


def allowed(people: int = 1, *anyone_of: str, proven: bool = False) -> PolicyVerdict:
    return PolicyVerdict(allowed=True, reasons=("yes",), approvals=people, approvers=anyone_of, proven=proven)


def yes(approver: str, *steps: str, **said: object) -> Approval:
    given = {"decision": Decision.APPROVE, "digest": DIGEST, "approver": approver, "steps": steps or None, **said}
    return Approval.model_validate(given)


def weighed(offered: dict[str, PolicyVerdict], *approvals: Approval) -> Consent:
    return weigh(offered, approvals, DIGEST, NOW)


def test_one_person_is_enough_where_one_is_asked_for() -> None:
    found = weighed({"1.1": allowed()}, yes("ada"))
    assert (found.is_enough, found.steps, found.wanting) == (True, ("1.1",), ())
    assert found.as_one.approver == "ada"


def test_two_people_are_asked_for_one_after_the_other() -> None:
    first = weighed({"1.1": allowed(2)}, yes("ada"))
    assert not first.is_enough
    assert first.wanting == ("step 1.1: 2 people have to approve; 1 did",)
    second = weighed({"1.1": allowed(2)}, yes("ada"), yes("grace"))
    assert (second.is_enough, second.as_one.approver) == (True, "ada, grace")


@pytest.mark.parametrize("again", ["ada", "ADA", " @Ada ", "\uff21da"])
def test_one_person_counts_once_however_it_is_spelled(again: str) -> None:
    found = weighed({"1.1": allowed(2)}, yes("ada"), yes(again))
    assert not found.is_enough
    assert "who approved already, are one person" in found.refused[0][1]


def test_one_key_is_one_person_whatever_the_name() -> None:
    found = weighed({"1.1": allowed(2)}, yes("ada", credential="ssh SHA256:x"), yes("grace", credential="ssh SHA256:x"))
    assert not found.is_enough
    assert "the same proof" in found.refused[0][1]


def test_what_is_carried_out_is_what_all_agree_on() -> None:
    offered = {"1.1": allowed(2), "1.2": allowed(2), "2.1": allowed(1)}
    found = weighed(offered, yes("ada"), yes("grace", "1.1", "2.1"))
    assert (found.is_enough, found.as_one.steps) == (True, ("1.1", "2.1"))
    assert "1.2" not in found.steps, "grace left it out"


def test_a_step_that_needs_one_waits_for_what_was_approved_with_it() -> None:
    offered = {"1.1": allowed(1), "1.2": allowed(2)}
    assert weighed(offered, yes("ada")).wanting == ("step 1.2: 2 people have to approve; 1 did",)
    assert weighed(offered, yes("ada", "1.1")).is_enough
    assert weighed(offered, yes("ada"), yes("grace", "1.1")).steps == ("1.1",)


@pytest.mark.parametrize(
    ("approval", "why"),
    [
        (yes("grace", digest="e" * 64), "the approval names eeeeeeeeeeee, the plan is dddddddddddd"),
        (yes("grace", "7.7"), "covers steps that are not offered: 7.7"),
        (yes("grace", "1.2"), "it covers none of what ada approved"),
        (yes("mallory", "1.1"), "mallory may not approve this"),
        (yes("", "1.1"), "'' names nobody"),
        (yes("grace", expires_at=NOW - timedelta(seconds=1)), "the approval came too late"),
        (yes("grace", expires_at=NOW, decided_at=NOW + timedelta(seconds=1)), "the approval came too late"),
        (yes("grace", expires_at="2030-01-01T00:00:00"), "has no time zone"),
        (Approval.model_validate({**yes("grace").model_dump(), "steps": ()}), "covers no step"),
    ],
)
def test_what_does_not_count_is_refused_with_its_reason_and_spoils_nothing(approval: Approval, why: str) -> None:
    offered = {"1.1": allowed(2, "ada", "grace", "linus"), "1.2": allowed(2, "ada", "grace", "linus")}
    found = weighed(offered, yes("ada", "1.1"), approval)
    assert why in found.refused[0][1]
    assert not found.is_enough
    assert weighed(offered, yes("ada", "1.1"), approval, yes("linus", "1.1")).as_one.approver == "ada, linus"


def test_what_one_person_said_lapses_at_its_own_time() -> None:
    early = yes("ada", expires_at=NOW + timedelta(minutes=1))
    offered = {"1.1": allowed(2)}
    later = weigh(offered, [early, yes("grace")], DIGEST, NOW + timedelta(minutes=2))
    assert not later.is_enough
    assert [approval.approver for approval in later.approvals] == ["grace"]
    both = weighed(offered, early, yes("grace", expires_at=NOW + timedelta(hours=1)))
    assert both.as_one.expires_at == early.expires_at, "both together count as long as the first to lapse"


def test_a_policy_can_ask_for_proof() -> None:
    offered = {"1.1": allowed(1, "ada", proven=True)}
    assert "nothing proves that this is ada" in weighed(offered, yes("ada")).refused[0][1]
    assert weighed(offered, yes("ada", credential="ssh SHA256:x")).is_enough


def test_nobody_is_not_enough() -> None:
    assert not weighed({"1.1": allowed()}).is_enough
    denied = PolicyVerdict(allowed=False, reasons=("no",))
    assert not weighed({"1.1": denied}, yes("ada")).is_enough
