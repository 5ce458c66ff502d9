"""Makes the request of an approved step, and that of its way back, for the object as it is now."""

from __future__ import annotations

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.domain.rehearsal import RehearsedStep
from cluster_doctor.domain.remediation import RemediationStep
from cluster_doctor.domain.steps import Verb
from cluster_doctor.history.write_log import WriteRecord
from cluster_doctor.remediation.cluster.announcing import diff_of
from cluster_doctor.remediation.cluster.write import Write, create, delete, evict, identity_of, patch
from cluster_doctor.remediation.cluster.writer import ApiWriter
from cluster_doctor.remediation.fields import Object, edited


class RefusedError(RemediationError):
    """Something is not as it has to be; nothing was stored."""


def forward(writer: ApiWriter, shown: RehearsedStep, step: RemediationStep, live: Object | None, mark: str) -> Write:
    """Make the request that carries a step out.

    Raises:
        RefusedError: the object is not the one that was shown.
        ValueDiffersError: a field is not what the plan assumes.
    """
    if step.verb is Verb.CREATE:
        if live is not None:
            raise RefusedError(f"{step.target} exists already", "See who made it.")
        return create(writer.path_of(step.target, of_list=True), step.manifest or {}, mark)
    if live is None:
        raise RefusedError(f"{step.target} is not there any more", "Diagnose again.")
    if identity_of(live)[0] != shown.target.uid:
        raise RefusedError(f"{step.target} was deleted and made anew since the plan was shown", "Diagnose again.")
    path = writer.path_of(step.target)
    match step.verb:
        case Verb.PATCH:
            return patch(path, live, edited(live, step.edits), mark)
        case Verb.DELETE:
            return delete(path, live)
        case Verb.EVICT:
            return evict(path, live)


def backward(writer: ApiWriter, done: WriteRecord, step: RemediationStep, live: Object | None) -> Write:
    """Make the request that takes a step back.

    Raises:
        RefusedError: the object is not the one that was changed.
        ValueDiffersError: somebody changed a field since.
    """
    if live is None or identity_of(live)[0] != done.detail.get("uid"):
        raise RefusedError(f"{step.target} is not the object any more that was changed", "Look at it.")
    path = writer.path_of(step.target)
    if step.verb is Verb.CREATE:
        return delete(path, live)
    return patch(path, live, edited(live, [edit.reverse for edit in reversed(diff_of(done))]), None)
