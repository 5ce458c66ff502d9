"""`cluster-doctor logs`."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from cluster_doctor.cli.console import Console
from cluster_doctor.cli.options import Context, Form, From, Kubeconfig, Namespaces, NoColour, live_place
from cluster_doctor.cli.scan import picture_with
from cluster_doctor.domain.spans import span

if TYPE_CHECKING:
    from cluster_doctor.snapshot.snapshot import ClusterSnapshot

BLIND = 3


class LogsOutput(StrEnum):
    """Forms of the list."""

    TEXT = "text"
    JSON = "json"


def logs(  # noqa: PLR0913, PLR0917 - one argument for each option
    namespace: Namespaces = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since", help="Compare this long before the picture with what was before: 30m, 1h, 2d.", metavar="SPAN"
        ),
    ] = None,
    kubeconfig: Kubeconfig = None,
    context: Context = None,
    recorded: From = None,
    form: Form = None,
    output: Annotated[LogsOutput, typer.Option("-o", "--output", help="The list's form.")] = LogsOutput.TEXT,
    no_colour: NoColour = False,  # noqa: FBT002 - Typer makes a flag of it
) -> None:
    """Tell what the logs say, as patterns with counts; what is new first.

    Examples:
      cluster-doctor logs -n prod
      cluster-doctor logs -n prod --since 1h
      cluster-doctor logs --from incident.cds --output json
      cluster-doctor logs -n prod --output json | jq '.patterns[] | select(.is_new)'

    Lines that differ in numbers, addresses, identifiers or single words are one
    pattern. It is new if it was not logged before the span, or by the instance
    before; where too little from before was read, that is not known. Values that
    look like credentials are masked.

    Exits with 0 when the list is there, 2 on wrong use or unreadable input, 3 when
    the cluster or none of its logs can be read.
    """
    from cluster_doctor.inference.log_patterns import find_patterns  # noqa: PLC0415 - keeps --help quick
    from cluster_doctor.reports.log_patterns import log_lines  # noqa: PLC0415 - as above
    from cluster_doctor.reports.plain import plain_json  # noqa: PLC0415 - as above
    from cluster_doctor.snapshot.views import Pod  # noqa: PLC0415 - as above
    from cluster_doctor.sources.protocol import Want  # noqa: PLC0415 - as above

    age = span(since) if since else None
    console = Console(colour=not no_colour)
    scope = tuple(namespace or ())

    def missing(seen: ClusterSnapshot) -> list[Want]:
        return [Want("Log", place) for place in scope or sorted({pod.namespace or "" for pod in seen.all(Pod)})]

    cluster = picture_with(missing, scope, recorded, form, live_place(kubeconfig, context, None, None), console)
    console.progress("counting lines")
    found = find_patterns(cluster, scope, cluster.taken_at - age if age else None)
    if output is LogsOutput.JSON:
        console.report(plain_json(found.model_dump(mode="json")))
    else:
        console.lines(log_lines(found))
    if not found.workloads:
        console.say("No log was read. Name a namespace with -n, or a recording with --from.")
        raise typer.Exit(BLIND)
