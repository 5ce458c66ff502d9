"""The catalogue of rules as a Markdown page; all of it comes from the rules themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from cluster_doctor.rules.protocol import Rule, words

_HEAD = """\
# Rules

Made by `cluster-doctor rules --output markdown`; do not edit. `cluster-doctor explain RULE` also shows an example that
each fires on and one that it stays quiet on. A cause names an origin; a symptom is a misbehaviour that something else
must explain; a prediction is well today and will not stay so; a risk is told only to those who ask
(`scan --single-points`). Where what a rule needs was not collected, its verdict is UNKNOWN.
"""


def render_rules(rules: Iterable[Rule]) -> str:
    """Write every rule down, by area."""
    return "".join(f"{line}\n" for line in _lines(rules))


def _lines(rules: Iterable[Rule]) -> Iterator[str]:
    yield _HEAD.rstrip("\n")
    for area, members in groupby(sorted(rules, key=lambda rule: (rule.area, rule.name)), lambda rule: rule.area):
        yield f"\n## {area}"
        for rule in members:
            yield from _rule(rule)


def _rule(rule: Rule) -> Iterator[str]:
    needs = [" or ".join(words(need)) for need in (rule.subject, *rule.needs)]
    yield f"\n### {rule.name}\n"
    yield f"{rule.doc.summary}\n"
    yield f"- {rule.severity.name}, {rule.stage.value}, {rule.directness.value}; needs {_listed(needs)}"
    yield f"- Why it matters: {rule.doc.why}"
    yield f"- Remedy: {rule.doc.remedy}"
    yield f"- See {_listed(f'<{reference}>' for reference in rule.doc.references)}"


def _listed(members: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(members))
