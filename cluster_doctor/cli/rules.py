"""`cluster-doctor rules` and `cluster-doctor explain`."""

from __future__ import annotations

import difflib
import textwrap
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer

from cluster_doctor.cli.console import WIDTH, Console
from cluster_doctor.cli.options import Runbooks
from cluster_doctor.domain.errors import UsageError
from cluster_doctor.reports.lines import wrap


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
        from cluster_doctor.remediation.planner import repair_of  # noqa: PLC0415 - one of two is needed
        from cluster_doctor.reports.rule_pages import render_rules  # noqa: PLC0415 - one of two is needed

        Console().report(render_rules(all_rules(), repair_of))
        return
    lines = []
    for area, members in groupby(sorted(all_rules(), key=lambda rule: (rule.area, rule.name)), lambda rule: rule.area):
        lines.append(f"{area}\n")
        lines += [f"  {rule.name}  [{rule.severity.name}]\n      {rule.doc.summary}\n" for rule in members]
    Console().report("".join(lines))


def explain(
    rule: Annotated[str, typer.Argument(help="A name from `cluster-doctor rules`.")], runbooks: Runbooks = None
) -> None:
    """Tell what a check looks for, why it matters, and what to do about it.

    Examples:
      cluster-doctor explain service_selects_no_pods
      cluster-doctor explain memory_limit_is_exceeded --runbooks ~/runbooks
    """
    from cluster_doctor.remediation.planner import repair_of  # noqa: PLC0415 - keeps --help quick
    from cluster_doctor.rules.catalogue import all_rules  # noqa: PLC0415 - as above

    known = {found.name: found for found in all_rules()}
    found = known.get(rule.replace("-", "_"))
    if found is None:
        near = ", ".join(difflib.get_close_matches(rule, known, n=3))
        raise UsageError(
            f"there is no check called {rule!r}", f"Did you mean {near}?" if near else "See `cluster-doctor rules`."
        )
    doc, repair = found.doc, repair_of(found.name)
    parts = [
        f"{found.name}  [{found.severity.name}, {found.stage.value}]",
        textwrap.fill(doc.summary, WIDTH),
        f"Why it matters:\n{textwrap.indent(textwrap.fill(doc.why, WIDTH - 2), '  ')}",
        f"Remedy:\n{textwrap.indent(textwrap.fill(doc.remedy, WIDTH - 2), '  ')}",
        *([f"A program can, once approved:\n  {repair}"] if repair else []),
        f"Fires on:\n{textwrap.indent(doc.fires_on, '  ')}",
        f"Stays quiet on:\n{textwrap.indent(doc.quiet_on, '  ')}",
        "References:\n" + "\n".join(f"  {reference}" for reference in doc.references),
    ]
    if runbooks is not None:
        parts.append(_runbooks(found.name, runbooks))
    Console().report("\n\n".join(parts) + "\n")


def _runbooks(rule: str, folder: Path) -> str:
    """The runbooks that name a rule; what could not be read of them goes to standard error."""
    from cluster_doctor.inference.runbooks.match import match_rule  # noqa: PLC0415 - only with --runbooks
    from cluster_doctor.inference.runbooks.page import Page  # noqa: PLC0415 - as above
    from cluster_doctor.reports import wording  # noqa: PLC0415 - as above
    from cluster_doctor.sources.runbooks import read_runbooks, runbooks_named  # noqa: PLC0415 - as above

    shelf = read_runbooks(Path(runbooks_named(folder)))
    pages = tuple(map(Page, shelf.texts))
    matches, notes = match_rule(pages, rule)
    for note in (*shelf.notes, *(page.note for page in pages if page.note), *notes):
        Console().progress(note)
    lines = [line.text for match in matches for line in wrap(wording.runbook(match), WIDTH, "  - ")]
    return "Runbooks:\n" + ("\n".join(lines) or f"  none of those in {folder} names this check")
