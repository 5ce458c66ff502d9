"""What a scan tells of what is coming up, and when it counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema
import orjson
import pytest

from cluster_doctor.cli.main import run
from cluster_doctor.reports.scan.output import ScanOutput
from scan.folders import told

SCHEMA = Path(__file__).parents[2] / "docs" / "scan.schema.json"


def cluster(folder: Path, days: int) -> str:
    """A well cluster, as somebody saved it: one Pod behind a Service, and a certificate that ends in some days."""
    now = datetime.now(UTC)
    seen = {"creationTimestamp": now.isoformat()}
    metadata = {"namespace": "shop", **seen}
    running = {"name": "web", "ready": True, "restartCount": 0, "state": {"running": {}}}
    certificate = {
        "subject": "CN=shop",
        "not_before": (now - timedelta(days=300)).isoformat(),
        "not_after": (now + timedelta(days=days)).isoformat(),
    }
    objects = [
        {
            "apiVersion": "v1", "kind": "Secret", "metadata": {**metadata, "name": "tls"}, "type": "kubernetes.io/tls",
            "keys": ["tls.crt"], "facts": {"tls.crt": certificate},
        },
        {
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {**metadata, "name": "web"},
            "spec": {
                "replicas": 1, "selector": {"matchLabels": {"app": "web"}},
                "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "web"}]}},
            },
            "status": {"replicas": 1, "readyReplicas": 1, "updatedReplicas": 1, "availableReplicas": 1},
        },
        {
            "apiVersion": "v1", "kind": "Service", "metadata": {**metadata, "name": "web"},
            "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]},
        },
        {
            "apiVersion": "v1", "kind": "Pod", "metadata": {**metadata, "name": "web", "labels": {"app": "web"}},
            "spec": {"nodeName": "n1", "containers": [{"name": "web", "image": "web"}]},
            "status": {
                "phase": "Running", "podIP": "10.0.0.1", "containerStatuses": [running],
                "conditions": [{"type": "Ready", "status": "True"}],
            },
        },
        {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1", **seen},
         "status": {"conditions": [{"type": "Ready", "status": "True"}]}},
    ]  # fmt: skip
    path = folder / "cluster.json"
    path.write_bytes(orjson.dumps({"apiVersion": "v1", "kind": "List", "items": objects}))
    return str(path)


@pytest.mark.parametrize("form", list(ScanOutput))
def test_a_prediction_counts_when_it_is_due_within_a_week(
    form: ScanOutput, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["scan", "--from", cluster(tmp_path, days=20), "-o", form]) == 0
    far = capsys.readouterr().out
    assert run(["scan", "--from", cluster(tmp_path, days=5), "-o", form]) == 1
    near = capsys.readouterr().out
    assert run(["scan", "--from", cluster(tmp_path, days=5), "-o", form, "--fail-on", "critical"]) == 0
    for shown in (far, near):
        assert "certificate_will_expire" in shown or "certificate\\_will\\_expire" in shown
        assert "UTC leaves" in shown, "the arithmetic stands beside it"


def test_a_prediction_stands_apart_from_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, "--from", cluster(tmp_path, days=20))
    jsonschema.validate(found, orjson.loads(SCHEMA.read_bytes()))
    assert found["findings"] == []
    (coming,) = found["predictions"]
    assert (coming["stage"], coming["near"], coming["root_cause"]) == ("prediction", False, False)


def test_a_prediction_can_be_known_and_suppressed_like_a_finding(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = cluster(tmp_path, days=5)
    known = tmp_path / "known.json"
    known.write_bytes(orjson.dumps(told(capsys, "--from", saved)))
    again = told(capsys, "--from", saved, "--baseline", str(known))
    assert (again["verdict"], again["predictions"], len(again["known"])) == ("clear", [], 1)
    decisions = tmp_path / "decisions.yaml"
    decisions.write_text("suppressions:\n- {rule: 'certificate_*', owner: a, reason: b, expires: 2999-12-31}\n")
    hidden = told(capsys, "--from", saved, "--suppressions", str(decisions))
    assert (hidden["verdict"], hidden["predictions"], len(hidden["suppressed"])) == ("clear", [], 1)


def test_single_points_of_failure_are_told_on_request_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved = cluster(tmp_path, days=200)
    silent = told(capsys, "--from", saved)
    assert (silent["findings"], silent["predictions"]) == ([], [])
    (found,) = told(capsys, "--from", saved, "--single-points")["findings"]
    assert (found["rule"], found["stage"]) == ("workload_is_a_single_point_of_failure", "risk")
    assert found["subject"]["name"] == "web"
