"""`cluster-doctor scan`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
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
    OwnRules,
    Prometheus,
    Without,
    live_place,
    standard_input,
)
from cluster_doctor.domain.errors import UsageError
from cluster_doctor.domain.findings import Severity
from cluster_doctor.domain.scan import PastFinding, ScanVerdict, Suppression
from cluster_doctor.reports.scan.output import ScanOutput
from cluster_doctor.sources.assembled import LivePlace, live_source

if TYPE_CHECKING:
    from cluster_doctor.snapshot.snapshot import ClusterSnapshot
    from cluster_doctor.sources.protocol import Source, Want

FOUND, BLIND = 1, 3

Files = Annotated[
    list[Path] | None,
    typer.Argument(help="Manifests that changed: each is judged with those beside it.", metavar="FILE"),
]
FailOn = Annotated[str, typer.Option("--fail-on", help="INFO, WARNING, ERROR or CRITICAL.", metavar="SEVERITY")]
Suppressions = Annotated[
    Path | None,
    typer.Option(
        "--suppressions", help="Findings that nobody wants told; .cluster-doctor.yaml, if there.", metavar="F"
    ),
]
Baseline = Annotated[
    Path | None,
    typer.Option("--baseline", help="An earlier `--output json`: only what is new is told and judged.", metavar="F"),
]
SinglePoints = Annotated[
    bool,
    typer.Option("--single-points", help="Also tell what one failed Pod or node would take down, as warnings."),
]


def scan(  # noqa: PLR0913, PLR0917 - one argument for each option
    files: Files = None,
    all_namespaces: AllNamespaces = False,  # noqa: FBT002 - Typer makes a flag of it
    namespace: Namespaces = None,
    kubeconfig: Kubeconfig = None,
    context: Context = None,
    prometheus: Prometheus = None,
    alertmanager: Alertmanager = None,
    recorded: From = None,
    form: Form = None,
    output: Annotated[ScanOutput, typer.Option("-o", "--output", help="The result's form.")] = ScanOutput.TEXT,
    fail_on: FailOn = "ERROR",
    suppressions: Suppressions = None,
    baseline: Baseline = None,
    single_points: SinglePoints = False,  # noqa: FBT002 - as above
    rules: OwnRules = None,
    without: Without = None,
    no_colour: NoColour = False,  # noqa: FBT002 - as above
) -> None:
    """List everything that is wrong, root causes first; also in manifests, before they are applied.

    Examples:
      cluster-doctor scan -A
      cluster-doctor scan -n prod --fail-on warning
      cluster-doctor scan --from manifests/ --output sarif > findings.sarif
      kustomize build overlays/prod | cluster-doctor scan --from -
      cluster-doctor scan -A --output json > known.json
      cluster-doctor scan -A --baseline known.json
      cluster-doctor scan -A --single-points
      cluster-doctor scan -A --rules ~/rules

    What is well today and will not stay so is told apart, with its date and how that
    is reckoned. It counts for --fail-on only when it is due within seven days.

    A file of suppressions, each until a day:
      suppressions:
      - rule: disruption_budget_blocks_every_eviction
        object: {kind: PodDisruptionBudget, namespace: shop, name: "web*"}
        owner: team-shop
        reason: one replica is all that the licence allows
        expires: 2027-03-31

    Exits with 0 when nothing is at or above the severity, 1 when something is,
    2 on wrong use or unreadable input, 3 when too little could be seen to say.
    """
    from cluster_doctor.reports.scan.forms import render_scan  # noqa: PLC0415 - keeps --help quick
    from cluster_doctor.reports.scan.text import scan_lines  # noqa: PLC0415 - as above
    from cluster_doctor.scanning.scan import ScanPolicy, scan_pictures  # noqa: PLC0415 - as above
    from cluster_doctor.workflow.rule_sets import chosen_rules  # noqa: PLC0415 - as above

    if all_namespaces and namespace:
        raise UsageError("-A looks everywhere, -n in one namespace", "Give one of them.")
    if files and recorded is not None:
        raise UsageError("files and --from both name what to read", "Give one of them.")
    try:
        threshold = Severity.parse(fail_on)
    except ValueError as error:
        raise UsageError(str(error), "Correct --fail-on.") from error
    console = Console(colour=not no_colour)
    policy = ScanPolicy(
        fail_on=threshold,
        today=datetime.now(UTC).date(),
        namespaces=tuple(namespace or ()),
        suppressions=_decisions(suppressions),
        baseline=_known(baseline),
        single_points=single_points,
        rules=chosen_rules(rules, without or ()),
    )
    if files:
        pictures = pictures_of(files, policy.namespaces, console)
    else:
        live = live_place(kubeconfig, context, prometheus, alertmanager)
        pictures = [picture(policy.namespaces, recorded, form, live, console)]
    console.progress("running all checks")
    found = scan_pictures(pictures, policy)
    if output is ScanOutput.TEXT:
        console.lines(scan_lines(found))
    else:
        console.report(render_scan(found, output, policy.rules))
    if found.verdict is ScanVerdict.FOUND:
        raise typer.Exit(FOUND)
    if found.verdict is ScanVerdict.BLIND:
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
    return picture_with(lambda _: (), namespaces, recorded, form, live, console)


def picture_with(
    missing: Callable[[ClusterSnapshot], Sequence[Want]],
    namespaces: tuple[str, ...],
    recorded: str | None,
    form: str | None,
    live: LivePlace,
    console: Console,
) -> ClusterSnapshot:
    """Read what the options name, and then what is missing in it.

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
    seen = source.collect(Scope(namespaces=namespaces), console.progress)
    wants = missing(seen)
    return source.fetch(seen, wants, console.progress) if wants else seen


def pictures_of(files: list[Path], namespaces: tuple[str, ...], console: Console) -> list[ClusterSnapshot]:
    """Read the folders of files; those that hold no Kubernetes object are nobody's business here.

    Raises:
        UsageError: a file does not exist.
        UnreadableInput: a folder could not be read at all.
    """
    from cluster_doctor.sources.protocol import Scope  # noqa: PLC0415 - keeps --help quick
    from cluster_doctor.sources.recorded.contents import folder_contents  # noqa: PLC0415 - as above
    from cluster_doctor.sources.recorded.objects import ObjectFiles  # noqa: PLC0415 - as above
    from cluster_doctor.sources.recorded.parts import NoObjectError  # noqa: PLC0415 - as above

    for file in files:
        if not file.is_file():
            raise UsageError(f"there is no file {file}", "Name files; --from reads a folder.")
    found = []
    for folder in dict.fromkeys(file.parent for file in files):
        source = ObjectFiles(folder_contents(folder, deep=False))
        try:
            found.append(source.collect(Scope(namespaces=namespaces), console.progress))
        except NoObjectError:
            continue
    return found


def _decisions(path: Path | None) -> tuple[Suppression, ...]:
    from cluster_doctor.scanning.suppressions import DEFAULT_FILE, read_suppressions  # noqa: PLC0415 - as above

    if path is None and not Path(DEFAULT_FILE).is_file():
        return ()
    return read_suppressions(path or Path(DEFAULT_FILE))


def _known(path: Path | None) -> tuple[PastFinding, ...] | None:
    from cluster_doctor.scanning.baseline import read_baseline  # noqa: PLC0415 - as above

    return None if path is None else read_baseline(path)
