"""Suppressions: by whom, why and until when, or not at all."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cluster_doctor.cli.main import run
from cluster_doctor.scanning.suppressions import read_suppressions
from scan.folders import SHOP, shop_with, told

TODAY = datetime.now(UTC).date()
FAULT = ("workloads.yaml", "/ready, port: http", "/ready, port: web")
OTHER = ("scaling.yaml", "minAvailable: 50%", "minAvailable: 2")


@pytest.fixture
def broken(tmp_path: Path) -> str:
    return str(shop_with(tmp_path, FAULT, OTHER))


def decided(folder: Path, *entries: str, until: object = "2999-12-31") -> str:
    """Write a file of suppressions; each entry gets an owner, a reason and a day."""
    path = folder / "decisions.yaml"
    common = f", owner: team-shop, reason: 'known, see the runbook', expires: {until}}}\n"
    path.write_text("suppressions:\n" + "".join(f"- {entry.removesuffix('}')}{common}" for entry in entries))
    return str(path)


@pytest.mark.parametrize(
    "entry",
    [
        "{rule: probe_asks_undeclared_port}",
        "{rule: 'probe_*'}",
        "{object: {kind: Deployment, namespace: shop, name: 'store*'}}",
        "{rule: probe_asks_undeclared_port, object: {namespace: shop}}",
    ],
)
def test_a_suppressed_finding_is_counted_and_not_judged(
    entry: str, broken: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = decided(tmp_path, entry)
    assert run(["scan", "--from", broken, "--suppressions", file]) == 0
    assert "1 finding suppressed" in capsys.readouterr().out
    found = told(capsys, "--from", broken, "--suppressions", file)
    assert [one["rule"] for one in found["findings"]] == ["disruption_budget_blocks_every_eviction"]
    (hidden,) = found["suppressed"]
    assert hidden["rule"] == "probe_asks_undeclared_port"
    assert hidden["suppression"]["owner"] == "team-shop"


def test_a_fingerprint_means_one_finding(broken: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = told(capsys, "--from", broken)["findings"][0]
    file = decided(tmp_path, f"{{fingerprint: {first['fingerprint']}}}")
    found = told(capsys, "--from", broken, "--suppressions", file)
    assert [one["fingerprint"] for one in found["suppressed"]] == [first["fingerprint"]]


@pytest.mark.parametrize(
    "entry",
    ["{rule: probe_asks}", "{rule: probe_asks_undeclared_port, object: {namespace: prod}}", "{object: {name: store}}"],
)
def test_an_entry_that_means_something_else_suppresses_nothing_and_is_named(
    entry: str, broken: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = decided(tmp_path, entry)
    assert run(["scan", "--from", broken, "--suppressions", file]) == 1
    assert "suppression matches nothing: " in capsys.readouterr().out
    assert len(told(capsys, "--from", broken, "--suppressions", file)["suppressions_unused"]) == 1


def test_an_entry_holds_through_its_last_day(broken: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    entry = "{rule: probe_asks_undeclared_port}"
    assert run(["scan", "--from", broken, "--suppressions", decided(tmp_path, entry, until=TODAY)]) == 0
    yesterday = TODAY - timedelta(days=1)
    assert run(["scan", "--from", broken, "--suppressions", decided(tmp_path, entry, until=yesterday)]) == 1
    said = capsys.readouterr().out
    assert "suppression has expired and no longer holds: probe_asks_undeclared_port (line 2, owner team-shop" in said


def test_the_working_directory_s_file_is_read_by_itself(
    broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path(decided(tmp_path, "{rule: 'probe_*'}")).rename(tmp_path / ".cluster-doctor.yaml")
    assert run(["scan", "--from", broken]) == 1
    monkeypatch.chdir(tmp_path)
    assert run(["scan", "--from", broken]) == 0


COMPLETE = "owner: a, reason: b, expires: 2999-12-31"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("suppressions:\n- {rule: a, reason: b, expires: 2999-12-31}\n", "line 2: an entry lacks owner"),
        ("suppressions:\n- {rule: a}\n", "line 2: an entry lacks owner, reason, expires"),
        (f"suppressions:\n\n- {{{COMPLETE}}}\n", "line 3: an entry names neither rule nor fingerprint nor object"),
        (f"suppressions:\n- {{object: {{}}, {COMPLETE}}}\n", "line 2: object names neither kind"),
        ("suppressions:\n- rule: a\n  owner: a\n  reason: b\n  expires: soon\n", "line 5: 'soon' is no date"),
        ("suppressions:\n- rule: a\n  owner:\n  reason: b\n  expires: 2999-12-31\n", "line 3: owner is empty"),
        (f"suppressions:\n- {{rules: a, {COMPLETE}}}\n", "line 2: 'rules' is unknown here"),
        (f"suppressions:\n- {{rule: a, rule: b, {COMPLETE}}}\n", "line 2: rule is given twice"),
        (f"suppressions:\n- {{rule: [a], {COMPLETE}}}\n", "line 2: rule is empty, or no plain text"),
        ("supressions: []\n", "line 1: 'supressions' is unknown here"),
        ("suppressions: {}\n", "line 1: suppressions is no list"),
        ("- rule: a\n", "line 1: this should be a mapping"),
        ("suppressions: [\n", "is no valid YAML"),
        ("a: &a [*a", "is no valid YAML"),
        ("[" * 100_000, "nests more than"),
    ],
)
def test_a_file_that_is_off_is_refused_with_its_line(
    content: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "decisions.yaml"
    path.write_text(content)
    assert run(["scan", "--from", str(SHOP), "--suppressions", str(path)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert "owner, reason and expires" in err or "Correct it" in err


@pytest.mark.parametrize("content", ["", "# nothing yet\n", "suppressions:\n", "suppressions: []\n"])
def test_an_empty_file_suppresses_nothing(content: str, broken: str, tmp_path: Path) -> None:
    path = tmp_path / "decisions.yaml"
    path.write_text(content)
    assert run(["scan", "--from", broken, "--suppressions", str(path)]) == 1


def test_a_file_that_is_named_must_be_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scan", "--from", str(SHOP), "--suppressions", "/nowhere.yaml"]) == 2
    assert "could not read /nowhere.yaml" in capsys.readouterr().err


def test_the_readme_s_example_is_read(tmp_path: Path) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```yaml\n(suppressions:.*?)^```", readme, re.MULTILINE | re.DOTALL)
    path = tmp_path / "decisions.yaml"
    path.write_text(example)
    (entry,) = read_suppressions(path)
    assert (entry.kind, entry.owner, entry.line) == ("PodDisruptionBudget", "team-shop", 2)
