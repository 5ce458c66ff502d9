"""An organisation's own incidents as a test of the engine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cluster_doctor.evaluation.cases import evaluate
from cluster_doctor.evaluation.score import summarise
from cluster_doctor.rules.engine import check_all
from cluster_doctor.sources.protocol import Scope
from cluster_doctor.sources.recognise import open_recorded

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
        lambda *_, **__: pytest.fail("expected.yaml was read first") if "expected.yaml" in opened else _Nothing(),
    )
    list(evaluate(tmp_path))
    assert opened[-1] == "expected.yaml"


class _Nothing:
    root_causes = ()


@pytest.mark.parametrize(
    "expected",
    ["{root_cause: x}", "{healthy: true, root_cause: x, object: y}", "{healthy: false}", "{status: Fine}", "- 1",
     "a: [", "{expected: {}}", "{expected: 3}", "{expected: {expectations: [{nobody: x}]}}"],
)  # fmt: skip
def test_an_expectation_that_makes_no_sense_is_told_and_missed(tmp_path: Path, expected: str) -> None:
    _case(tmp_path / "case", WELL, expected)
    _case(tmp_path / "next", WELL, "healthy: true")
    told: list[str] = []
    bad, good = evaluate(tmp_path, told.append)
    assert "expected.yaml" in bad.error
    assert any("expected.yaml" in line for line in told)
    assert (bad.hit(1), good.hit(1)) == (False, True)


def test_a_case_with_two_recordings_or_none_is_told_and_missed(tmp_path: Path) -> None:
    _case(tmp_path / "many", WELL, "healthy: true")
    (tmp_path / "many" / "more.yaml").write_text(json.dumps({"kind": "Pod"}))
    _case(tmp_path / "none", WELL, "healthy: true")
    (tmp_path / "none" / "objects.yaml").unlink()
    results = list(evaluate(tmp_path))
    assert ["more.yaml" in result.error for result in results] == [True, False]
    assert "nothing" in results[1].error
    scores = summarise(results).summary.per_source
    assert {source: (score.found, score.missed) for source, score in scores.items()} == {"many": (0, 1), "none": (0, 1)}


def test_a_recording_that_cannot_be_read_is_told_and_missed(tmp_path: Path) -> None:
    _case(tmp_path / "case", "just words", "healthy: true")
    (result,) = evaluate(tmp_path)
    assert result.error
    assert not result.hit(1)


WIDGET = "{apiVersion: example.dev/v1, kind: Widget, metadata: {name: w}, status: {phase: Failed}}"


@pytest.mark.parametrize(
    ("recording", "expected", "right"),
    [
        (WIDGET, "{status: Degraded}", True),
        (WIDGET, "{status: Degraded, message: anything, source: somewhere}", True),
        (WIDGET, "{status: Healthy}", False),
        (WIDGET, "{status: Degraded, object: Widget/w}", True),
        (WIDGET, "{status: Degraded, object: Widget/other}", False),
        (f"{WELL}\n---\n{WIDGET}", "{status: Degraded}", True),
        ("{apiVersion: example.dev/v1, kind: Widget, status: {phase: Ready}}", "{status: Healthy}", True),
        ("[{apiVersion: example.dev/v1}]", "{status: Healthy}", False),
    ],
)
def test_an_object_is_scored_by_how_it_is_doing(tmp_path: Path, recording: str, expected: str, right: bool) -> None:  # noqa: FBT001
    _case(tmp_path / "case", recording, expected)
    (result,) = evaluate(tmp_path)
    assert result.hit(1) is right


@pytest.mark.parametrize(
    ("recording", "expected", "right"),
    [
        (BROKEN, "{expected: {result_names: [shop/web]}, namespace_scope: shop}", True),
        (BROKEN, "{expected: {result_names: [shop/web-0/app, shop/web]}}", True),
        (BROKEN, "{expected: {result_names: [shop/web, shop/other]}}", False),
        (BROKEN, "{expected: {result_count: 1}}", True),
        (BROKEN, "{expected: {result_count: 0}}", False),
        (BROKEN, "{expected: {result_count: 0}, namespace_scope: elsewhere}", True),
        (BROKEN, "{expected: {expectations: [{name: shop/web, failuresCount: 2}]}}", True),
        (BROKEN, "{expected: {expectations: [shop/nobody]}}", False),
        (BROKEN, "{expected: {expectations: []}}", False),
        (BROKEN, "{expected: {expectedIssues: [the image does not exist]}}", True),
        (WELL, "{expected: {expectations: []}}", True),
        (WELL, "{expected: {result_count: 2}}", False),
    ],
)
def test_what_has_to_be_reported_is_scored_by_name_or_by_whether_there_is_any(
    tmp_path: Path,
    recording: str,
    expected: str,
    right: bool,  # noqa: FBT001
) -> None:
    _case(tmp_path / "case", recording, expected)
    (result,) = evaluate(tmp_path)
    assert result.hit(1) is right


LONELY = """
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec: {ingressClassName: nginx, defaultBackend: {service: {name: web, port: {number: 80}}}}
"""
CALLED = """
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: checks, namespace: shop}
webhooks:
- name: one.example.com
  clientConfig: {service: {name: gone, namespace: shop}}
- name: two.example.com
  clientConfig: {url: "https://elsewhere.example.com"}
"""
TRUSTING = """
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec: {volumes: [{name: ca, configMap: {name: kube-root-ca.crt}}], containers: [{name: app}]}
"""


@pytest.mark.parametrize(
    ("recording", "expected", "right"),
    [
        (LONELY, "{expected: {result_names: [shop/web]}}", True),
        (LONELY, "{root_cause: ingress_backend_does_not_exist, object: app/web}", True),
        (CALLED, "{expected: {result_names: [checks]}, namespace_scope: other}", True),
        (CALLED, "{expected: {result_names: [one.example.com]}, namespace_scope: other}", True),
        (CALLED, "{expected: {result_names: [two.example.com]}}", False),
        (TRUSTING, "{expected: {result_count: 0}}", True),
    ],
)
def test_plain_objects_are_the_whole_of_their_cluster(
    tmp_path: Path,
    recording: str,
    expected: str,
    right: bool,  # noqa: FBT001
) -> None:
    _case(tmp_path / "case", recording, expected)
    (result,) = evaluate(tmp_path)
    assert result.hit(1) is right


def test_outside_of_the_suite_the_same_objects_prove_no_absence(tmp_path: Path) -> None:
    (tmp_path / "objects.yaml").write_text(LONELY)
    cluster = open_recorded(tmp_path / "objects.yaml").collect(Scope())
    assert not cluster.covers("IngressClass")
    assert not check_all(cluster).findings


def test_scores_are_told_apart_by_source(tmp_path: Path) -> None:
    _case(tmp_path / "theirs" / "a", WIDGET, "{status: Degraded}")
    _case(tmp_path / "theirs" / "b", WIDGET, "{status: Healthy}")
    _case(tmp_path / "ours" / "a", BROKEN, "healthy: true")
    _case(tmp_path / "ours" / "b", WELL, "healthy: true")
    summary = summarise(list(evaluate(tmp_path))).summary
    assert {name: score.model_dump() for name, score in summary.per_source.items()} == {
        "ours": {"cases": 2, "found": 1, "missed": 0, "false_alarms": 1},
        "theirs": {"cases": 2, "found": 1, "missed": 1, "false_alarms": 0},
    }
    assert summary.calibration == (), "a status is no probability"
