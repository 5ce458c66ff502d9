"""A baseline: only what is new counts, and what has gone is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster_doctor.cli.main import run
from scan.folders import SHOP, shop_with, told

OLD = ("workloads.yaml", "/ready, port: http", "/ready, port: web")
NEW = ("traffic.yaml", "targetPort: api", "targetPort: web")


@pytest.fixture
def baseline(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """What a scan told when the shop had the old fault."""
    folder = shop_with(tmp_path / "before", OLD)
    assert run(["scan", "--from", str(folder), "--output", "json"]) == 1
    path = tmp_path / "known.json"
    path.write_text(capsys.readouterr().out)
    return str(path)


def test_what_is_known_is_counted_and_not_judged(
    baseline: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(shop_with(tmp_path, OLD))
    assert run(["scan", "--from", folder, "--baseline", baseline]) == 0
    said = capsys.readouterr().out
    assert "No new findings." in said
    assert "1 finding known from the baseline" in said


def test_only_what_is_new_is_told_and_judged(baseline: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(shop_with(tmp_path, OLD, NEW))
    assert run(["scan", "--from", folder, "--baseline", baseline]) == 1
    found = told(capsys, "--from", folder, "--baseline", baseline)
    assert [one["rule"] for one in found["findings"]] == ["service_targets_undeclared_port"]
    assert [one["rule"] for one in found["known"]] == ["probe_asks_undeclared_port"]
    assert found["gone"] == []


def test_what_has_gone_is_said(baseline: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scan", "--from", str(SHOP), "--baseline", baseline]) == 0
    assert "\ngone     Deployment shop/storefront: the readiness probe" in capsys.readouterr().out


def test_what_could_not_be_looked_for_has_not_gone(
    baseline: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n")
    found = told(capsys, "--from", str(other), "--baseline", baseline)
    assert found["gone"] == []
    assert [past["rule"] for past in found["unverified"]] == ["probe_asks_undeclared_port"]
    elsewhere = told(capsys, "--from", str(SHOP), "-n", "prod", "--baseline", baseline)
    assert elsewhere["gone"] == []


def test_a_result_with_a_baseline_can_be_the_next_one(
    baseline: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(shop_with(tmp_path, OLD, NEW))
    run(["scan", "--from", folder, "--baseline", baseline, "--output", "json"])
    following = tmp_path / "next.json"
    following.write_text(capsys.readouterr().out)
    assert run(["scan", "--from", folder, "--baseline", str(following)]) == 0


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"findings": 3}', "not json"])
def test_what_is_no_result_is_refused(content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "known.json"
    path.write_text(content)
    assert run(["scan", "--from", str(SHOP), "--baseline", str(path)]) == 2
    assert "scan --output json" in capsys.readouterr().err
