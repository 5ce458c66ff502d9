"""Brings a person's answer to a run that waits for one."""

from __future__ import annotations

import getpass
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


def settle(runs: Runs, standing: Standing, console: Console, *, shown: bool) -> Report:
    """Ask whether a plan shall be exported, and return the report after the answer.

    Without a terminal nobody can be asked, and the plan is declined.

    Args:
        runs: where the run goes on.
        standing: how it stands.
        console: where to ask.
        shown: whether the person has the report before their eyes already.
    """
    from cluster_doctor.workflow.runs import Waiting  # noqa: PLC0415 - keeps --help quick

    if not isinstance(standing, Waiting):
        return standing.report
    report = standing.report
    if console.interactive:
        if not shown:
            console.say("".join(f"{line.text}\n" for line in text_lines(report, WIDTH)))
        approval = (
            _asked_to_change(console, standing) if standing.rehearsal.offers else _asked(console, standing.digest)
        )
    else:
        approval = Approval(
            decision=Decision.DECLINE,
            digest=standing.digest,
            approver="nobody",
            reason="there is no terminal to ask on; nothing was done",
        )
    settled = runs.answer(report.run_id, standing.interrupt_id, approval)
    return settled.report


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


def _asked_to_change(console: Console, standing: Waiting) -> Approval:
    """Ask which of the changes that the report shows shall be made."""
    rehearsal = standing.rehearsal
    offered = list(rehearsal.offers)
    answer = console.ask(change_question(rehearsal, standing.digest)).lower()
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


def user_name() -> str:
    """The login name; a container's user may have none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody at the terminal"
