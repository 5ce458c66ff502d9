"""Asks a policy about an object as it is right before a write, with all writes on record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from pydantic import JsonValue

from cluster_doctor.domain.errors import ClusterDoctorError
from cluster_doctor.domain.policy import PolicyVerdict
from cluster_doctor.domain.remediation import RemediationStep
from cluster_doctor.domain.steps import StepType
from cluster_doctor.history.write_log import WriteLog, WriteRecord, WriteState
from cluster_doctor.remediation.policy.facts import NamespaceLabels, PastWrite, facts_in
from cluster_doctor.remediation.policy.judging import asks_for_namespace_labels, judge
from cluster_doctor.remediation.policy.matching import namespace_of
from cluster_doctor.remediation.policy.policy import Policy
from cluster_doctor.snapshot.snapshot import ClusterSnapshot

_HAPPENED = frozenset({WriteState.DONE, WriteState.INTENDED, WriteState.UNKNOWN})
"""States of writes that count: what was refused or failed changed nothing, and what is not settled may have."""

_UNSCHEDULABLE = ["spec", "unschedulable"]


def live_judge(
    policy: Policy, log: WriteLog, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Callable[
    [ClusterSnapshot, NamespaceLabels | None], Callable[[RemediationStep, dict[str, JsonValue] | None], PolicyVerdict]
]:
    """Make what `WriteAccess.judge` asks for. Writes that cannot be read or told apart by cluster deny.

    Labels of a namespace are read where a verdict can depend on them; without a way to read them, those of the picture
    count.

    Args:
        policy: what is allowed.
        log: where writes are on record.
        clock: tells the time of each verdict.
    """

    def on(
        cluster: ClusterSnapshot, labels_now: NamespaceLabels | None
    ) -> Callable[[RemediationStep, dict[str, JsonValue] | None], PolicyVerdict]:
        uid = cluster.identity.system_uid if cluster.identity else None

        def of(step: RemediationStep, live: dict[str, JsonValue] | None) -> PolicyVerdict:
            if not uid:
                return _denied("which cluster this is is not known, so that its past writes cannot be told")
            now = clock()
            try:
                past = writes_on_record(log, uid, now - policy.remembers)
            except (ClusterDoctorError, OverflowError) as error:
                return _denied(f"the writes on record cannot be read: {error}")
            facts, space = facts_in(cluster, step.target, live), namespace_of(step)
            if labels_now is not None and space and asks_for_namespace_labels(policy, step, facts):
                facts = facts.model_copy(update={"namespace_labels": labels_now(space)})
            return judge(policy, step, facts, past, now)

        return of

    return on


def writes_on_record(log: WriteLog, cluster: str, since: datetime) -> tuple[PastWrite, ...]:
    """Writes to a cluster since a moment that happened, or may have.

    Raises:
        RunError: the record cannot be used.
    """
    return tuple(
        PastWrite(target=record.target, type=_type_of(record), at=record.began_at)
        for record in log.since(since)
        if record.cluster == cluster and record.state in _HAPPENED
    )


def _type_of(record: WriteRecord) -> StepType | None:
    """What was done, where a limit needs to know; steps and ways back alike are told by what is on record of them."""
    if record.target.kind == "Pod" and isinstance(record.body, dict):
        if str(record.body.get("path")).endswith("/eviction"):
            return StepType.EVICT_POD
        return StepType.DELETE_POD if record.body.get("method") == "DELETE" else None
    if record.target.kind == "Node" and record.state is WriteState.DONE:
        changed = record.detail.get("diff")
        for edit in changed if isinstance(changed, list) else ():
            if isinstance(edit, dict) and edit.get("path") == _UNSCHEDULABLE:
                return StepType.CORDON if edit.get("becomes") is True else StepType.UNCORDON
    return None


def _denied(reason: str) -> PolicyVerdict:
    return PolicyVerdict(allowed=False, reasons=(reason,))
