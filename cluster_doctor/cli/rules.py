"""`cluster-doctor rules`, `cluster-doctor rules check` and `cluster-doctor explain`."""

from __future__ import annotations

import difflib
import textwrap
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer

from cluster_doctor.cli.console import WIDTH, Console
from cluster_doctor.cli.options import OwnRules, Runbooks, Without
from cluster_doctor.domain.errors import UsageError
from cluster_doctor.reports.lines import wrap
from cluster_doctor.reports.plain import one_line

app = typer.Typer(invoke_without_command=True)


class RulesOutput(StrEnum):
    """Forms of the catalogue."""

    TEXT = "text"
    MARKDOWN = "markdown"


BROKEN = 1


def catalogue(
    context: typer.Context,
    output: Annotated[RulesOutput, typer.Option("-o", "--output", help="The catalogue's form.")] = RulesOutput.TEXT,
    rules: OwnRules = None,
    without: Without = None,
) -> None:
    """List every check with what it finds, from the checks' own documentation; or try those of your own.

    Examples:
      cluster-doctor rules | grep -i quota
      cluster-doctor rules --rules ~/rules
      cluster-doctor rules check ~/rules

    A folder of own rules holds Python files, one rule each, written as ours are
    (CONTRIBUTING.md). It is code: it is read only where you name it.
    """
    if context.invoked_subcommand:
        return
    from cluster_doctor.workflow.rule_sets import chosen_rules  # noqa: PLC0415 - keeps --help quick

    listed = chosen_rules(rules, without or ()).rules
    if output is RulesOutput.MARKDOWN:
        from cluster_doctor.remediation.planner import repair_of  # noqa: PLC0415 - one of two is needed
        from cluster_doctor.reports.rule_pages import render_rules  # noqa: PLC0415 - one of two is needed

        Console().report(render_rules(listed, repair_of))
        return
    lines = []
    for area, members in groupby(sorted(listed, key=lambda rule: (rule.area, rule.name)), lambda rule: rule.area):
        lines.append(f"{area}\n")
        lines += [f"  {rule.name}  [{rule.severity.name}]\n      {rule.doc.summary}\n" for rule in members]
    Console().report("".join(lines))


def check(
    folder: Annotated[Path, typer.Argument(help="The folder of own rules.", metavar="DIR")],
) -> None:
    """Hold own rules to their documentation, as ours are held to theirs.

    Example:
      cluster-doctor rules check ~/rules

    Each rule has to fire on its example with evidence that is there, stay quiet on
    its counterexample, and say UNKNOWN when anything that it needs was not collected.

    Exits with 0 when all keep what they promise, 1 when one does not, 2 when a file
    cannot be run.
    """
    from cluster_doctor.rules.promises import broken_promises  # noqa: PLC0415 - keeps --help quick
    from cluster_doctor.workflow.rule_sets import chosen_rules  # noqa: PLC0415 - as above

    console, chosen = Console(), chosen_rules(folder)
    broken = 0
    for file, rule in zip(chosen.files, chosen.own, strict=True):
        problems = list(broken_promises(rule))
        broken += bool(problems)
        console.report(f"{'BROKEN' if problems else 'ok'}  {rule.name}  [{rule.severity.name}]  {file.path}\n")
        console.report("".join(f"    {one_line(problem)}\n" for problem in problems))
    if broken:
        console.say(f"{broken} of {len(chosen.own)} rules do not keep what they promise.")
        raise typer.Exit(BROKEN)


def explain(
    rule: Annotated[str, typer.Argument(help="A name from `cluster-doctor rules`.")],
    runbooks: Runbooks = None,
    rules: OwnRules = None,
) -> None:
    """Tell what a check looks for, why it matters, and what to do about it.

    Examples:
      cluster-doctor explain service_selects_no_pods
      cluster-doctor explain memory_limit_is_exceeded --runbooks ~/runbooks
    """
    from cluster_doctor.remediation.planner import repair_of  # noqa: PLC0415 - keeps --help quick
    from cluster_doctor.workflow.rule_sets import chosen_rules  # noqa: PLC0415 - as above

    known = {found.name: found for found in chosen_rules(rules).rules}
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
