"""`cluster-doctor runs audit` and `cluster-doctor runs verify`: who did what, and whether that record is whole."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from cluster_doctor.cli.console import Console
from cluster_doctor.cli.options import Home
from cluster_doctor.cli.recorded_run import AnyRun, is_file, recorded_run
from cluster_doctor.domain.audit import AuditEntry, AuditFault, AuditHead
from cluster_doctor.domain.errors import RunError, UsageError
from cluster_doctor.reports.plain import one_line

if TYPE_CHECKING:
    from cluster_doctor.history.verifying import Verification

BROKEN = 1
_NOTED = re.compile(r"([1-9][0-9]*):([0-9a-f]{64})")


class AuditOutput(StrEnum):
    """Forms of the audit record."""

    TEXT = "text"
    JSONL = "jsonl"


def verify(
    run_id: Annotated[
        str,
        typer.Argument(
            help="A run's id, the beginning of it, or a file by `runs export`; all runs by default.", metavar="ID|FILE"
        ),
    ] = "",
    head: Annotated[
        str, typer.Option("--head", help="A head noted earlier: the record must still hold it.", metavar="N:HASH")
    ] = "",
    home: Home = None,
) -> None:
    """Check that the audit record is what was written: nothing changed, missing, moved or cut off.

    Examples:
      cluster-doctor runs verify
      cluster-doctor runs verify 20260102-030405
      cluster-doctor runs verify --head 12:5f1d…

    Exit code 0: intact; 1: broken, with each place on standard output; 2: wrong use,
    or the history cannot be read. All runs share one chain, so a run's record is only
    as good as the chain around it: of the faults, those of that run and those of no
    one run are told. Who can write to the history can replace it as a whole: keep the
    head that is printed somewhere else, and give it with --head later.
    """
    from cluster_doctor.history.history import History  # noqa: PLC0415 - keeps --help quick
    from cluster_doctor.history.verifying import verify as verify_record  # noqa: PLC0415 - as above

    noted = _noted(head)
    console = Console()
    if is_file(run_id):
        _verify_file(run_id, noted, console)
        return
    with History(home) as history:
        found = verify_record(history.store, noted)
        run = _run_of(run_id, found, lambda: history.log.run(run_id).run_id)
    faults = [fault for fault in found.faults if not run or fault.run_id in {"", run}]
    _tell(faults, console, "Find out who can write to the history.")
    others = len(found.faults) - len(faults)
    if others:
        word = "fault" if others == 1 else "faults"
        console.say(f"Other runs have {others} {word}; `cluster-doctor runs verify` tells them.")
    console.report(
        f"Intact: {found.head.sequence} entries of {found.runs} runs. Head {found.head.sequence}:{found.head.hash}\n"
    )


def _verify_file(named: str, noted: AuditHead | None, console: Console) -> None:
    """Check the record in a file by itself, and against a head that whoever made it noted."""
    from cluster_doctor.history.verifying import verify_alone  # noqa: PLC0415 - keeps --help quick

    with recorded_run(named, None, console.progress) as (runs, run):
        history = runs.history
        found = verify_alone(history.store, run, history.audit.head(run))
        held = {row["hash"] for row in history.audit.rows_of(run)}
    _tell(found.faults, console, "Find out through whose hands the file went.")
    if noted and noted.hash not in held:
        console.report(f"entry {noted.sequence}: is not the one that was noted, {noted.hash[:12]}\n")
        raise typer.Exit(BROKEN)
    console.say(
        "The entries of other runs, between these, are not in the file; and who made it could have made it otherwise.\n"
        f"Where it comes from, `cluster-doctor runs verify {run}` tells the rest."
    )
    console.report(f"Intact: the entries of run {run}. Head {found.head.sequence}:{found.head.hash}\n")


def _tell(faults: Sequence[AuditFault], console: Console, advice: str) -> None:
    """Tell where it is broken, and end with that; or go on where it is not."""
    for fault in faults:
        where = f"entry {fault.sequence}" if fault.sequence else "the record"
        of = f" of run {fault.run_id}" if fault.run_id else ""
        console.report(f"{one_line(f'{where}{of}: {fault.what}')}\n")
    if faults:
        console.say(f"Broken: this is not what was written. {advice}")
        raise typer.Exit(BROKEN)


def audit(
    run_id: AnyRun,
    output: Annotated[AuditOutput, typer.Option("-o", "--output", help="The record's form.")] = AuditOutput.TEXT,
    home: Home = None,
) -> None:
    """Show who did what in a run: questions, answers, approvals, refusals, writes and what came of them.

    Examples:
      cluster-doctor runs audit 20260102-030405
      cluster-doctor runs audit 20260102-030405 -o jsonl > audit.jsonl

    Each entry says on which cluster, on whose word, with which evidence, and what
    takes it back. In JSON Lines each line is one entry with the hashes that chain it
    to the one before; docs/audit.schema.json describes it.
    """
    from cluster_doctor.history.audit import canonical  # noqa: PLC0415 - keeps --help quick

    console = Console()
    with recorded_run(run_id, home, console.progress) as (runs, run):
        entries = runs.history.audit.of_run(run)
    if not entries:
        console.say(f"Nothing was asked, answered or written in run {run}.")
    for entry in entries:
        if output is AuditOutput.JSONL:
            console.report(canonical(entry.model_dump(mode="json")) + "\n")
        else:
            console.report("".join(f"{one_line(line) if line[0] != ' ' else line}\n" for line in _lines(entry)))


def _lines(entry: AuditEntry) -> Iterator[str]:
    """Write an entry: the act, and below it what goes with it."""
    body = entry.body
    yield f"{entry.sequence}  {entry.at[:19]}Z  {entry.kind.value} by {body.who}: {body.what}"
    parts = {
        "cluster": ", ".join(f"{signal.value} {value}" for signal, value in body.cluster.signals.items()),
        "on the word of": body.approver,
        "digest": body.digest,
        "evidence": ", ".join(body.evidence),
        "undo": "" if body.undo is None else json.dumps(body.undo, ensure_ascii=False, sort_keys=True),
        "detail": json.dumps(body.detail, ensure_ascii=False, sort_keys=True) if body.detail else "",
        "hash": entry.hash,
    }
    for name, said in parts.items():
        if said:
            yield f"      {one_line(f'{name}: {said}')}"


def _noted(head: str) -> AuditHead | None:
    if not head:
        return None
    parts = _NOTED.fullmatch(head.strip())
    if not parts:
        raise UsageError(f"--head {head[:80]!r} is no head", "Write it as `runs verify` prints it: NUMBER:HASH.")
    return AuditHead(sequence=int(parts[1]), hash=parts[2])


def _run_of(run_id: str, found: Verification, recorded: Callable[[], str]) -> str:
    """Find the run that is meant, though it may have been deleted from the list of runs."""
    try:
        return recorded() if run_id else ""
    except RunError:
        if any(fault.run_id == run_id for fault in found.faults):
            return run_id
        raise
