"""What a rule's documentation promises, and whether the rule keeps it: ours and own ones alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cluster_doctor.domain.findings import Verdict
from cluster_doctor.rules.engine import run_rules
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.rules.protocol import Rule, words

Promise = Callable[[Rule], Iterator[str]]
"""Tells in sentences where a rule does not keep it."""


def fires_as_documented(rule: Rule) -> Iterator[str]:
    """The documented example fires, with evidence that the snapshot holds."""
    cluster = snapshot_of(rule.doc.fires_on)
    results = run_rules([rule], cluster)
    if results.verdicts[rule.name] is not Verdict.FIRED:
        yield f'on "Fires on" it says {_said(rule, results.verdicts, results.lacked)}'
    for finding in results.findings:
        if not finding.evidence:
            yield f'on "Fires on" it claims without evidence: {finding.message}'
        for evidence in finding.evidence:
            if not cluster.holds(evidence):
                fact = f"{evidence.subject} {evidence.path} = {evidence.value!r}"
                yield f'on "Fires on" it cites what is not there: {fact}'


def stays_quiet_as_documented(rule: Rule) -> Iterator[str]:
    """The documented counterexample is clear."""
    results = run_rules([rule], snapshot_of(rule.doc.quiet_on))
    if results.verdicts[rule.name] is not Verdict.CLEAR:
        found = "; ".join(finding.message for finding in results.findings)
        told = _said(rule, results.verdicts, results.lacked)
        yield f'on "Stays quiet on" it says {told}' + (f": {found}" if found else "")


def is_unknown_without_its_needs(rule: Rule) -> Iterator[str]:
    """Hiding anything that it needs makes it unknown."""
    for need in (rule.subject, *rule.needs):
        named = words(need)
        results = run_rules([rule], snapshot_of(rule.doc.fires_on, hidden=named))
        if results.verdicts[rule.name] is not Verdict.UNKNOWN:
            yield f"without {' and '.join(named)} it says {_said(rule, results.verdicts, results.lacked)}, not UNKNOWN"
        elif named[0] not in results.lacked[rule.name]:
            yield f"without {' and '.join(named)} it says that it lacks {results.lacked[rule.name]}"


def is_named_and_documented(rule: Rule) -> Iterator[str]:
    """Its name is its file's, its summary is a sentence, and its references can be opened."""
    if not rule.check.__module__.endswith(f"{rule.area}.{rule.name}"):
        yield f"the function is called {rule.name} and its file {rule.check.__module__.rpartition('.')[2]}.py"
    if not rule.doc.summary.endswith("."):
        yield "the first line of its docstring does not end with a full stop"
    for reference in rule.doc.references:
        if not reference.startswith("https://"):
            yield f"its reference {reference} does not begin with https://"


PROMISES: tuple[Promise, ...] = (
    is_named_and_documented,
    fires_as_documented,
    stays_quiet_as_documented,
    is_unknown_without_its_needs,
)


def broken_promises(rule: Rule) -> Iterator[str]:
    """Tell in sentences what a rule does not keep."""
    for promise in PROMISES:
        yield from promise(rule)


def _said(rule: Rule, verdicts: dict[str, Verdict], lacked: dict[str, str]) -> str:
    lacks = f" (lacks {lacked[rule.name]})" if rule.name in lacked else ""
    return f"{verdicts[rule.name]}{lacks}"
