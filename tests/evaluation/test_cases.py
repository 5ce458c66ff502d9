"""An organisation's own incidents as a test of the engine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cluster_doctor.domain.errors import UnreadableInput
from cluster_doctor.evaluation.cases import evaluate
from cluster_doctor.evaluation.score import summarise

BROKEN = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {replicas: 1, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}}}
status: {replicas: 1}
---
apiVersion: v1
kind: Pod
metadata:
  name: web-0
  namespace: shop
  labels: {app: web}
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]
spec: {nodeName: n1, containers: [{name: app, image: "registry.example.com/web:9"}]}
status:
  phase: Pending
  containerStatuses:
  - name: app
    ready: false
    state: {waiting: {reason: ErrImagePull, message: "registry.example.com/web:9: not found"}}
"""
WELL = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: shop}}"


def _case(folder: Path, recording: str, expected: str) -> None:
    folder.mkdir(parents=True)
    (folder / "objects.yaml").write_text(recording)
    (folder / "expected.yaml").write_text(expected)


def test_right_wrong_and_healthy_cases_are_told_apart(tmp_path: Path) -> None:
    _case(tmp_path / "right", BROKEN, "{root_cause: image_does_not_exist, object: app/web}")
    _case(tmp_path / "wrong", BROKEN, "{root_cause: image_pull_is_denied, object: app/web}")
    _case(tmp_path / "quiet", WELL, "healthy: true")
    _case(tmp_path / "loud", BROKEN, "healthy: true")
    results = {result.case: result for result in evaluate(tmp_path)}
    assert {case: result.hit(1) for case, result in results.items()} == {
        "right": True, "wrong": False, "quiet": True, "loud": False,
    }  # fmt: skip
    summary = summarise(list(results.values())).summary
    assert (summary.top1, summary.false_alarms, summary.healthy_cases) == (0.5, 1, 2)


def test_the_expectation_is_read_after_the_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _case(tmp_path / "case", BROKEN, "healthy: true")
    opened: list[str] = []
    read = Path.read_text

    def watched(self: Path, *arguments: str, **named: str) -> str:
        opened.append(self.name)
        return read(self, *arguments, **named)

    monkeypatch.setattr(Path, "read_text", watched)
    monkeypatch.setattr(
        "cluster_doctor.evaluation.cases.diagnose",
        lambda *_: pytest.fail("expected.yaml was read first") if "expected.yaml" in opened else _Nothing(),
    )
    list(evaluate(tmp_path))
    assert opened[-1] == "expected.yaml"


class _Nothing:
    root_causes = ()


@pytest.mark.parametrize("expected", ["{root_cause: x}", "{healthy: true, root_cause: x, object: y}", "- 1", "a: ["])
def test_an_expectation_that_makes_no_sense_is_refused_with_its_file(tmp_path: Path, expected: str) -> None:
    _case(tmp_path / "case", WELL, expected)
    with pytest.raises(UnreadableInput, match=r"expected\.yaml"):
        list(evaluate(tmp_path))


def test_a_case_with_two_recordings_is_refused(tmp_path: Path) -> None:
    _case(tmp_path / "case", WELL, "healthy: true")
    (tmp_path / "case" / "more.yaml").write_text(json.dumps({"kind": "Pod"}))
    with pytest.raises(UnreadableInput, match=r"more\.yaml"):
        list(evaluate(tmp_path))
