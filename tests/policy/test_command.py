"""`cluster-doctor policy`, as a person and a build would use it; its page in docs/ says what is so."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from cluster_doctor.cli.main import run
from cluster_doctor.remediation.policy import load_policy

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "policy.md").read_text(encoding="utf-8")
POLICY, CASES = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
IN_THE_CLUSTER = "version: 1\nallow: [{name: all, routes: [gitops, cluster]}]\n"
OBJECTS = """
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {team: shop}}}
- {apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: web-1, namespace: shop}, spec: {replicas: 0}}
- apiVersion: v1
  kind: Service
  metadata: {name: web, namespace: shop}
  spec: {selector: {app: web}, ports: [{port: 80}]}
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: web, namespace: shop}
  spec:
    selector: {matchLabels: {app: website}}
    template:
      metadata: {labels: {app: website}}
      spec: {containers: [{name: web, image: nginx, ports: [{containerPort: 80}]}]}
- apiVersion: v1
  kind: Pod
  metadata: {name: web-0, namespace: shop, labels: {app: website}}
  spec: {containers: [{name: web, image: nginx, ports: [{containerPort: 80}]}]}
  status: {phase: Running, conditions: [{type: Ready, status: "True"}]}
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLUSTER_DOCTOR_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("CLUSTER_DOCTOR_POLICY", raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    return tmp_path / "home"


def kept(folder: Path, text: str, name: str = "policy.yaml") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def schema(name: str) -> dict[str, object]:
    found: dict[str, object] = json.loads((DOCS / f"{name}.schema.json").read_text(encoding="utf-8"))
    return found


def test_the_policy_of_the_page_is_one_and_its_cases_hold(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    jsonschema.validate(yaml.safe_load(POLICY), schema("policy"))
    words = ["policy", "test", kept(tmp_path, CASES, "cases.yaml"), "--policy", kept(tmp_path, POLICY)]
    assert run(words) == 0
    assert "6 as expected, 0 different" in capsys.readouterr().out
    assert run([*words, "-o", "json"]) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    jsonschema.validate(found, schema("policy-test"))
    assert (found["passed"], found["failed"], err) == (6, 0, "")


def test_the_page_names_every_limit_there_is() -> None:
    for name in ("replicas", "replica_change", "memory_percent", "cpu_percent", "storage_percent", "nodes_at_a_time"):
        assert name in PAGE
    assert all(f"`{name}`" in PAGE for name in ("rate", "windows", "approvals", "even_if_kept", "remove_finalizer"))


def test_the_schema_of_cases_takes_those_of_the_page_and_nothing_unknown() -> None:
    cases = yaml.load(CASES.replace("2026-03-04T", "'2026-03-04T").replace(":00:00Z", ":00:00Z'"), yaml.SafeLoader)
    jsonschema.validate(cases, schema("policy-cases"))
    cases["cases"][0]["expected"] = "allowed"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(cases, schema("policy-cases"))


def test_a_verdict_that_is_not_as_expected_is_told_and_gives_exit_code_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = kept(tmp_path, CASES, "cases.yaml")
    assert run(["policy", "test", cases]) == 1, "the built-in policy allows nothing in the cluster"
    out = capsys.readouterr().out
    assert "DIFFERENT    a Deployment of the shop gets more replicas by day" in out
    assert "expected allowed, and it is denied: no entry allows scale" in out
    several = (
        CASES.replace("approvals: 2", "approvals: 3").replace("[ada, grace, linus]", "[ada]").replace("1 per 30m", "x")
    )
    assert run(["policy", "test", kept(tmp_path, several, "cases.yaml"), "--policy", kept(tmp_path, POLICY)]) == 1
    out = " ".join(capsys.readouterr().out.split())
    assert "expected 3 to approve, and the policy asks for 2" in out
    assert "expected ada, and ada, grace, linus may" in out
    assert "expected because of 'x', and it is because of" in out
    assert "3 as expected, 3 different" in out


def test_the_default_place_is_the_home_and_an_option_comes_first(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["policy", "show"]) == 0
    assert capsys.readouterr().out.startswith("# the built-in policy\n# digest ")
    home.mkdir(exist_ok=True)
    in_home = kept(home, IN_THE_CLUSTER)
    assert run(["policy", "show"]) == 0
    assert capsys.readouterr().out.startswith(f"# {in_home}\n")
    monkeypatch.setenv("CLUSTER_DOCTOR_POLICY", kept(tmp_path, POLICY, "of the environment.yaml"))
    assert run(["policy", "show"]) == 0
    assert "the bank decides" in capsys.readouterr().out
    assert run(["policy", "show", "--policy", in_home, "-o", "json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    jsonschema.validate(shown["policy"], schema("policy"))
    assert (shown["source"], shown["digest"]) == (in_home, load_policy(Path(in_home)).digest)


def test_what_is_shown_is_a_policy_file_with_the_same_digest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = kept(tmp_path, POLICY)
    assert run(["policy", "show", "--policy", path]) == 0
    again = kept(tmp_path, capsys.readouterr().out, "again.yaml")
    assert load_policy(Path(again)).digest == load_policy(Path(path)).digest


@pytest.mark.parametrize("command", [["show"], ["rbac"], ["explain", "20260102"], ["test", "cases.yaml"]])
def test_a_broken_policy_is_an_error_with_its_line_for_every_command(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = kept(tmp_path, "version: 1\nallow:\n- name: a\n  routs: [cluster]\n")
    assert run(["policy", *command, "--policy", path]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert f"{path}, line 4: allow.0.routs: this key is not known" in err
    assert "docs/policy.md" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["policy", "show", "--policy", "/nowhere/policy.yaml"], "/nowhere/policy.yaml"),
        (["policy", "test", "/nowhere/cases.yaml"], "/nowhere/cases.yaml"),
        (["policy", "explain", "nope"], "there is no run 'nope'"),
        (["policy", "rbac", "--subject", "somebody"], "--subject 'somebody' is nobody"),
        (["policy", "rbac", "--subject", "serviceaccount//a"], "Write serviceaccount/NS/NAME"),
    ],
)
def test_wrong_use_says_what_to_do(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert "Traceback" not in err


def test_explain_tells_what_the_policy_says_to_a_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["diagnose", "--from", kept(tmp_path, OBJECTS, "shop.yaml"), "-o", "json"]) == 0
    run_id = json.loads(capsys.readouterr().out)["run_id"]
    assert run(["policy", "explain", run_id]) == 1
    out = " ".join(capsys.readouterr().out.split())
    assert "DENIED " in out
    assert "no entry allows patch_selector of Service shop/web by cluster" in out
    assert "not entry 'pull requests that one person approved': it is only about the route gitops" in out
    allowing = kept(tmp_path, IN_THE_CLUSTER.replace("all,", "all, namespace_labels: {matchLabels: {team: shop}},"))
    assert run(["policy", "explain", run_id, "--policy", allowing, "-o", "json"]) == 0
    out = capsys.readouterr().out
    explained = json.loads(out)
    jsonschema.validate(explained, schema("policy-explain"))
    (step,) = [one for one in explained["steps"] if not one["alternative"]]
    assert (step["type"], step["verdict"]["allowed"], step["target"]["name"]) == ("patch_selector", True, "web")
    assert run(["policy", "explain", run_id, "--policy", allowing]) == 0
    assert "one person has to approve: anybody" in capsys.readouterr().out


def test_rbac_is_applied_as_it_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["policy", "rbac", "--policy", kept(tmp_path, POLICY), "--subject", "user/ada"]
    assert run([*words, "-n", "shop-eu", "-n", "payments"]) == 0
    out = capsys.readouterr().out
    objects = list(yaml.safe_load_all(out))
    places = {(one["kind"], one["metadata"].get("namespace")) for one in objects}
    assert {place for kind, place in places if kind == "Role"} == {"shop-eu", "payments"}, "Pods are evicted anywhere"
    assert all(one["subjects"][0]["name"] == "ada" for one in objects if "subjects" in one)
    assert run([*words, "-n", "shop-eu", "-n", "payments", "-o", "json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["items"] == objects
    assert "RBAC cannot deny" in err


def test_help_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("show", "explain", "test", "rbac"):
        assert run(["policy", command, "--help"]) == 0
        out = capsys.readouterr().out
        assert f"\n    cluster-doctor policy {command}" in out
        assert "Exits with 0" in out
