"""`cluster-doctor record`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cluster_doctor.cli.console import Console
from cluster_doctor.cli.options import (
    Alertmanager,
    Context,
    Form,
    From,
    Kubeconfig,
    Namespaces,
    Prometheus,
    live_place,
)
from cluster_doctor.cli.scan import picture
from cluster_doctor.domain.errors import UsageError


def record(  # noqa: PLR0913, PLR0917 - one argument for each option
    file: Annotated[Path, typer.Option("-o", "--output", help="Where to write the snapshot.", metavar="FILE")],
    namespace: Namespaces = None,
    kubeconfig: Kubeconfig = None,
    context: Context = None,
    prometheus: Prometheus = None,
    alertmanager: Alertmanager = None,
    recorded: From = None,
    form: Form = None,
) -> None:
    """Take a snapshot for later: one file, redacted, for `--from`.

    Examples:
      cluster-doctor record -o incident.cds
      cluster-doctor record -n prod -o incident.cds
      cluster-doctor diagnose --from incident.cds
    """
    from cluster_doctor.snapshot.file import write_snapshot  # noqa: PLC0415 - keeps --help quick

    if not file.parent.is_dir():
        raise UsageError(f"there is no folder {file.parent}", "Make it, or name another file.")
    console = Console()
    cluster = picture(
        tuple(namespace or ()), recorded, form, live_place(kubeconfig, context, prometheus, alertmanager), console
    )
    try:
        write_snapshot(cluster, file)
    except OSError as error:
        raise UsageError(f"could not write {file}: {error.strerror}", "Name another file.") from error
    console.say(f"{file}: {len(cluster.objects)} objects, {len(cluster.logs)} logs, {len(cluster.coverage.gaps)} gaps")
