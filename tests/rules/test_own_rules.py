"""Rules of somebody's own: run beside ours or in their place, and told where they fail."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from own_rules.written import NO_OWNER, OWNERLESS, folder

from cluster_doctor.domain.errors import UsageError
from cluster_doctor.domain.findings import Verdict
from cluster_doctor.domain.incident import Incident
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.rules.engine import check_all
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.rules.promises import broken_promises
from cluster_doctor.rules.rule_set import OURS
from cluster_doctor.workflow.rule_sets import chosen_rules

NAME = "deployment_has_no_owner"


def test_it_stands_beside_ours_and_is_run_only_where_it_was_chosen(tmp_path: Path) -> None:
    own, cluster = chosen_rules(folder(tmp_path, deployment_has_no_owner=NO_OWNER)), snapshot_of(OWNERLESS)
    found = diagnose(cluster, Incident(), rules=own).root_causes
    assert [(cause.rule, cause.statement) for cause in found] == [(NAME, "Deployment web carries no label team")]
    assert found[0].remedy == "Label it with `team`, the name of the team that owns it."
    assert diagnose(cluster, Incident()).root_causes == ()
    assert len(own.rules) == len(OURS.rules) + 1
    assert OURS.named(NAME) is None


def test_several_sets_judge_one_picture_at_the_same_time(tmp_path: Path) -> None:
    cluster = snapshot_of(OWNERLESS)
    sets = [OURS, chosen_rules(folder(tmp_path, deployment_has_no_owner=NO_OWNER))] * 4
    with ThreadPoolExecutor(4) as pool:
        fired = list(pool.map(lambda rules: check_all(cluster, rules=rules).verdicts.get(NAME), sets))
    assert fired == [None, Verdict.FIRED] * 4


def test_one_by_the_name_of_ours_is_run_instead(tmp_path: Path) -> None:
    name = next(rule.name for rule in OURS.rules if rule.area == "rollout")
    own = chosen_rules(folder(tmp_path, **{name: NO_OWNER.replace(NAME, name)}))
    assert len(own.rules) == len(OURS.rules)
    assert own.named(name) is not OURS.named(name)
    fired = [finding.message for finding in check_all(snapshot_of(OWNERLESS), rules=own).findings]
    assert "Deployment web carries no label team" in fired


def test_one_that_is_left_out_could_not_judge(tmp_path: Path) -> None:
    cluster = snapshot_of(OWNERLESS)
    without = chosen_rules(folder(tmp_path, deployment_has_no_owner=NO_OWNER), ["deployment-has-no-owner"])
    results = check_all(cluster, rules=without)
    assert not [finding for finding in results.findings if finding.rule == NAME]
    assert (results.verdicts[NAME], results.lacked[NAME]) == (Verdict.UNKNOWN, "left out on request")
    assert diagnose(cluster, Incident(), rules=without).rules_unknown[NAME] == "left out on request"


def test_a_rule_that_nobody_knows_cannot_be_left_out() -> None:
    with pytest.raises(UsageError, match=r"'node_is_not_redy'[^?]*Did you mean .*node_is_not_ready"):
        chosen_rules(None, ["node_is_not_redy"])


def test_folders_name_areas_and_tests_are_no_rules(tmp_path: Path) -> None:
    place = folder(tmp_path / "rules", test_it="raise SystemExit", conftest="1/0", _helper="1/0")
    folder(place / "owners", deployment_has_no_owner=NO_OWNER)
    folder(place / ".git", hook="1/0")
    folder(place / "tests", broken="1/0")
    (rule,) = chosen_rules(place).own
    assert rule.area == "owners"
    assert list(broken_promises(rule)) == []


def test_what_a_set_is_called_depends_on_contents_and_names_alone(tmp_path: Path) -> None:
    one, other = (chosen_rules(folder(tmp_path / name, deployment_has_no_owner=NO_OWNER)) for name in "ab")
    assert one.digest == other.digest != ""
    changed = chosen_rules(folder(tmp_path / "c", deployment_has_no_owner=NO_OWNER + "\n"))
    left_out = chosen_rules(tmp_path / "a", ["node_is_not_ready"])
    assert len({one.digest, changed.digest, left_out.digest, OURS.digest}) == 4


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("def broken(:\n", r"broken\.py:1: SyntaxError"),
        ("x = 1\nimport nothing_like_it\n", r"broken\.py:2: ModuleNotFoundError: No module named"),
        ("\n\nraise SystemExit(3)", r"broken\.py:3: SystemExit"),
        ("class Odd(Exception): pass\nraise Odd('so')", r"broken\.py:2: Odd: so"),
        (NO_OWNER.replace("Remedy:", "Cure:"), r"broken\.py:\d+: ValueError: docstring lacks Remedy"),
        (
            NO_OWNER.replace("{kind: Deployment, metadata: {name: web, labels: {app: web}}}", "{kind: [}"),
            "cannot be read",
        ),
        (NO_OWNER.replace("Severity.ERROR", "'ERROR'"), r"@rule takes a Severity"),
        ("x = 1", r"broken\.py holds no rule"),
        (
            NO_OWNER + NO_OWNER[NO_OWNER.index("@rule") :].replace(NAME, "another"),
            r"holds another and deployment_has_no_owner",
        ),
        ("from .helper import x", r"broken\.py:1: ImportError"),
    ],
)
def test_a_file_that_is_no_rule_is_told_with_its_line(text: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=told):
        chosen_rules(folder(tmp_path, broken=text))


def test_what_is_no_folder_of_rules_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        chosen_rules(tmp_path / "nothing")
    with pytest.raises(UsageError, match="holds no rule"):
        chosen_rules(folder(tmp_path / "empty"))
    (folder(tmp_path / "binary") / "odd.py").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="not written in UTF-8"):
        chosen_rules(tmp_path / "binary")
    (folder(tmp_path / "huge") / "odd.py").write_bytes(b"#" * 300_000)
    with pytest.raises(UsageError, match="more than 256 KiB"):
        chosen_rules(tmp_path / "huge")
    twice = folder(tmp_path / "twice", one=NO_OWNER, two=NO_OWNER)
    with pytest.raises(UsageError, match=rf"two\.py and .*one\.py both hold a rule {NAME}"):
        chosen_rules(twice)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("raise KeyError('a, b')", r"its code failed at deployment_has_no_owner\.py:\d+: KeyError: 'a; b'"),
        ("yield 'a finding'", r"TypeError: it yielded str and no Match"),
        ("yield Match(message='so', evidence=())", r"ValueError: it yielded a Match without evidence"),
        ("yield Match(message=5, evidence=(deployment.cite('kind'),))", r"ValidationError"),
        ("return None", r"TypeError: 'NoneType' object is not iterable"),
    ],
)
def test_one_that_fails_costs_its_own_verdict_and_no_other(body: str, told: str, tmp_path: Path) -> None:
    text = NO_OWNER.replace('    if "team" not in deployment.labels:\n', f"    {body}\n    if deployment.name == '':\n")
    if body.startswith("return"):
        text = text[: text.index("    if deployment.name")]
    own, cluster = chosen_rules(folder(tmp_path, deployment_has_no_owner=text)), snapshot_of(OWNERLESS)
    results = check_all(cluster, rules=own)
    assert results.verdicts[NAME] is Verdict.UNKNOWN
    assert re.search(told, results.lacked[NAME])
    assert {**results.verdicts, NAME: None} == {**check_all(cluster).verdicts, NAME: None}
    assert NAME in diagnose(cluster, Incident(), rules=own).rules_unknown


def test_promises_that_are_not_kept_are_told(tmp_path: Path) -> None:
    loud = NO_OWNER.replace('"team" not in', '"app" in')
    (rule,) = chosen_rules(folder(tmp_path / "loud", deployment_has_no_owner=loud)).own
    assert list(broken_promises(rule)) == [
        'on "Stays quiet on" it says FIRED: Deployment web carries no label team',
    ]
    silent = NO_OWNER.replace('"team" not in', '"app" not in')
    (rule,) = chosen_rules(folder(tmp_path / "silent", odd_name=silent)).own
    assert list(broken_promises(rule)) == [
        f"the function is called {NAME} and its file odd_name.py",
        'on "Fires on" it says CLEAR',
    ]
    fact = 'deployment.cite("kind").model_copy(update={"value": "x"})'
    made_up = NO_OWNER.replace('deployment.cite("metadata.labels")', fact)
    (rule,) = chosen_rules(folder(tmp_path / "made_up", deployment_has_no_owner=made_up)).own
    assert any("cites what is not there" in problem for problem in broken_promises(rule))
