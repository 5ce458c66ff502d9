"""A policy file that is odd in any way gives one clear error with its line, and nothing is guessed."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import orjson
import pytest
import yaml

from cluster_doctor.cli.schemas import PUBLISHED
from cluster_doctor.domain.errors import PolicyError
from cluster_doctor.domain.steps import StepType
from cluster_doctor.remediation.policy import DEFAULT_POLICY, Policy, load_policy
from cluster_doctor.remediation.policy.loading import MOST_BYTES, parse_strictly
from cluster_doctor.remediation.policy.strict import Strict
from cluster_doctor.reports.schemas import schema_text
from policy.given import policy

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{below}'] * 9)}]\n" for below, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "policy.yaml is empty"),
        ("version: [", "no valid YAML, line"),
        ("a: b\n c: d", "no valid YAML, line 2"),
        ("---\nversion: 1\n---\nversion: 1", "no valid YAML"),
        ("[]", "line 1: the whole"),
        ("allow: []", "line 1: version: this is missing"),
        ("version: 2", "line 1: version: Input should be 1"),
        ("version: '1'", "line 1: version"),
        ("version: 1\nallows: []", "line 2: allows: this key is not known"),
        ("version: 1\nallow:\n- name: a\n  routs: [cluster]", "line 4: allow.0.routs: this key is not known"),
        ("version: 1\nallow:\n- routes: [cluster]", "line 3: allow.0.name: this is missing"),
        ("version: 1\nallow:\n- name: a\n- name: a", "two entries are called 'a'"),
        ("version: 1\nversion: 1", "line 2: 'version' is given twice"),
        ("version: 1\nallow:\n- name: a\n  name: b", "line 4: 'name' is given twice"),
        ("version: 1\nallow:\n- name: a\n  namespaces:\n  routes: [cluster]", "line 4: nothing stands here"),
        ("version: 1\nallow:\n- {name: a, namespaces: []}", "allow.0.namespaces: the list is empty"),
        ("version: 1\nallow:\n- {name: a, windows: []}", "allow.0.windows"),
        ("version: 1\nallow:\n- {name: a, types: scale}", "allow.0.types"),
        ("version: 1\nallow:\n- {name: a, types: [explode]}", "allow.0.types.0: Input should be 'roll_back'"),
        (
            "version: 1\nallow:\n- {name: a, routes: [person]}",
            "allow.0.routes.0: Input should be 'gitops' or 'cluster'",
        ),
        ("version: 1\nallow:\n- {name: a, kinds: [deploy]}", "allow.0.kinds.0"),
        ("version: 1\nallow:\n- {name: a, kinds: [Deploy]}", "did you mean Deployment?"),
        ("version: 1\nallow:\n- {name: a, kinds: [Widget]}", "write one that is not Kubernetes' own as Kind.group"),
        ("version: 1\nallow:\n- {name: a, names: ['web[0-9]']}", "allow.0.names.0"),
        ("version: 1\nallow:\n- {name: a, labels: {}}", "the selector is empty and would match everything"),
        ("version: 1\nallow:\n- {name: a, labels: {matchLabels: {a: true}}}", "this has to be text; put it in quotes"),
        ("version: 1\nallow:\n- {name: a, labels: {matchExpressions: [{key: a, operator: Is}]}}", "operator"),
        ("version: 1\nallow:\n- {name: a, labels: {matchExpressions: [{key: a, operator: In}]}}", "need values"),
        ("version: 1\nallow:\n- {name: a, size: {replicas: -1}}", "allow.0.size.replicas"),
        ("version: 1\nallow:\n- {name: a, size: {replicas: '3'}}", "allow.0.size.replicas"),
        ("version: 1\nallow:\n- {name: a, size: {replicas: 3.5}}", "allow.0.size.replicas"),
        ("version: 1\nallow:\n- {name: a, size: {replicas: 0x10}}", "allow.0.size.replicas"),
        ("version: 1\nallow:\n- {name: a, rate: {overall: {writes: 1, within: soon}}}", "'soon' is no span of time"),
        ("version: 1\nallow:\n- {name: a, rate: {overall: {writes: 0, within: 1h}}}", "rate.overall.writes"),
        ("version: 1\nallow:\n- {name: a, rate: {overall: {writes: 1, within: 0s}}}", "limits nothing"),
        ("version: 1\nallow:\n- {name: a, windows: [{from: '9:00'}]}", "windows.0.from"),
        ("version: 1\nallow:\n- {name: a, windows: [{from: '09:00', to: '09:00'}]}", "no span of a day"),
        ("version: 1\nallow:\n- {name: a, windows: [{timezone: Mars/Base}]}", "no time zone 'Mars/Base' is known"),
        ("version: 1\nallow:\n- {name: a, windows: [{timezone: ../../etc/passwd}]}", "no time zone"),
        ("version: 1\nallow:\n- {name: a, windows: [{days: [monday]}]}", "windows.0.days.0"),
        ("version: 1\nallow:\n- {name: a, approvals: {people: 0}}", "approvals.people"),
        (
            "version: 1\nallow:\n- {name: a, approvals: {people: 2, anyone_of: [ada]}}",
            "2 people have to approve, and 1",
        ),
        ("version: 1\nallow:\n- {name: a, approvals: {anyone_of: [ada, ' @Ada']}}", "approvals.anyone_of"),
        ("version: 1\nallow:\n- {name: a, approvals: {anyone_of: [ada, '@ADA']}}", "somebody is named twice"),
        ("version: 1\nallow:\n- {name: a, approvals: {anyone_of: []}}", "nobody is named"),
        ("version: 1\nallow:\n- {name: a, types: [remove_finalizer]}", "remove_finalizer needs kinds"),
        ("version: 1\n? [a, b]\n: c", "line 2: a key has to be plain text"),
        ("version: 1\nallow: !!python/object:os.system []", "is not read here"),
        ("version: !!set {1}", "is not read here"),
        ("version: !secret 1", "is not read here"),
        ("version: 1\nallow: &a [*a]", "an anchor contains itself"),
        (BOMB, "anchors may multiply them"),
        ("a: " + "[" * 300, "nests more than 200 levels"),
        ('version: 1\nallow: [{name: "a\\0b"}]', "allow.0.name"),
        ("\x00", "no valid YAML"),
        ("version: " + "9" * 5000, "line 1: version"),
    ],
)
def test_what_is_odd_is_told_with_its_line(text: str, said: str) -> None:
    with pytest.raises(PolicyError) as caught:
        parse_strictly(text, Policy, "policy.yaml")
    assert said in caught.value.what
    assert "policy.yaml" in caught.value.what
    assert caught.value.next_step


def test_bytes_that_are_no_text_and_files_that_are_huge_or_missing_are_errors(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="no valid YAML"):
        parse_strictly(b"version: \xff\xfe", Policy, "policy.yaml")
    path = tmp_path / "policy.yaml"
    path.write_bytes(b"#" * (MOST_BYTES + 1))
    for odd in (path, tmp_path, tmp_path / "nowhere.yaml"):
        with pytest.raises(PolicyError) as caught:
            load_policy(odd)
        assert str(odd) in caught.value.what


def test_without_a_file_the_default_holds_and_with_a_broken_one_nothing_does(tmp_path: Path) -> None:
    assert load_policy(home=tmp_path) == DEFAULT_POLICY
    (tmp_path / "policy.yaml").write_text("version: 1\nallow: [{name: mine}]\n")
    assert [entry.name for entry in load_policy(home=tmp_path).allow] == ["mine"]
    (tmp_path / "policy.yaml").write_text("version: 1\nallow: [")
    with pytest.raises(PolicyError):
        load_policy(home=tmp_path)
    (tmp_path / "policy.yaml").unlink()
    (tmp_path / "policy.yaml").symlink_to(tmp_path / "gone")
    with pytest.raises(PolicyError):
        load_policy(home=tmp_path)


def test_words_that_yaml_once_took_for_truth_are_names() -> None:
    found = policy("allow: [{name: on, approvals: {anyone_of: [no, yes, off]}}]")
    assert found.allow[0].approvals.anyone_of == ("no", "off", "yes")


def test_anchors_may_be_used_as_long_as_they_end() -> None:
    found = policy("allow:\n- {name: a, namespaces: &teams [shop, pay]}\n- {name: b, namespaces: *teams}")
    assert found.allow[0].namespaces == found.allow[1].namespaces == ("pay", "shop")


def test_an_entry_without_types_allows_all_but_the_removal_of_finalizers() -> None:
    assert set(policy("allow: [{name: a}]").allow[0].step_types) == set(StepType) - {StepType.REMOVE_FINALIZER}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("allow: [{name: a}]", "allow: [{name: a, routes: [gitops], even_if_kept: false}]", True),
        (
            "allow: [{name: a, types: [scale, restart]}]",
            "# as before\nallow: [{name: a, types: [restart, scale]}]",
            True,
        ),
        ("allow: [{name: a}]", "allow: [{name: a, even_if_kept: true}]", False),
        ("allow: [{name: a}]", "allow: [{name: a}]\ndeny: [{name: b}]", False),
        ("allow: [{name: a}, {name: b}]", "allow: [{name: b}, {name: a}]", False),
        ("allow: [{name: a}]", "allow: [{name: a}]\nprotected_namespaces: []", False),
    ],
)
def test_the_digest_is_that_of_what_a_policy_means(one: str, other: str, same: bool) -> None:  # noqa: FBT001 - a table
    assert (policy(one).digest == policy(other).digest) is same


FULL = """
version: 1
protected_namespaces: ["kube-*", vault]
rate: {overall: {writes: 20, within: 1d}}
deny:
- {name: freeze, windows: [{days: [fri, sat, sun], from: "16:00", to: "08:00", timezone: Europe/Berlin}], reason: quiet}
allow:
- name: small
  types: [scale, restart]
  routes: [cluster]
  namespace_labels: {matchExpressions: [{key: team, operator: In, values: [shop, pay]}]}
  kinds: [Deployment, Certificate.cert-manager.io]
  labels: {matchLabels: {tier: front}}
  size: {replicas: 10, replica_change: 2, memory_percent: 50}
  rate: {per_object: {writes: 1, within: 1h}}
  approvals: {people: 2, anyone_of: [ada, grace]}
  even_if_kept: true
