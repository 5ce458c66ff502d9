"""A cause that a model found is repaired by what the value was before, and never by what the model says."""

from __future__ import annotations

from pathlib import Path

from model_server.server import model_server

import cluster_doctor
from cluster_doctor import Report
from cluster_doctor.domain.model_use import ModelChoice
from cluster_doctor.domain.steps import StepType
from cluster_doctor.rules.example import snapshot_of

from . import actors
from .incidents import NEVER_READY

TOLD = "deployment ledger is not ready"


def found(home: Path, text: str = NEVER_READY) -> Report:
    with model_server(actors.honest) as server:
        choice = ModelChoice(name="openai:scripted", url=server.url)
        return cluster_doctor.diagnose(
            "deployment ledger is not ready", source=snapshot_of(text), home=home, model=choice
        )


def test_the_variable_gets_its_earlier_value(tmp_path: Path) -> None:
    report = found(tmp_path)
    assert report.remediation
    (plan,) = report.remediation.plans
    (step,) = [step for step in plan.steps if step.type]
    assert step.type is StepType.PATCH_ENV
    (edit,) = step.edits
    assert (edit.was, edit.becomes) == ("eu-wset-1", "eu-west-1")
    assert edit.path[-2:] == ("[name=REGION]", "value")
    assert report.remediation.outcome
    assert report.remediation.outcome.decision.value == "decline", "nobody was asked, and nothing was done"


def test_what_is_no_root_cause_is_not_repaired(tmp_path: Path) -> None:
    report = found(tmp_path, NEVER_READY.replace("not serving yet: no shard map for region", "serving from"))
    assert not report.root_causes
    assert report.remediation is None
