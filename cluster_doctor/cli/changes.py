"""`cluster-doctor changes`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from cluster_doctor.cli.console import WIDTH, Console
from cluster_doctor.cli.options import Context, Form, From, Kubeconfig, Namespaces, NoColour, live_place
from cluster_doctor.cli.scan import picture
from cluster_doctor.domain.spans import span


class ChangesOutput(StrEnum):
    """Forms of the list."""

    TEXT = "text"
    JSON = "json"


def changes(  # noqa: PLR0913, PLR0917 - one argument for each option
    namespace: Namespaces = None,
    since: Annotated[
        str, typer.Option("--since", help="How far back, before the picture: 90m, 24h, 7d.", metavar="SPAN")
    ] = "24h",
    kubeconfig: Kubeconfig = None,
    context: Context = None,
    recorded: From = None,
    form: Form = None,
    output: Annotated[ChangesOutput, typer.Option("-o", "--output", help="The list's form.")] = ChangesOutput.TEXT,
    no_colour: NoColour = False,  # noqa: FBT002 - Typer makes a flag of it
) -> None:
    """List what changed lately, whether anything is wrong or not.

    Examples:
      cluster-doctor changes -n prod
      cluster-doctor changes --since 7d --from incident.cds
      cluster-doctor changes -n prod --output json | jq '.changes[] | select(.kind == "rollout")'

    Rollouts with each field before and after, writes of configuration and policies,
    scalings, nodes, starts of Jobs, deliveries of Argo CD, Flux and Helm: whatever
    has left a trace. What has no known time is listed last. Values of Secrets are
    never shown. `diagnose` tells which of them came before a root cause.

    Exits with 0 when the list is there, 2 on wrong use or unreadable input, 3 when
    the cluster cannot be read.
    """
    from cluster_doctor.reports.changes import changes_json, changes_lines  # noqa: PLC0415 - keeps --help quick
    from cluster_doctor.snapshot.changes.changes import changes_since  # noqa: PLC0415 - as above

    age = span(since)
    console = Console(colour=not no_colour)
    scope = tuple(namespace or ())
    cluster = picture(scope, recorded, form, live_place(kubeconfig, context, None, None), console)
    found = changes_since(cluster, age, scope)
    if output is ChangesOutput.JSON:
        console.report(changes_json(found))
    else:
        console.lines(changes_lines(found, WIDTH))
