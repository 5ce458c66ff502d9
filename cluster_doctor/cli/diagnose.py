"""`cluster-doctor diagnose`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cluster_doctor.cli.asking import resumable, settle
from cluster_doctor.cli.console import WIDTH, Console
from cluster_doctor.cli.merging import tell_what_is_open
from cluster_doctor.cli.model_options import ModelBudget, ModelName, ModelPrice, ModelUrl, model_named
from cluster_doctor.cli.options import (
    Alertmanager,
    Context,
    Form,
    From,
    Home,
    Kubeconfig,
    Later,
    Namespaces,
    NoColour,
    Output,
    OwnRules,
    PolicyFile,
    Prometheus,
    Repositories,
    Runbooks,
    Without,
    WriteContext,
    WriteKubeconfig,
    live_place,
    place_named,
    repositories_in,
)
from cluster_doctor.cli.watching import Watch
from cluster_doctor.domain.report import Report
from cluster_doctor.reports.text import text_lines

if TYPE_CHECKING:
    from cluster_doctor.workflow.runs import Runs


def diagnose(  # noqa: PLR0913, PLR0917 - one argument for each option
    text: Annotated[
        str,
        typer.Argument(help="The incident in your words, or an alert's. Without it: everything.", show_default=False),
    ] = "",
    namespace: Namespaces = None,
    kubeconfig: Kubeconfig = None,
    context: Context = None,
    prometheus: Prometheus = None,
    alertmanager: Alertmanager = None,
    recorded: From = None,
    form: Form = None,
    output: Annotated[Output, typer.Option("-o", "--output", help="The report's form.")] = Output.TEXT,
    home: Home = None,
    runbooks: Runbooks = None,
    model: ModelName = None,
    model_url: ModelUrl = None,
    model_budget: ModelBudget = None,
    model_price: ModelPrice = None,
    rules: OwnRules = None,
    without: Without = None,
    policy: PolicyFile = None,
    repository: Repositories = None,
    write_kubeconfig: WriteKubeconfig = None,
    write_context: WriteContext = None,
    later: Later = False,  # noqa: FBT002 - Typer makes a flag of it
    no_colour: NoColour = False,  # noqa: FBT002 - as above
) -> None:
    """Find out why something is broken, and what to do about it.

    Examples:
      cluster-doctor diagnose "deployment webapp in prod is crash looping"
      cluster-doctor diagnose -n prod
      cluster-doctor diagnose "svc web has no endpoints" --from snapshot.cds
      kubectl get all,events -n prod -o json | cluster-doctor diagnose --from -
      cluster-doctor diagnose -n prod --runbooks ~/runbooks
      cluster-doctor diagnose -n prod --output summary-json  # root_cause, fix_steps, …
      cluster-doctor diagnose -n prod --repository ~/src/shop
      cluster-doctor diagnose -n prod --rules ~/rules --without node_is_not_ready

    Beside each cause stands whether it was seen before, what helped then (see
    `runs confirm`), and which runbooks fit: Markdown files whose front matter
    (rules, symptoms, kinds, title, url), headings or text name it.

    Reads only, unless a policy allows changes in the cluster (see `policy show`):
    then its plans are rehearsed there by dry run, and carried out after a person at
    the terminal has said yes to exactly that. What does not heal is taken back.

    With --repository a plan becomes changed files of the repository that Argo CD or
    Flux deploys from: shown as a diff, rehearsed (rendered, and scanned with the
    change made), and put on a branch of its own after the same yes. Nothing is merged
    here; `runs resume` looks for the merge, and whether it healed.

    With --model a chat model looks into what the rules leave open, and nothing else:
    its sentences have to cite evidence that code has matched, its causes need two
    independent kinds of observed evidence to count, and it holds no tool that writes.
    What it may cost is bounded by --model-budget.

    Prints the report on standard output; exits with 0 when there is one, 2 on wrong
    use or unreadable input, 3 when the cluster cannot be read.
    """
    from cluster_doctor.domain.incident import Incident  # noqa: PLC0415 - keeps --help quick
    from cluster_doctor.history.history import History  # noqa: PLC0415 - as above
    from cluster_doctor.sources.runbooks import runbooks_named  # noqa: PLC0415 - as above

    console = Console(colour=not no_colour)
    shelf, repositories = runbooks_named(runbooks), repositories_in(repository)
    asked = model_named(model, model_url, model_budget, model_price)
    incident = Incident(text=text, namespaces=tuple(namespace or ()))
    with History(home) as history:
        place = place_named(
            history,
            incident,
            recorded=recorded,
            form=form,
            live=live_place(kubeconfig, context, prometheus, alertmanager),
            progress=console.progress,
        )
        from cluster_doctor.workflow.rule_sets import chosen_rules  # noqa: PLC0415 - as below
        from cluster_doctor.workflow.runs import Runs  # noqa: PLC0415 - LangGraph loads while nothing is wrong so far
        from cluster_doctor.workflow.writing import Writing  # noqa: PLC0415 - as above

        chosen = chosen_rules(rules, without or ())
        writing = Writing(
            policy, str(write_kubeconfig) if write_kubeconfig else None, write_context, repositories=repositories
        )
        watch = Watch(console, history)
        runs = Runs(history, progress=watch.progress, journal=watch.journal, writing=writing)
        early = output is Output.TEXT and console.interactive
        with resumable(runs, console):
            with watch.shown():
                standing = runs.begin(incident, place, runbooks=shelf, rules=chosen, model=asked)
            if early:
                show(standing.report, output, console, runs)
            report = settle(runs, standing, console, shown=early, later=later, watch=watch)
        if not early:
            show(report, output, console, runs)
        elif report.remediation and report.remediation.outcome:
            from cluster_doctor.reports import wording  # noqa: PLC0415 - as above

            console.say(wording.outcome(report.remediation.outcome))
        tell_what_is_open(report, console)


def show(report: Report, output: Output, console: Console, runs: Runs) -> None:
    """Print a report in a form; `runs` knows the picture that it is about."""
    match output:
        case Output.TEXT:
            console.lines(text_lines(report, WIDTH))
        case Output.JSON:
            from cluster_doctor.reports.as_json import render_json  # noqa: PLC0415 - one of four is needed

            console.report(render_json(report))
        case Output.MARKDOWN:
            from cluster_doctor.reports.markdown import render_markdown  # noqa: PLC0415 - as above

            console.report(render_markdown(report))
        case Output.HTML:
            from cluster_doctor.reports.html import render_html  # noqa: PLC0415 - as above

            console.report(render_html(report))
        case Output.SUMMARY:
            from cluster_doctor.inference.cause_summary import summarise  # noqa: PLC0415 - as above
            from cluster_doctor.reports.as_json import render_summary  # noqa: PLC0415 - as above

            picture = runs.history.evidence.snapshot(runs.case(report.run_id).snapshot)
            console.report(render_summary(summarise(report, picture)))
