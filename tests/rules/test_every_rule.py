"""What holds for every rule."""

from __future__ import annotations

import pytest

from cluster_doctor.domain.findings import Verdict
from cluster_doctor.rules.catalogue import all_rules
from cluster_doctor.rules.engine import run_rules
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.rules.protocol import Rule, words

RULES = all_rules()
every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)


@every_rule
def test_the_documented_example_fires_with_evidence_that_the_snapshot_holds(rule: Rule) -> None:
    cluster = snapshot_of(rule.doc.fires_on)
    results = run_rules([rule], cluster)
    assert results.verdicts[rule.name] is Verdict.FIRED
    for finding in results.findings:
        assert finding.evidence, "a finding without evidence is a claim"
        for evidence in finding.evidence:
            assert cluster.holds(evidence), f"the snapshot does not hold {evidence}"


@every_rule
def test_the_documented_counterexample_is_clear(rule: Rule) -> None:
    results = run_rules([rule], snapshot_of(rule.doc.quiet_on))
    assert results.verdicts[rule.name] is Verdict.CLEAR, [finding.message for finding in results.findings]


@every_rule
def test_hiding_anything_it_needs_makes_it_unknown(rule: Rule) -> None:
    for need in (rule.subject, *rule.needs):
        named = words(need)
        results = run_rules([rule], snapshot_of(rule.doc.fires_on, hidden=named))
        assert results.verdicts[rule.name] is Verdict.UNKNOWN, f"without {named} it said {results.verdicts[rule.name]}"
        assert named[0] in results.lacked[rule.name]


@every_rule
def test_its_name_is_its_file_and_its_documentation_is_complete(rule: Rule) -> None:
    assert rule.check.__module__.endswith(f"{rule.area}.{rule.name}")
    assert rule.doc.summary.endswith(".")
    assert all(reference.startswith("https://") for reference in rule.doc.references)