"""


def test_what_is_in_force_reads_back_as_the_same_policy_and_is_what_the_schema_says() -> None:
    schema = orjson.loads(schema_text(PUBLISHED["policy"], "policy"))
    found = parse_strictly(FULL, Policy, "policy.yaml")
    jsonschema.validate(yaml.safe_load(FULL), schema)
    for one in (found, DEFAULT_POLICY):
        jsonschema.validate(one.effective, schema)
        again = parse_strictly(yaml.safe_dump(one.effective, sort_keys=False), Policy, "again.yaml")
        assert (again, again.digest) == (one, one.digest)


@pytest.mark.parametrize(
    "wrong",
    [
        {"version": 2},
        {"version": 1, "allows": []},
        {"version": 1, "allow": [{}]},
        {"version": 1, "allow": [{"name": "a", "namespaces": None}]},
        {"version": 1, "allow": [{"name": "a", "size": {"replicas": "3"}}]},
        {"version": 1, "deny": [{"name": "a", "windows": [{"from": "9"}]}]},
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(wrong: dict[str, object]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, orjson.loads(schema_text(PUBLISHED["policy"], "policy")))
    with pytest.raises(PolicyError):
        parse_strictly(yaml.safe_dump(wrong), Policy, "policy.yaml")


def test_nothing_in_a_policy_takes_more_than_it_knows() -> None:
    waiting, seen = [Strict], set()
    while waiting:
        one = waiting.pop()
        seen.add(one)
        waiting += [below for below in one.__subclasses__() if below not in seen]
    assert len(seen) > 5
    assert all(one.model_config.get("extra") == "forbid" and one.model_config.get("frozen") for one in seen)
