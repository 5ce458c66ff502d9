"""`cluster-doctor runs confirm` and `cluster-doctor runs search`: what past incidents teach."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from cluster_doctor.cli.asking import user_name
from cluster_doctor.cli.console import WIDTH, Console
from cluster_doctor.cli.options import Home, NoColour
from cluster_doctor.domain.errors import UsageError

if TYPE_CHECKING:
    from cluster_doctor.domain.refs import ObjectRef


class SearchOutput(StrEnum):
    """Forms of what a search found."""

    TEXT = "text"
    JSON = "json"


def confirm(
    run_id: Annotated[str, typer.Argument(help="A run's id, or the beginning of it.", metavar="ID")],
    cause: Annotated[
        str, typer.Option("--cause", help="Which cause: its number in the report, or its rule.", metavar="N|RULE")
    ] = "",
    helped: Annotated[str, typer.Option("--helped", help="What helped, in your words.", metavar="TEXT")] = "",
    wrong: Annotated[bool, typer.Option("--wrong", help="The cause was not the cause.")] = False,  # noqa: FBT002 - Typer makes a flag of it
    home: Home = None,
) -> None:
    """Say afterwards that a run's cause was right or wrong, and what helped.

    Examples:
      cluster-doctor runs confirm 20260102-030405 --helped "raised the limit to 512Mi"
      cluster-doctor runs confirm 20260102-030405 --cause 2
      cluster-doctor runs confirm 20260102-030405 --cause 1 --wrong --helped "rolled back"

    Later diagnoses tell it where the same happens again; no confidence changes by
    it. Who said it and when is on the run's record (`runs show`). Saying the same
    again changes nothing; saying something else counts from then on. What looks
    like a credential is masked.
    """
    from cluster_doctor.history.history import History  # noqa: PLC0415 - keeps --help quick
    from cluster_doctor.history.judging import judge  # noqa: PLC0415 - as above
    from cluster_doctor.reports import wording  # noqa: PLC0415 - as above

    console = Console()
    with History(home) as history:
        past, changed = judge(history, run_id, cause=cause, confirmed=not wrong, helped=helped, by=user_name())
    said = "" if changed else " (as it was on record already)"
    console.report(f"{past.rule} at {past.subject}: {wording.judgement(past)}{said}\n")


def search(  # noqa: PLR0913, PLR0917 - one argument for each option
    text: Annotated[
        str, typer.Argument(help="Words that all occur; the last may be begun only.", show_default=False)
    ] = "",
    fingerprint: Annotated[
        str, typer.Option("--fingerprint", help="A cause's fingerprint, as reports in JSON give it.", metavar="F")
    ] = "",
    rule: Annotated[str, typer.Option("--rule", help="A check's name.", metavar="RULE")] = "",
    subject: Annotated[
        str,
        typer.Option(
            "--object", help="What it was at, affected or passed: KIND/NS/NAME or KIND/NAME.", metavar="OBJECT"
        ),
    ] = "",
    limit: Annotated[int, typer.Option(help="How many.", min=1, max=1000)] = 20,
    output: Annotated[SearchOutput, typer.Option("-o", "--output", help="The list's form.")] = SearchOutput.TEXT,
    home: Home = None,
    no_colour: NoColour = False,  # noqa: FBT002 - Typer makes a flag of it
) -> None:
    """Find root causes of finished runs by words, fingerprint, rule or object.

    Examples:
      cluster-doctor runs search "memory checkout"
      cluster-doctor runs search --rule memory_limit_is_exceeded
      cluster-doctor runs search --object deployment/shop/checkout --output json

    Without anything it lists the latest. Names of Pods and ReplicaSets are compared
    without the part that Kubernetes makes up.
    """
    from cluster_doctor.domain.recurrence import PastIncidentList  # noqa: PLC0415 - keeps --help quick
    from cluster_doctor.history.entry import Wanted  # noqa: PLC0415 - as above
    from cluster_doctor.history.history import History  # noqa: PLC0415 - as above
    from cluster_doctor.reports.past_incidents import search_json, search_lines  # noqa: PLC0415 - as above

    console = Console(colour=not no_colour)
    named = _object(subject) if subject else None
    wanted = Wanted(text=text, fingerprint=fingerprint, rule=rule, subject=named)
    with History(home) as history:
        met = history.incidents.search(wanted, limit + 1)
    found = PastIncidentList(incidents=tuple(met[:limit]), more=len(met) > limit)
    if output is SearchOutput.JSON:
        console.report(search_json(found))
    else:
        console.lines(search_lines(found, WIDTH))
    if not met:
        console.say(f"No finished run in {history.place} named a cause like that.")


def _object(text: str) -> ObjectRef:
    """Read KIND/NS/NAME or KIND/NAME; kinds as kubectl knows them.

    Raises:
        UsageError: it is neither.
    """
    from cluster_doctor.domain.refs import ObjectRef  # noqa: PLC0415 - keeps --help quick
    from cluster_doctor.snapshot.kinds import BY_WORD  # noqa: PLC0415 - as above

    parts = text.strip().split("/")
    if not 2 <= len(parts) <= 3 or not all(parts):
        raise UsageError(f"--object {text!r} names no object", "Write KIND/NS/NAME or KIND/NAME.")
    known = BY_WORD.get(parts[0].lower())
    kind = known.kind if known else parts[0]
    return ObjectRef(kind=kind, name=parts[-1], namespace=parts[1] if len(parts) == 3 else None)
