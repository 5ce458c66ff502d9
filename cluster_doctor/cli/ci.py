"""`cluster-doctor ci`."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from cluster_doctor.cli.console import WIDTH, Console
from cluster_doctor.cli.options import (
    Context,
    Form,
    From,
    Kubeconfig,
    Namespaces,
    NoColour,
    live_place,
    standard_input,
)
from cluster_doctor.cli.scan import picture
from cluster_doctor.domain.errors import UsageError

if TYPE_CHECKING:
    from cluster_doctor.domain.ci import CiFailure, CiReport, CiRun
    from cluster_doctor.snapshot.snapshot import ClusterSnapshot


class CiOutput(StrEnum):
    """Forms of the diagnosis."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


def ci(  # noqa: PLR0913, PLR0917 - one argument for each option
    run: Annotated[
        str,
        typer.Argument(
            help="Address of a run or job of GitHub Actions, or a file: a job's log, the zip of a run's logs, what "
            "`gh run view --log` prints; `-` reads standard input.",
            metavar="URL|FILE",
        ),
    ],
    live: Annotated[bool, typer.Option("--live", help="Also look at the live cluster.")] = False,  # noqa: FBT002 - Typer
    namespace: Namespaces = None,
    kubeconfig: Kubeconfig = None,
    context: Context = None,
    recorded: From = None,
    form: Form = None,
    output: Annotated[CiOutput, typer.Option("-o", "--output", help="The diagnosis' form.")] = CiOutput.TEXT,
    no_colour: NoColour = False,  # noqa: FBT002 - as above
) -> None:
    """Find out why a run of GitHub Actions failed, and what it has to do with a cluster.

    Examples:
      cluster-doctor ci https://github.com/OWNER/REPOSITORY/actions/runs/123
      gh run view 123 --log-failed | cluster-doctor ci -
      cluster-doctor ci logs.zip --from incident.cds
      cluster-doctor ci https://github.com/OWNER/REPOSITORY/actions/runs/123 --live -n prod

    Names the step, the first line that decides with its number, what failed (a test,
    a package, an image, a permission, a place in a file) and what to do next. With a
    cluster or a recording of one it also tells which workloads run what the run built
    or deployed, and what is wrong with them.

    Private repositories need GITHUB_TOKEN or GH_TOKEN with actions: read, other hosts
    than github.com GH_ENTERPRISE_TOKEN. Reads only.

    Exits with 0 when there is a diagnosis, 2 on wrong use or unreadable input, 3 when
    the server or the cluster cannot be read.
    """
    from cluster_doctor.inference.ci.diagnose_run import diagnose_run  # noqa: PLC0415 - keeps --help quick
    from cluster_doctor.sources.github_actions.opening import open_run  # noqa: PLC0415 - as above

    if run == "-" and recorded == "-":
        raise UsageError("standard input can hold one thing", "Save the log or the recording to a file.")
    console = Console(colour=not no_colour)
    found = open_run(standard_input() if run == "-" else run, console.progress)
    failures = diagnose_run(found)
    report = report_on(found, failures)
    if live or recorded is not None or kubeconfig or context:
        scope = tuple(namespace or ())
        place = live_place(kubeconfig, context, None, None)
        report = with_cluster(report, found, picture(scope, recorded, form, place, console), scope)
    elif namespace:
        raise UsageError("-n says where to look in a cluster, and none is named", "Add --live or --from PATH.")
    show(report, output, console)


def report_on(run: CiRun, failures: tuple[CiFailure, ...]) -> CiReport:
    """Put the diagnosis of a run together."""
    from cluster_doctor.domain.ci import CiReport  # noqa: PLC0415 - keeps --help quick
    from cluster_doctor.inference.ci.ties import commit_of  # noqa: PLC0415 - as above

    return CiReport(
        source=run.source,
        repository=run.repository,
        workflow=run.workflow,
        number=run.number,
        commit=commit_of(run),
        branch=run.branch,
        conclusion=run.conclusion,
        url=run.url,
        failures=failures,
        notes=run.notes,
    )


def with_cluster(report: CiReport, run: CiRun, cluster: ClusterSnapshot, scope: tuple[str, ...]) -> CiReport:
    """Add which workloads run what the run made, and what is wrong with them."""
    from cluster_doctor.domain.incident import Incident  # noqa: PLC0415 - as above
    from cluster_doctor.inference.ci.ties import ties  # noqa: PLC0415 - as above
    from cluster_doctor.inference.diagnose import diagnose  # noqa: PLC0415 - as above

    diagnosis = diagnose(cluster, Incident(namespaces=scope))
    found = ties(run, report.failures, cluster, diagnosis)
    return report.model_copy(update={"ties": found, "cluster": cluster.source or "the cluster"})


def show(report: CiReport, output: CiOutput, console: Console) -> None:
    """Print the diagnosis in a form."""
    from cluster_doctor.reports.ci import ci_json, ci_lines, ci_markdown  # noqa: PLC0415 - as above

    match output:
        case CiOutput.TEXT:
            console.lines(ci_lines(report, WIDTH))
        case CiOutput.JSON:
            console.report(ci_json(report))
        case CiOutput.MARKDOWN:
            console.report(ci_markdown(report))
