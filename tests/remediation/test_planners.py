"""What planners say about themselves is what they do."""

from __future__ import annotations

import pytest
from planning import planned

from cluster_doctor.remediation.planner import repair_of
from cluster_doctor.remediation.policy.shapes import misfits
from cluster_doctor.rules.catalogue import all_rules
from cluster_doctor.rules.protocol import Rule

REPAIRED = [rule for rule in all_rules() if repair_of(rule.name)]


@pytest.mark.parametrize("rule", REPAIRED, ids=[rule.name for rule in REPAIRED])
def test_a_plan_has_the_steps_that_are_documented_and_each_fits_its_type(rule: Rule) -> None:
    _, plan = planned(rule.name, rule.doc.fires_on)
    main, _, beside = repair_of(rule.name).partition("beside a person's step ")
    allowed = beside.split(", ")
    assert {str(step.type) for step in plan.steps if step.type} <= set(main.rstrip("; ").split(", then "))
    assert {str(step.type) for step in plan.alternatives if step.type} <= {*allowed, "roll_back"}
    assert not [words for step in (*plan.steps, *plan.alternatives) if step.type for words in misfits(step)]


def test_a_rule_of_which_only_a_person_knows_the_remedy_names_no_step() -> None:
    assert repair_of("secret_lacks_key") == ""
    assert repair_of("there_is_no_such_rule") == ""
