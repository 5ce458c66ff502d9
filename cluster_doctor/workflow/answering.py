"""Brings a run an answer from elsewhere: a signed message, or a comment on GitHub.

Whatever does not count is refused with its reason, on record, and leaves the question open. A server that receives
messages calls `answer_from_message`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from cluster_doctor.domain.audit import AuditKind
from cluster_doctor.domain.errors import ClusterDoctorError, RemediationError, RunError
from cluster_doctor.domain.policy import PolicyVerdict
from cluster_doctor.domain.remediation import Approval, Decision
from cluster_doctor.remediation.approvals.comment import read_comment
from cluster_doctor.remediation.approvals.message import read_message
from cluster_doctor.remediation.approvals.signature import proof_of
from cluster_doctor.remediation.policy import Policy, load_policy
from cluster_doctor.remediation.policy.known import Person, owner_of
from cluster_doctor.remediation.policy.people import is_enough
from cluster_doctor.sources.github_comment import fetch_comment
from cluster_doctor.workflow.acts import refused
from cluster_doctor.workflow.runs import Runs, Standing, Waiting

_STANDS = "The question stays as it is."


def answer_from_message(runs: Runs, content: bytes, *, run_id: str = "") -> Standing:
    """Bring a run the answer that a signed message carries.

    Args:
        runs: where the run goes on, under the policy that knows the people.
        content: the message with its signature, as `cluster-doctor approve` makes it.
        run_id: the run that it has to be for; the one that it names by default.

    Returns:
        How the run stands afterwards; it may wait for one more person.

    Raises:
        RemediationError: it is no message; without `run_id` nobody can say of which run, and nothing is on record then.
        RunError: there is no such run, or the message was refused. The refusal is on record, and the question open.
    """
    known = _known(runs, run_id) if run_id else ""
    try:
        said, signature = read_message(content)
    except RemediationError as error:
        if known:
            raise _refused(runs, known, _unread(), error.what) from error
        raise
    claimed = said.approval()
    run = known or _known(runs, said.run)
    if said.run != run:
        raise _refused(runs, run, claimed, f"the message is for run {said.run}")
    people = _people(runs, run, claimed)
    try:
        approval = said.approval(proof_of(said, signature, people))
    except RemediationError as error:
        raise _refused(runs, run, claimed, error.what) from error
    return _brought(runs, run, approval, said.interrupt)


def answer_from_comment(runs: Runs, run_id: str, address: str, environment: Mapping[str, str]) -> Standing:
    """Bring a run the answer that a comment on GitHub gives.

    Args:
        runs: as for `answer_from_message`.
        run_id: the run.
        address: of the comment, as GitHub's «Copy link» gives it.
        environment: where the token is.

    Raises:
        UsageError: the address is none of a comment on the policy's server.
        SourceError: the comment cannot be read.
        RunError: there is no such run, or the answer was refused. The refusal is on record, and the question open.
    """
    run = _known(runs, run_id)
    policy = _policy(runs)
    comment = fetch_comment(address, policy.github_server, environment)
    approver = owner_of(policy.people, comment.login)
    claimed = Approval(decision=Decision.DECLINE, digest="", approver=approver or f"@{comment.login}")
    if not approver:
        raise _refused(runs, run, claimed, f"@{comment.login} is the login of nobody whom the policy knows")
    try:
        approval = read_comment(comment, approver)
    except RemediationError as error:
        raise _refused(runs, run, claimed, error.what) from error
    if approval.decided_at and approval.decided_at < runs.history.log.run(run).began_at.replace(microsecond=0):
        raise _refused(runs, run, approval, "the comment is older than the run")
    return _brought(runs, run, approval)


def _brought(runs: Runs, run: str, approval: Approval, interrupt_id: str = "") -> Standing:
    """Bring an answer whose giver is known. One that names no question is for the one that is open."""
    if approval.nonce in _nonces(runs, run):
        raise _refused(runs, run, approval, "the same message was brought before")
    waiting = _asking(runs, run, approval)
    if approval.expires_at and datetime.now(UTC) > approval.expires_at:
        raise _refused(runs, run, approval, f"the answer came too late: it counted until {approval.expires_at}")
    if approval.decision is Decision.DECLINE and not _may_speak(approval, waiting):
        raise _refused(runs, run, approval, f"{approval.approver} may not decide this")
    return runs.answer(run, interrupt_id or waiting.interrupt_id, approval)


def _nonces(runs: Runs, run: str) -> set[object]:
    """Of the messages that brought answers which a run took."""
    taken = {AuditKind.APPROVAL, AuditKind.ANSWER}
    return {entry.body.detail.get("nonce") for entry in runs.history.audit.of_run(run) if entry.kind in taken}


def _known(runs: Runs, run_id: str) -> str:
    return runs.history.log.run(run_id).run_id


def _policy(runs: Runs) -> Policy:
    return load_policy(runs.writing.policy, runs.history.home)


def _asking(runs: Runs, run: str, approval: Approval) -> Waiting:
    try:
        return runs.waiting(run)
    except RunError as error:
        raise _refused(runs, run, approval, error.what) from error


def _may_speak(approval: Approval, waiting: Waiting) -> bool:
    """Whether somebody may decline from elsewhere: who could approve some of it. At the terminal anybody may."""
    offered = [step.verdict for step in waiting.rehearsal.offered]
    return not offered or any(_may_approve(verdict, approval.approver) for verdict in offered)


def _may_approve(verdict: PolicyVerdict, approver: str) -> bool:
    return is_enough(verdict.model_copy(update={"approvals": 1}), [approver]).enough


def _people(runs: Runs, run: str, claimed: Approval) -> Mapping[str, Person]:
    try:
        return _policy(runs).people
    except ClusterDoctorError as error:
        raise _refused(runs, run, claimed, error.what) from error


def _unread() -> Approval:
    return Approval(decision=Decision.DECLINE, digest="", approver="")


def _refused(runs: Runs, run: str, approval: Approval, why: str) -> RunError:
    """Put a refusal on record, and make the error that tells it."""
    runs.history.audit.append(run, *refused(approval, why))
    return RunError(f"the answer was refused: {why}", _STANDS)
