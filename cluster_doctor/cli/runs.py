"""`cluster-doctor runs`: the history."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cluster_doctor.cli.asking import resumable, settle
from cluster_doctor.cli.console import Console
from cluster_doctor.cli.diagnose import show
from cluster_doctor.cli.merging import AWAITS_MERGE, tell_what_is_open
from cluster_doctor.cli.model_options import ModelBudget, ModelPrice, ModelUrl
from cluster_doctor.cli.options import (
    Home,
    Later,
    NoColour,
    Output,
    PolicyFile,
    Repositories,
    WriteContext,
    WriteKubeconfig,
    repositories_in,
)
from cluster_doctor.cli.recorded_run import AnyRun, is_file, recorded_run
from cluster_doctor.cli.variation import With, variation_of
from cluster_doctor.cli.watching import Watch
from cluster_doctor.domain.errors import UsageError
from cluster_doctor.domain.node_name import NodeName
from cluster_doctor.domain.run_file import SUFFIX
from cluster_doctor.reports.plain import one_line

if TYPE_CHECKING:
    from cluster_doctor.history.history import History
    from cluster_doctor.history.run_log import RunRecord
    from cluster_doctor.workflow.runs import Runs

app = typer.Typer(no_args_is_help=True, help="Look at past runs, go on with killed ones, and replay them offline.")


class DiffOutput(StrEnum):
    """Forms of what differs."""

    TEXT = "text"
    JSON = "json"


RunId = Annotated[str, typer.Argument(help="A run's id, or the beginning of it.", metavar="ID")]
Form = Annotated[Output, typer.Option("-o", "--output", help="The report's form.")]


@app.command("list")
def list_runs(
    home: Home = None, limit: Annotated[int, typer.Option(help="How many, newest first.", min=1)] = 20
) -> None:
    """List runs, newest first."""
    from cluster_doctor.history.history import History  # noqa: PLC0415 - keeps --help quick

    with History(home) as history:
        lines = [_listed(run) for run in history.log.runs(limit)]
    console = Console()
    if not lines:
        console.say(f"No runs in {history.place}.")
    console.report("".join(f"{line}\n" for line in lines))


@app.command("show")
def show_run(run_id: AnyRun, home: Home = None, output: Form = Output.TEXT) -> None:
    """Show a run: its timeline, what each node got and gave, and its report with the evidence."""
    from cluster_doctor.cli.timeline import timeline  # noqa: PLC0415 - keeps --help quick

    console = Console()
    with recorded_run(run_id, home, console.progress) as (runs, known):
        history = runs.history
        if output is Output.TEXT:
            place = run_id if is_file(run_id) else history.evidence.place
            console.report(timeline(history.log.run(known), history.log.steps(known), place))
            if not runs.case(known).diagnosis:
                return
        show(runs.report(known), output, console, runs)


@app.command()
def resume(  # noqa: PLR0913, PLR0917 - one argument for each option
    run_id: RunId,
    home: Home = None,
    output: Form = Output.TEXT,
    policy: PolicyFile = None,
    repository: Repositories = None,
    write_kubeconfig: WriteKubeconfig = None,
    write_context: WriteContext = None,
    later: Later = False,  # noqa: FBT002 - Typer makes a flag of it
    no_colour: NoColour = False,  # noqa: FBT002 - as above
) -> None:
    """Go on with a run that was killed or waits for an answer, from its last checkpoint.

    Who approved already is shown, where several have to. Without a terminal the plan
    is declined, unless somebody approved it already or --later is given.

    A change that was under way when it was killed is looked up in the cluster: what
    was stored is not sent again.

    A run that waits for a merge looks whether its proposal is merged by now. If so,
    it watches the cluster until the cause is gone and the workloads are well; if not,
    it says what to merge and exits with 4. A proposal that was closed ends the run.
    The repositories are those that the run began with, unless --repository names others.
    """
    from cluster_doctor.history.history import History  # noqa: PLC0415 - keeps --help quick

    console = Console(colour=not no_colour)
    from cluster_doctor.workflow.runs import Merging, Runs  # noqa: PLC0415 - LangGraph takes a second to load
    from cluster_doctor.workflow.writing import Writing  # noqa: PLC0415 - as above

    repositories = repositories_in(repository)
    with History(home) as history:
        writing = Writing(
            policy, str(write_kubeconfig) if write_kubeconfig else None, write_context, repositories=repositories
        )
        watch = Watch(console, history)
        runs = Runs(history, progress=watch.progress, journal=watch.journal, writing=writing)
        with resumable(runs, console):
            with watch.shown():
                standing = runs.resume(run_id)
            report = settle(runs, standing, console, shown=False, later=later, watch=watch)
        show(report, output, console, runs)
    if tell_what_is_open(report, console) and isinstance(standing, Merging):
        raise typer.Exit(AWAITS_MERGE)


@app.command()
def export(
    run_id: RunId,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help=f"Where to; ID{SUFFIX} here by default.", metavar="FILE")
    ] = None,
    home: Home = None,
) -> None:
    """Write a run into one file, for somebody who wants to replay or audit it elsewhere.

    Examples:
      cluster-doctor runs export 20260102-030405
      cluster-doctor runs export 20260102-030405 -o checkout.cdrun
      cluster-doctor runs replay checkout.cdrun                    # on another machine

    The file holds the evidence, redacted as it was taken, what each node found, and
    the run's part of the audit record. Paths and credentials of this machine are not
    in it. `runs show`, `replay`, `diff`, `audit` and `verify` take it instead of an id.
    """
    from cluster_doctor.history.history import History  # noqa: PLC0415 - keeps --help quick
    from cluster_doctor.workflow.exporting import export_run  # noqa: PLC0415 - as above

    console = Console()
    with History(home) as history:
        known = history.log.run(run_id).run_id
        path = output or Path(f"{known}{SUFFIX}")
        if path.suffix != SUFFIX:
            raise UsageError(f"{path} does not end in {SUFFIX}", f"Name it {path.with_suffix(SUFFIX)}.")
        export_run(history, _runs(history, console), known, path)
    console.report(f"{path}\n")


@app.command()
def replay(  # noqa: PLR0913, PLR0917 - one argument for each option
    run_id: AnyRun,
    begin: Annotated[NodeName, typer.Option("--from", help="The first node that works again.")] = NodeName.COLLECT,
    what_if: Annotated[
        list[str] | None,
        typer.Option(
            "--what-if",
            help="Suppose that manifests (a file or folder) were applied, or `plan`: that its plans were carried out. "
            "May be given again.",
            metavar="PATH|plan",
        ),
    ] = None,
    variation: With = None,
    model_url: ModelUrl = None,
    model_budget: ModelBudget = None,
    model_price: ModelPrice = None,
    home: Home = None,
    output: Form = Output.TEXT,
) -> None:
    """Investigate a run's recorded evidence again, offline, and say whether the answer is the same.

    Examples:
      cluster-doctor runs replay 20260102-030405
      cluster-doctor runs replay 20260102-030405 --from triage
      cluster-doctor runs replay 20260102-030405 --what-if plan
      cluster-doctor runs replay 20260102-030405 --what-if fixed.yaml --output json
      cluster-doctor runs replay 20260102-030405 --with rules=~/rules
      cluster-doctor runs replay 20260102-030405 --with rules=-node_is_not_ready
      cluster-doctor runs replay 20260102-030405 --with model=openai:gpt-5.5

    No cluster is read, nobody is asked, and nothing is carried out: what became of
    its plans is taken from the record. Where something is supposed, what changes is
    taken as rolled out and running well: what is found then is wrong in any case.
    The run's own rules are run, if their files are what they were, and what its
    model answered is taken from the record: no key is needed, unless another model
    or other prompts are asked for.
    The report goes to standard output, and what differs, node by node, to standard
    error.
    """
    from cluster_doctor.reports.difference import difference_lines  # noqa: PLC0415 - keeps --help quick
    from cluster_doctor.workflow.comparing import compare  # noqa: PLC0415 - as above
    from cluster_doctor.workflow.replay import replay as replay_run  # noqa: PLC0415 - as above
    from cluster_doctor.workflow.variations import WhatIf  # noqa: PLC0415 - as above

    supposed, varied = what_if or [], variation_of(variation or [], model_url, model_budget, model_price)
    console = Console()
    wanted = WhatIf("plan" in supposed, tuple(Path(path) for path in supposed if path != "plan"))
    with recorded_run(run_id, home, console.progress) as (runs, known):
        standing = replay_run(
            runs.history, runs, known, begin=begin, what_if=wanted, rules=varied.rules, model=varied.model
        )
        show(standing.report, output, console, runs)
        changes = list(difference_lines(compare((runs, known), (runs, runs.current))))
        console.say("\n".join(changes) if changes else f"Same result as run {known}.")


@app.command("diff")
def diff_runs(
    first: Annotated[str, typer.Argument(metavar="A", help="The earlier run: its id, or a file by `runs export`.")],
    second: Annotated[str, typer.Argument(metavar="B", help="The later run.")],
    home: Home = None,
    output: Annotated[DiffOutput, typer.Option("-o", "--output", help="The form.")] = DiffOutput.TEXT,
) -> None:
    """Show what differs between two runs, node by node: gone (-), new (+), changed (~).

    Collect: what was read, object by object. Verify: the claims. Diagnose: causes,
    confidence, symptoms, what was ruled out. Triage: priority. Remediate: the plans
    and what became of them.
    """
    from cluster_doctor.reports.difference import difference_lines  # noqa: PLC0415 - keeps --help quick
    from cluster_doctor.reports.plain import plain_json  # noqa: PLC0415 - as above
    from cluster_doctor.workflow.comparing import compare  # noqa: PLC0415 - as above

    console = Console()
    with recorded_run(first, home, console.progress) as before, recorded_run(second, home, console.progress) as after:
        found = compare(before, after)
    if output is DiffOutput.JSON:
        console.report(plain_json(found.model_dump(mode="json")))
    else:
        console.report("".join(f"{line}\n" for line in difference_lines(found)) or "No difference.\n")


def _listed(run: RunRecord) -> str:
    what = run.incident or "(everything)"
    return f"{run.run_id}  {run.state.value:20}  {one_line(f'{what} | {run.summary}' if run.summary else what)}"


def _runs(history: History, console: Console) -> Runs:
    from cluster_doctor.workflow.runs import Runs  # noqa: PLC0415 - LangGraph takes a second to load

    return Runs(history, progress=console.progress)
