"""The catalogue of rules as a Markdown page; all of it comes from the rules themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

from cluster_doctor.rules.protocol import Rule, words

_HEAD = """\
# Rules

Made by `cluster-doctor rules --output markdown`; do not edit. `cluster-doctor explain RULE` also shows an example that
each fires on and one that it stays quiet on. A cause names an origin; a symptom is a misbehaviour that something else
must explain; a prediction is well today and will not stay so; a risk is told only to those who ask
(`scan --single-points`). Where what a rule needs was not collected, its verdict is UNKNOWN. Where a program can make
the repair, once a policy allows it and a person approves it, the types of its steps are named: policy.md, writing.md.
"""


def render_rules(rules: Iterable[Rule], repair_of: Callable[[str], str]) -> str:
    """Write every rule down, by area.

    Args:
        rules: all of them.
        repair_of: tells by which steps a program can repair what a rule finds; empty if by none.
    """
    return "".join(f"{line}\n" for line in _lines(rules, repair_of))


def _lines(rules: Iterable[Rule], repair_of: Callable[[str], str]) -> Iterator[str]:
    yield _HEAD.rstrip("\n")
    for area, members in groupby(sorted(rules, key=lambda rule: (rule.area, rule.name)), lambda rule: rule.area):
        yield f"\n## {area}"
        for rule in members:
            yield from _rule(rule, repair_of(rule.name))


def _rule(rule: Rule, repair: str) -> Iterator[str]:
    needs = [" or ".join(words(need)) for need in (rule.subject, *rule.needs)]
    yield f"\n### {rule.name}\n"
    yield f"{rule.doc.summary}\n"
    yield f"- {rule.severity.name}, {rule.stage.value}, {rule.directness.value}; needs {_listed(needs)}"
    yield f"- Why it matters: {rule.doc.why}"
    yield f"- Remedy: {rule.doc.remedy}"
    if repair:
        yield f"- A program can, once approved: {repair}"
    yield f"- See {_listed(f'<{reference}>' for reference in rule.doc.references)}"


def _listed(members: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(members))
