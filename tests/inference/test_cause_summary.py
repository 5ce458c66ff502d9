"""A root cause in the form of postmortems: nothing in it is made up."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import orjson
import pytest

from cluster_doctor import diagnose
from cluster_doctor.cli.main import run
from cluster_doctor.inference.cause_summary import summarise
from cluster_doctor.reports.as_json import render_json
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.rules.rule_set import OURS

ROOT = Path(__file__).parents[2]
SCHEMA = orjson.loads((ROOT / "docs" / "summary.schema.json").read_bytes())
RECORDED = str(ROOT / "notebooks" / "incidents" / "checkout.cds")
HEALTHY = """
kind: Pod
metadata: {name: web-0}
spec: {containers: [{name: web, image: nginx}]}
status: {phase: Running, podIP: 10.0.0.1, conditions: [{type: Ready, status: "True"}]}
"""

ALONE = """
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: nginx, envFrom: [{configMapRef: {name: gone}}]}]}
status: {replicas: 1, unavailableReplicas: 1}
---
kind: Pod
metadata:
  name: web-0
  labels: {app: web}
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]
spec: {containers: [{name: web, image: nginx, envFrom: [{configMapRef: {name: gone}}]}]}
status: {phase: Pending, conditions: [{type: Ready, status: "False"}]}
"""


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTER_DOCTOR_HOME", str(tmp_path / "home"))


def test_the_command_writes_it_and_the_run_shows_it_again(capsys: pytest.CaptureFixture[str]) -> None:
    question = ["diagnose", "checkout in shop is crash looping", "--from", RECORDED, "--output", "summary-json"]
    assert run(question) == 0
    told = capsys.readouterr().out
    summary = orjson.loads(told)
    jsonschema.validate(summary, SCHEMA)
    assert summary["root_cause"].startswith("Deployment shop/payments: ConfigMap payments lacks key gateway-url")
    assert any("revision 2 changes" in factor for factor in summary["contributing_factors"])
    assert run(["runs", "show", summary["run_id"], "--output", "summary-json"]) == 0
    assert capsys.readouterr().out == told


def test_all_of_it_stands_in_the_report_or_in_the_documentation_of_rules() -> None:
    report = diagnose("checkout in shop is crash looping", source=RECORDED)
    summary = summarise(report)
    cause = report.root_causes[0]
    assert summary.evidence == tuple(fact.id for fact in cause.evidence)
    assert summary.prevention == (cause.remedy,)
    rule = OURS.named(cause.rule)
    assert rule is not None
    assert cause.remedy == rule.doc.remedy
    written = orjson.loads(render_json(report))["remediation"]["plans"][0]["steps"]
    assert len(summary.fix_steps) == len(written)
    assert all(step["instruction"] in told for step, told in zip(written, summary.fix_steps, strict=True))


def test_where_there_is_no_plan_the_advice_of_the_rule_is_the_fix_and_is_not_told_twice() -> None:
    report = diagnose("checkout in shop is crash looping", source=RECORDED).model_copy(update={"remediation": None})
    summary = summarise(report)
    assert summary.fix_steps == (report.root_causes[0].remedy,)
    assert summary.prevention == ()


def test_without_a_root_cause_there_is_none() -> None:
    summary = summarise(diagnose(source=snapshot_of(HEALTHY)))
    assert (summary.root_cause, summary.status.value) == (None, "healthy")
    assert not summary.contributing_factors + summary.fix_steps + summary.prevention
    jsonschema.validate(summary.model_dump(mode="json"), SCHEMA)


def test_a_risk_at_the_same_objects_is_something_to_prevent() -> None:
    cluster = snapshot_of(ALONE)
    report = diagnose(source=cluster)
    told, plain = summarise(report, cluster), summarise(report)
    rule = OURS.named("workload_is_a_single_point_of_failure")
    assert rule is not None
    (risk,) = set(told.prevention) - set(plain.prevention)
    assert risk.endswith(rule.doc.remedy)
    assert told.model_copy(update={"prevention": plain.prevention}) == plain
