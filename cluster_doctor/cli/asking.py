"""Brings a person's answer to a run that waits for one."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cluster_doctor.cli.change_question import change_question
from cluster_doctor.cli.console import WIDTH, Console
from cluster_doctor.domain.remediation import Approval, Decision
from cluster_doctor.domain.report import Report
from cluster_doctor.reports.text import text_lines

if TYPE_CHECKING:
    from cluster_doctor.workflow.runs import Runs, Standing, Waiting


def settle(runs: Runs, standing: Standing, console: Console, *, shown: bool, later: bool = False) -> Report:
    """Ask whether a plan shall be exported, and return the report after the answer.

    Without a terminal nobody can be asked, and the plan is declined, unless somebody else has approved it already.

    Args:
        runs: where the run goes on.
        standing: how it stands.
        console: where to ask.
        shown: whether the person has the report before their eyes already.
        later: whether to leave the question to somebody else.
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
            console.say("".join(f"{line.text}\n" for line in text_lines(report, WIDTH)))
        approval = (
            _asked_to_change(console, standing) if standing.rehearsal.offers else _asked(console, standing.digest)
        )
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


def _asked(console: Console, digest: str) -> Approval:
    answer = console.ask(
        f"Export these plans (digest {digest[:12]}) as patches and a pull request body? "
        "Nothing is applied to the cluster. [y/N]"
    )
    approved = answer.lower() in {"y", "yes"}
    return Approval(
        decision=Decision.APPROVE if approved else Decision.DECLINE,
        digest=digest,
        approver=user_name(),
        reason="" if approved else "declined at the terminal",
    )


def _asked_to_change(console: Console, standing: Waiting) -> Approval | None:
    """Ask which of the changes that the report shows shall be made; None if somebody else shall answer."""
    rehearsal = standing.rehearsal
    offered = list(rehearsal.offers)
    if standing.approvals:
        by = ", ".join(_told(approval) for approval in standing.approvals)
        console.say(f"Approved so far by {by}. Still wanting: {standing.awaits}.")
    answer = console.ask(change_question(rehearsal, standing.digest)).lower()
    if answer == "later":
        return None
    named = [word for word in answer.replace(",", " ").split() if word]
    everything = answer in {"y", "yes"}
    approved = everything or (bool(named) and all(word in offered for word in named))
    return Approval(
        decision=Decision.APPROVE if approved else Decision.DECLINE,
        digest=standing.digest,
        approver=user_name(),
        steps=None if everything or not approved else tuple(named),
        reason="" if approved else "declined at the terminal",
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
