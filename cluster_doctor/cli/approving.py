"""`cluster-doctor approve` and `cluster-doctor runs answer`: answers that come from somewhere else."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from cluster_doctor.cli.asking import how_to_answer
from cluster_doctor.cli.console import Console
from cluster_doctor.cli.diagnose import show
from cluster_doctor.cli.options import (
    Home,
    NoColour,
    Output,
    PolicyFile,
    WriteContext,
    WriteKubeconfig,
    standard_input,
)
from cluster_doctor.domain.errors import UsageError

LONGEST = 24 * 60
"""Minutes that an answer may count; the plan itself counts for an hour."""


def approve(  # noqa: PLR0913, PLR0917 - one argument for each option
    run_id: Annotated[str, typer.Argument(help="The run's whole id.", metavar="RUN")],
    digest: Annotated[str, typer.Option("--digest", help="The digest of what you approve, whole.", metavar="D")],
    interrupt: Annotated[str, typer.Option("--interrupt", help="The question, as the run names it.", metavar="I")],
    approver: Annotated[str, typer.Option("--as", help="Your name, as the policy has it.", metavar="NAME")],
    steps: Annotated[
        str, typer.Option("--steps", help="Which steps, as 1.1,1.2; all that are offered by default.", metavar="S")
    ] = "",
    decline: Annotated[bool, typer.Option("--decline", help="Decline instead.")] = False,  # noqa: FBT002 - a flag
    reason: Annotated[str, typer.Option("--reason", help="Why you decline.", metavar="TEXT")] = "",
    minutes: Annotated[int, typer.Option("--minutes", help="How long it counts.", min=1, max=LONGEST)] = 60,
    sign_with: Annotated[
        Path | None, typer.Option("--sign-with", help="SSH key to sign with; its agent may hold it.", metavar="KEY")
    ] = None,
) -> None:
    """Answer a run from another machine: write a message to bring to it.

    Examples:
      cluster-doctor approve RUN --interrupt I --digest D --as ada --sign-with ~/.ssh/id_ed25519 >answer
      cluster-doctor runs answer RUN answer      # where the run is

    Needs no history: run, question and digest are in what `runs resume` and
    `diagnose --later` print. Look at the plan that has this digest before you sign.
    Without --sign-with the message is unsigned, to be signed by hand:
      ssh-keygen -Y sign -n approval@cluster-doctor.io -f KEY answer; cat answer.sig >>answer

    The policy's `people` says whose keys count. Prints the message on standard
    output; exits with 2 if it cannot be made or signed.
    """
    from pydantic import ValidationError  # noqa: PLC0415 - keeps --help quick

    from cluster_doctor.domain.remediation import Decision  # noqa: PLC0415 - as above
    from cluster_doctor.remediation.approvals.message import ApprovalMessage  # noqa: PLC0415 - as above
    from cluster_doctor.remediation.approvals.signature import signed  # noqa: PLC0415 - as above

    if reason and not decline:
        raise UsageError("--reason says why you decline, and you approve", "Add --decline, or leave it out.")
    try:
        message = ApprovalMessage(
            run=run_id,
            interrupt=interrupt,
            digest=digest,
            decision=Decision.DECLINE if decline else Decision.APPROVE,
            steps=tuple(steps.replace(",", " ").split()) or None,
            reason=reason,
            approver=approver,
            expires_at=datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=minutes),
        )
    except ValidationError as error:
        told = error.errors()[0]
        raise UsageError(
            f"{told['loc'][0]}: {told['msg']}", "Copy run, question and digest whole from where the run asks."
        ) from error
    content = signed(message, sign_with) if sign_with else message.content
    Console().report(content.decode("ascii"))


def answer(  # noqa: PLR0913, PLR0917 - one argument for each option
    run_id: Annotated[str, typer.Argument(help="A run's id, or the beginning of it.", metavar="RUN")],
    message: Annotated[
        str, typer.Argument(help="File of a signed message; `-` reads standard input.", metavar="MESSAGE")
    ] = "",
    comment: Annotated[
        str, typer.Option("--from-comment", help="A comment on GitHub instead, by its address.", metavar="URL")
    ] = "",
    home: Home = None,
    output: Annotated[Output, typer.Option("-o", "--output", help="The report's form.")] = Output.TEXT,
    policy: PolicyFile = None,
    write_kubeconfig: WriteKubeconfig = None,
    write_context: WriteContext = None,
    no_colour: NoColour = False,  # noqa: FBT002 - Typer makes a flag of it
) -> None:
    """Bring a run the answer of somebody who is elsewhere: a signed message, or a comment.

    Examples:
      cluster-doctor runs answer 20260102-030405 answer
      cluster-doctor runs answer 20260102-030405 --from-comment https://github.com/acme/shop/pull/12#issuecomment-345

    The policy's `people` says whose keys and logins count. A comment says, on a line
    of its own, `cluster-doctor approve DIGEST`, with the numbers of the steps behind
    it if not all, or `cluster-doctor decline DIGEST`, with the reason.

    What is forged, edited, late, used before or by somebody who may not is refused:
    exit code 2, the refusal is on the run's record, and the question stays open.
    Otherwise the run goes on here, or waits for one more person, and 0 is returned.
    """
    from cluster_doctor.history.history import History  # noqa: PLC0415 - keeps --help quick

    if bool(message) == bool(comment):
        raise UsageError("an answer is one message or one comment", "Give a file, `-`, or --from-comment URL.")
    content = b"" if comment else _content(message)
    console = Console(colour=not no_colour)
    from cluster_doctor.workflow.answering import answer_from_comment, answer_from_message  # noqa: PLC0415 - LangGraph
    from cluster_doctor.workflow.runs import Runs, Waiting  # noqa: PLC0415 - as above
    from cluster_doctor.workflow.writing import Writing  # noqa: PLC0415 - as above

    with History(home) as history:
        writing = Writing(policy, str(write_kubeconfig) if write_kubeconfig else None, write_context)
        runs = Runs(history, progress=console.progress, writing=writing)
        standing = (
            answer_from_comment(runs, run_id, comment, os.environ)
            if comment
            else answer_from_message(runs, content, run_id=run_id)
        )
        show(standing.report, output, console, runs)
        if isinstance(standing, Waiting):
            console.say(how_to_answer(standing))


def _content(message: str) -> bytes:
    """Read a message, and not much more than one may hold.

    Raises:
        UsageError: it cannot be read.
    """
    from cluster_doctor.remediation.approvals.message import MOST_BYTES  # noqa: PLC0415 - keeps --help quick

    if message == "-":
        return standard_input()[: MOST_BYTES + 1]
    try:
        with Path(message).open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{message} cannot be read: {error.strerror}", "Name the file of a message.") from error
