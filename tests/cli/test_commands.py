"""The command line, as a person and a build would use it."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import orjson
import pytest

from cluster_doctor.cli import main as command_line
from cluster_doctor.cli.main import run
from cluster_doctor.rules.catalogue import all_rules
from cluster_doctor.workflow.runs import Runs

OBJECTS = """
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: SELECTED}, ports: [{port: 80}]}}
- {apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: web}, spec: {replicas: 0}}
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: web}
  spec:
    template:
      metadata: {labels: {app: website}}
      spec: {containers: [{name: web, image: nginx, ports: [{containerPort: 80}]}]}
- apiVersion: v1
  kind: Pod
  metadata: {name: web-0, labels: {app: website}}
  spec: {containers: [{name: web, image: nginx, ports: [{containerPort: 80}]}]}
  status: {phase: Running, conditions: [{type: Ready, status: "True"}]}
"""
COMMAND = [sys.executable, "-c", "from cluster_doctor.cli.main import main; main()"]
DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLUSTER_DOCTOR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NO_COLOR", "1")
    return tmp_path / "home"


@pytest.fixture
def broken(tmp_path: Path) -> str:
    path = tmp_path / "broken.yaml"
    path.write_text(OBJECTS.replace("SELECTED", "web"))
    return str(path)


@pytest.fixture
def healthy(tmp_path: Path) -> str:
    path = tmp_path / "healthy.yaml"
    path.write_text(OBJECTS.replace("SELECTED", "website"))
    return str(path)


def test_standard_output_carries_the_report_alone(broken: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["diagnose", "svc web in default is down", "--from", broken, "--output", "json"]) == 0
    out, err = capsys.readouterr()
    report = orjson.loads(out)
    jsonschema.validate(report, orjson.loads((DOCS / "report.schema.json").read_bytes()))
    assert report["status"] == "resolved"
    assert report["root_causes"][0]["rule"] == "service_selects_no_pods"
    assert report["remediation"]["outcome"]["decision"] == "decline", "without a terminal nobody approves"
    assert "· looking for root causes" in err


@pytest.mark.parametrize(
    ("form", "begins"), [("text", "RESOLVED [P2]"), ("markdown", "# Resolved"), ("html", "<!doctype html>")]
)
def test_every_form_of_the_report_can_be_asked_for(
    form: str, begins: str, broken: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["diagnose", "--from", broken, "-o", form]) == 0
    assert capsys.readouterr().out.startswith(begins)


def test_standard_input_is_read_once_and_kept_for_the_run(
    broken: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    content = Path(broken).read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert run(["diagnose", "--from", "-", "-o", "json"]) == 0
    run_id = orjson.loads(capsys.readouterr().out)["run_id"]
    assert run(["runs", "replay", run_id]) == 0
    assert f"Same result as run {run_id}." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["diagnose", "--from", "nowhere"], 2, "there is no nowhere"),
        (["diagnose", "--from", "BROKEN", "--context", "c"], 2, "Give one of them"),
        (["diagnose", "--format", "objects"], 2, "--from is missing"),
        (["diagnose", "--from", "BROKEN", "--format", "fax"], 2, "no recorded form 'fax'"),
        (["diagnose", "--from", "BROKEN", "--output", "fax"], 2, "fax"),
        (["diagnose", "--nonsense"], 2, "No such option"),
        (["scan", "--from", "BROKEN", "--fail-on", "awful"], 2, "unknown severity 'awful'"),
        (["scan", "-A", "-n", "shop", "--from", "BROKEN"], 2, "Give one of them"),
        (["record", "-o", "/nowhere/at/all", "--from", "BROKEN"], 2, "there is no folder"),
        (["runs", "show", "nope"], 2, "there is no run 'nope'"),
        (["runs", "resume", "nope"], 2, "`cluster-doctor runs list`"),
        (["explain", "service_selects_no_pod"], 2, "Did you mean service_selects_no_pods"),
        (["evaluate", "/nowhere"], 2, "there is no folder /nowhere"),
        (["diagnose", "--kubeconfig", "/nowhere/config"], 3, "/nowhere/config"),
    ],
)
def test_errors_say_what_to_do_and_show_no_traceback(
    words: list[str], code: int, said: str, broken: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([broken if word == "BROKEN" else word for word in words]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert "Traceback" not in err


def test_the_unexpected_goes_to_a_file_and_a_sentence(
    broken: str, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def surprise(*_: object) -> None:
        msg = "who would have thought\x1b[31m"
        raise ZeroDivisionError(msg)

    monkeypatch.setattr(Runs, "begin", surprise)
    assert run(["diagnose", "--from", broken]) == command_line.BROKEN
    err = capsys.readouterr().err
    (log,) = (home / "logs").iterdir()
    assert str(log) in err
    assert "Traceback" not in err
    assert "\x1b" not in err
    assert "Traceback" in log.read_text()


def test_control_c_says_how_to_go_on(
    broken: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(self: Runs, *_: object, **__: object) -> None:
        self.current = "20260101-000000-abcdef"
        raise KeyboardInterrupt

    monkeypatch.setattr(Runs, "begin", interrupt)
    assert run(["diagnose", "--from", broken]) == command_line.INTERRUPTED
    assert "cluster-doctor runs resume 20260101-000000-abcdef" in capsys.readouterr().err


def test_scan_exits_by_what_it_found(
    broken: str, healthy: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["scan", "--from", broken]) == 1
    assert capsys.readouterr().out.startswith("ERROR    Service default/web: ")
    assert run(["scan", "--from", broken, "--fail-on", "critical"]) == 0
    assert run(["scan", "--from", healthy]) == 0
    capsys.readouterr()
    blind = tmp_path / "blind.yaml"
    blind.write_text("{apiVersion: v1, kind: Namespace, metadata: {name: shop, uid: n1}, status: {phase: Active}}")
    assert run(["scan", "--from", str(blind)]) == 3
    assert "Too little could be seen" in capsys.readouterr().err


def test_scan_speaks_to_the_tools_of_a_build(broken: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scan", "--from", broken, "-o", "json"]) == 1
    first = orjson.loads(capsys.readouterr().out)["findings"][0]
    assert (first["rule"], first["root_cause"]) == ("service_selects_no_pods", True)
    assert run(["scan", "--from", broken, "-o", "sarif"]) == 1
    (sarif,) = orjson.loads(capsys.readouterr().out)["runs"]
    assert sarif["results"][0]["level"] == "error"
    assert sarif["results"][0]["partialFingerprints"] == {"clusterDoctor/v1": first["fingerprint"]}
    assert run(["scan", "--from", broken, "-o", "junit"]) == 1
    suite = ET.fromstring(capsys.readouterr().out)  # noqa: S314 - our own output
    assert suite.get("failures") == str(len(suite.findall("testcase/failure")))


def test_a_recording_gives_the_same_report(broken: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "incident.cds"
    assert run(["record", "--from", broken, "-o", str(file)]) == 0
    assert capsys.readouterr().out == ""
    reports = []
    for source in (broken, str(file)):
        assert run(["diagnose", "--from", source, "-o", "json"]) == 0
        reports.append(orjson.loads(capsys.readouterr().out) | {"run_id": ""})
    assert reports[0] == reports[1]


def test_the_history_can_be_looked_at(broken: str, healthy: str, capsys: pytest.CaptureFixture[str]) -> None:
    ids = []
    for source in (broken, healthy):
        assert run(["diagnose", "svc web", "--from", source, "-o", "json"]) == 0
        ids.append(orjson.loads(capsys.readouterr().out)["run_id"])
    assert run(["runs", "list"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert {line.split()[0] for line in listed} == set(ids)
    assert run(["runs", "show", ids[0]]) == 0
    shown = capsys.readouterr().out
    for node in ("collect", "verify", "diagnose", "triage", "plan", "approve", "confirm"):
        assert f"  {node} " in shown
    assert "spec.selector" in shown
    assert run(["runs", "resume", ids[0], "-o", "json"]) == 0
    assert orjson.loads(capsys.readouterr().out)["run_id"] == ids[0]
    assert run(["runs", "diff", *ids]) == 0
    assert "- cause: Service default/web" in capsys.readouterr().out
    assert run(["runs", "diff", ids[0], ids[0]]) == 0
    assert capsys.readouterr().out == "No difference.\n"


def test_the_help_teaches_by_examples(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("diagnose", "scan", "record", "evaluate", "rules", "explain"):
        assert run([command, "--help"]) == 0
        out = capsys.readouterr().out
        assert "Example" in out
        assert "\n    cluster-doctor " in out or "\n    kubectl " in out


def test_rules_and_their_explanations_come_from_the_docstrings(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules"]) == 0
    listed = capsys.readouterr().out
    assert all(f"  {rule.name}  [" in listed for rule in all_rules())
    assert run(["explain", "service-selects-no-pods"]) == 0
    explained = capsys.readouterr().out
    for part in ("Why it matters:", "Remedy:", "Fires on:", "Stays quiet on:", "https://kubernetes.io/"):
        assert part in explained


@pytest.mark.parametrize(("typed", "decision"), [(b"y\n", "Approved by"), (b"\n", "Not approved: declined")])
def test_a_person_at_a_terminal_is_asked(typed: bytes, decision: str, broken: str, home: Path) -> None:
    ours, theirs = pty.openpty()
    environment = {**os.environ, "CLUSTER_DOCTOR_HOME": str(home)}
    with subprocess.Popen(
        [*COMMAND, "diagnose", "--from", broken],
        stdin=theirs,
        stderr=theirs,
        stdout=subprocess.PIPE,
        env=environment,
    ) as process:
        os.close(theirs)
        seen = b""
        while b"[y/N/why/later]" not in seen:
            seen += os.read(ours, 4096)
        os.write(ours, typed)
        with suppress(OSError):  # the other end is closed
            while said := os.read(ours, 4096):
                seen += said
        out = process.communicate(timeout=60)[0]
    os.close(ours)
    assert process.returncode == 0
    assert b"What is wrong" in out
    assert decision in seen.decode()
    assert bool(list((home).glob("exports/*/PULL_REQUEST.md"))) is (typed == b"y\n")
