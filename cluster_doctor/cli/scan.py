"""`cluster-doctor scan`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cluster_doctor.cli.console import Console
from cluster_doctor.cli.options import (
    Alertmanager,
    AllNamespaces,
    Context,
    Form,
    From,
    Kubeconfig,
    Namespaces,
    NoColour,
    Prometheus,
    live_place,
    standard_input,
)
from cluster_doctor.domain.errors import UsageError
from cluster_doctor.domain.findings import Severity
from cluster_doctor.reports.scan import Scan, ScanOutput, render_scan, scan_lines
from cluster_doctor.sources.assembled import LivePlace, live_source

if TYPE_CHECKING:
    from cluster_doctor.snapshot.snapshot import ClusterSnapshot
    from cluster_doctor.sources.protocol import Source

FOUND, BLIND = 1, 3


def scan(  # noqa: PLR0913, PLR0917 - one argument for each option
    all_namespaces: AllNamespaces = False,  # noqa: FBT002 - Typer makes a flag of it
    namespace: Namespaces = None,
    kubeconfig: Kubeconfig = None,
    context: Context = None,
    prometheus: Prometheus = None,
    alertmanager: Alertmanager = None,
    recorded: From = None,
    form: Form = None,
    output: Annotated[ScanOutput, typer.Option("-o", "--output", help="The result's form.")] = ScanOutput.TEXT,
    fail_on: Annotated[
        str, typer.Option("--fail-on", help="INFO, WARNING, ERROR or CRITICAL.", metavar="SEVERITY")
    ] = "ERROR",
    no_colour: NoColour = False,  # noqa: FBT002 - as above
) -> None:
    """List everything that is wrong, root causes first.

    Examples:
      cluster-doctor scan -A
      cluster-doctor scan -n prod --fail-on warning
      cluster-doctor scan --from manifests/ --output sarif > findings.sarif

    Exits with 0 when nothing is at or above the severity, 1 when something is,
    2 on wrong use or unreadable input, 3 when too little could be seen to say.
    """
    from cluster_doctor.domain.incident import Incident  # noqa: PLC0415 - keeps --help quick
    from cluster_doctor.inference.diagnose import diagnose as infer  # noqa: PLC0415 - as above
    from cluster_doctor.rules.catalogue import all_rules  # noqa: PLC0415 - as above
    from cluster_doctor.rules.engine import run_rules  # noqa: PLC0415 - as above

    if all_namespaces and namespace:
        raise UsageError("-A looks everywhere, -n in one namespace", "Give one of them.")
    try:
        threshold = Severity.parse(fail_on)
    except ValueError as error:
        raise UsageError(str(error), "Correct --fail-on.") from error
    console = Console(colour=not no_colour)
    spaces = tuple(namespace or ())
    cluster = picture(spaces, recorded, form, live_place(kubeconfig, context, prometheus, alertmanager), console)
    console.progress("running all checks")
    diagnosis = infer(cluster, Incident(namespaces=spaces))
    results = run_rules(all_rules(), cluster)
    inside = [found for found in results.findings if not spaces or found.subject.namespace in (*spaces, None)]
    found = Scan.sorted(inside, diagnosis.root_causes, diagnosis.gaps, diagnosis.rules_unknown, cluster.source)
    if output is ScanOutput.TEXT:
        console.lines(scan_lines(found))
    else:
        console.report(render_scan(found, output))
    worst = found.worst()
    if worst is not None and worst >= threshold:
        raise typer.Exit(FOUND)
    if diagnosis.status.value == "unresolved" and worst is None:
        console.say("Too little could be seen to say that nothing is wrong.")
        raise typer.Exit(BLIND)


def picture(
    namespaces: tuple[str, ...],
    recorded: str | None,
    form: str | None,
    live: LivePlace,
    console: Console,
) -> ClusterSnapshot:
    """Read what the options name, live or recorded.

    Raises:
        SourceError: nothing could be read.
    """
    from cluster_doctor.sources.protocol import Scope  # noqa: PLC0415 - keeps --help quick

    source: Source
    if recorded is not None:
        from cluster_doctor.sources.recognise import open_recorded  # noqa: PLC0415 - as above

        source = open_recorded(standard_input() if recorded == "-" else recorded, form)
    else:
        source = live_source(live)
    return source.collect(Scope(namespaces=namespaces), console.progress)
