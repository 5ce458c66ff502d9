"""Brings a person's answer to a run that waits for one."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from cluster_doctor.cli.answering import Asking
from cluster_doctor.cli.console import WIDTH, Console
from cluster_doctor.domain.remediation import Approval, Decision
from cluster_doctor.domain.report import Report
from cluster_doctor.reports.text import text_lines

if TYPE_CHECKING:
    from cluster_doctor.cli.watching import Watch
    from cluster_doctor.workflow.runs import Runs, Standing, Waiting


def settle(
    runs: Runs, standing: Standing, console: Console, *, shown: bool, later: bool = False, watch: Watch | None = None
) -> Report:
    """Ask whether a plan shall be exported, and return the report after the answer.

    Without a terminal nobody can be asked, and the plan is declined, unless somebody else has approved it already.

    Args:
        runs: where the run goes on.
        standing: how it stands.
        console: where to ask.
        shown: whether the person has the report before their eyes already.
        later: whether to leave the question to somebody else.
        watch: shows what is done after the answer.
    """
    from cluster_doctor.workflow.runs import Waiting  # noqa: PLC0415 - keeps --help quick

    if not isinstance(standing, Waiting):
        return standing.report
    report = standing.report
    if later or (standing.approvals and not console.interactive):
        console.say(how_to_answer(standing))
        return report
    if console.interactive:
        if not shown:
            console.view(text_lines(report, WIDTH))
        approval = _asked(console, standing)
        if approval is None:
            console.say(how_to_answer(standing))
            return report
    else:
        approval = Approval(
            decision=Decision.DECLINE,
            digest=standing.digest,
            approver="nobody",
            reason="there is no terminal to ask on; nothing was done",
        )
    with watch.shown() if watch else nullcontext():
        settled = runs.answer(report.run_id, standing.interrupt_id, approval)
    if isinstance(settled, Waiting):
        console.say(how_to_answer(settled))
    return settled.report


def how_to_answer(standing: Waiting) -> str:
    """Say who approved so far, what is wanting, and how somebody else answers."""
    run = standing.report.run_id
    by = ", ".join(approval.approver for approval in standing.approvals)
    so_far = f"Approved by {by}. Still wanting: {standing.awaits}.\n" if by else ""
    return (
        f"{so_far}Run {run} waits for an answer. Here: cluster-doctor runs resume {run}\n"
        f"From elsewhere: cluster-doctor approve {run} --interrupt {standing.interrupt_id} \\\n"
        f"    --digest {standing.digest} --as NAME --sign-with KEY >answer\n"
        f"and then here: cluster-doctor runs answer {run} answer"
    )


@contextmanager
def resumable(runs: Runs, console: Console) -> Iterator[None]:
    """Say how to go on where a person interrupts a run; its checkpoints are kept."""
    try:
        yield
    except KeyboardInterrupt:
        if runs.current:
            console.say(f"\nGo on with: cluster-doctor runs resume {runs.current}")
        raise


def _asked(console: Console, standing: Waiting) -> Approval | None:
    """Ask which of the changes that the report shows shall be made; None if somebody else shall answer."""
    if standing.approvals:
        by = ", ".join(_told(approval) for approval in standing.approvals)
        console.say(f"Approved so far by {by}. Still wanting: {standing.awaits}.")
    answer = Asking(console, standing).answer()
    if answer is None:
        return None
    return Approval(
        decision=Decision.APPROVE if answer.approved else Decision.DECLINE,
        digest=standing.digest,
        approver=user_name(),
        steps=answer.keys if answer.approved else None,
        reason="" if answer.approved else "declined at the terminal",
    )


def _told(approval: Approval) -> str:
    return approval.approver if approval.steps is None else f"{approval.approver} ({', '.join(approval.steps)})"


def user_name() -> str:
    """The name of the account that this runs as, by the operating system; a container's user may have none.

    It is not taken from the environment, where everybody can write what they like.
    """
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return "somebody at the terminal"
