"""`cluster-doctor rules` and `cluster-doctor explain`."""

from __future__ import annotations

import difflib
import textwrap
from enum import StrEnum
from itertools import groupby
from typing import Annotated

import typer

from cluster_doctor.cli.console import WIDTH, Console
from cluster_doctor.domain.errors import UsageError


class RulesOutput(StrEnum):
    """Forms of the catalogue."""

    TEXT = "text"
    MARKDOWN = "markdown"


def rules(
    output: Annotated[RulesOutput, typer.Option("-o", "--output", help="The catalogue's form.")] = RulesOutput.TEXT,
) -> None:
    """List every check with what it finds, from the checks' own documentation.

    Example:
      cluster-doctor rules | grep -i quota
    """
    from cluster_doctor.rules.catalogue import all_rules  # noqa: PLC0415 - keeps --help quick

    if output is RulesOutput.MARKDOWN:
        from cluster_doctor.reports.rule_pages import render_rules  # noqa: PLC0415 - one of two is needed

        Console().report(render_rules(all_rules()))
        return
    lines = []
    for area, members in groupby(sorted(all_rules(), key=lambda rule: (rule.area, rule.name)), lambda rule: rule.area):
        lines.append(f"{area}\n")
        lines += [f"  {rule.name}  [{rule.severity.name}]\n      {rule.doc.summary}\n" for rule in members]
    Console().report("".join(lines))


def explain(rule: Annotated[str, typer.Argument(help="A name from `cluster-doctor rules`.")]) -> None:
    """Tell what a check looks for, why it matters, and what to do about it.

    Example:
      cluster-doctor explain service_selects_no_pods
    """
    from cluster_doctor.rules.catalogue import all_rules  # noqa: PLC0415 - keeps --help quick

    known = {found.name: found for found in all_rules()}
    found = known.get(rule.replace("-", "_"))
    if found is None:
        near = ", ".join(difflib.get_close_matches(rule, known, n=3))
        raise UsageError(
            f"there is no check called {rule!r}", f"Did you mean {near}?" if near else "See `cluster-doctor rules`."
        )
    doc = found.doc
    parts = [
        f"{found.name}  [{found.severity.name}, {found.stage.value}]",
        textwrap.fill(doc.summary, WIDTH),
        f"Why it matters:\n{textwrap.indent(textwrap.fill(doc.why, WIDTH - 2), '  ')}",
        f"Remedy:\n{textwrap.indent(textwrap.fill(doc.remedy, WIDTH - 2), '  ')}",
        f"Fires on:\n{textwrap.indent(doc.fires_on, '  ')}",
        f"Stays quiet on:\n{textwrap.indent(doc.quiet_on, '  ')}",
        "References:\n" + "\n".join(f"  {reference}" for reference in doc.references),
    ]
    Console().report("\n\n".join(parts) + "\n")
