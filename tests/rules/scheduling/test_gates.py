"""Pods behind a scheduling gate, and the scheduler that may not look at them."""

from __future__ import annotations

import pytest

from cluster_doctor.rules.engine import check_all
from cluster_doctor.rules.example import snapshot_of
from rules.causes import causes_of

POD = """
kind: Pod
metadata: {name: web-0, creationTimestamp: '2026-01-01T11:00:00Z'}
spec: SPEC
status: {phase: Pending, conditions: [CONDITION]}
---
{kind: Node, metadata: {name: n1}, status: {conditions: [{type: Ready, status: 'True'}]}}
"""
MARKED = "{type: PodScheduled, status: 'False', reason: SchedulingGated}"
GATED, OPEN = "{schedulingGates: [{name: example.com/quota}], containers: [{name: app}]}", "{containers: [{name: app}]}"


@pytest.mark.parametrize(
    ("spec", "condition", "rule"),
    [(GATED, MARKED, "pod_is_gated"), (OPEN, MARKED, "pod_is_gated"), (GATED, "", "pod_is_gated"),
     (OPEN, "", "scheduler_is_down")],
    ids=["both", "the gate's name was not recorded", "the mark was not recorded", "neither"],
)  # fmt: skip
def test_a_gated_pod_is_no_sign_of_a_silent_scheduler(spec: str, condition: str, rule: str) -> None:
    assert [found for found, _ in causes_of(POD.replace("SPEC", spec).replace("CONDITION", condition))] == [rule]


def test_a_gate_that_has_just_been_set_is_no_symptom() -> None:
    young = POD.replace("11:00:00", "11:58:00").replace("SPEC", GATED).replace("CONDITION", MARKED)
    assert not check_all(snapshot_of(young)).findings
