"""Carries out an approved step exactly once, or says why not; and takes it back.

Before a request leaves, the write-ahead record says what it is for. Whoever goes on after a kill reads the object to
know whether it was stored. A request is bound to one state of one object, so that it can be stored once at the most,
however often it is sent.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Protocol

from pydantic import JsonValue, TypeAdapter

from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.domain.outcome import StepOutcome, StepState
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.rehearsal import RehearsedStep
from cluster_doctor.domain.remediation import RemediationStep
from cluster_doctor.domain.steps import FieldEdit, Verb
from cluster_doctor.remediation.cluster.difference import Object, difference
from cluster_doctor.remediation.cluster.happened import generation_of, happened
from cluster_doctor.remediation.cluster.identity import objection_to
from cluster_doctor.remediation.cluster.rehearsing import Judge
from cluster_doctor.remediation.cluster.write import Write, create, delete, evict, identity_of, mark_of, patch
from cluster_doctor.remediation.cluster.writer import ApiWriter
from cluster_doctor.remediation.fields import ValueDiffersError, edited
from cluster_doctor.sources.wire.failure import ReadFailure

Point = Callable[[str], None]
"""Hears where the protocol stands; a test kills the process there."""

_ATTEMPTS = 6
_PAUSE = 0.5
_EDITS = TypeAdapter(tuple[FieldEdit, ...])


class Announced(Protocol):
    """A write-ahead record."""

    number: int
    step: str
    kind: str
    state: str
    body: dict[str, JsonValue]
    detail: dict[str, JsonValue]


class WriteAhead(Protocol):
    """Where writes are announced before they are sent."""

    def intend(  # noqa: PLR0913 - what is kept of a write
        self,
        run_id: str,
        step: str,
        kind: str,
        *,
        cluster: str,
        target: ObjectRef,
        digest: str,
        body: dict[str, JsonValue],
        approver: str,
    ) -> int:
        """Keep that a request is about to be sent; returns the record's number."""
        ...

    def settle(self, number: int, state: str, note: str = "", detail: dict[str, JsonValue] | None = None) -> None:
        """Keep what came of it."""
        ...

    def of_run(self, run_id: str) -> Sequence[Announced]:
        """List the writes of a run, oldest first."""
        ...


class RefusedError(Exception):
    """Something is not as it has to be; nothing was sent."""


class Applier:
    """Carries out the steps of one approval."""

    def __init__(  # noqa: PLR0913 - what a write depends on
        self,
        writer: ApiWriter,
        log: WriteAhead,
        *,
        run_id: str,
        approver: str,
        meant: ClusterIdentity | None,
        judge: Judge,
        point: Point = lambda _: None,
    ) -> None:
        """Prepare.

        Args:
            writer: the connection that will write.
            log: where writes are announced.
            run_id: whose steps these are.
            approver: on whose word.
            meant: the cluster that was approved.
            judge: the policy, asked again right before each write.
            point: hears where the protocol stands.
        """
        self._writer, self._log, self._run_id, self._approver = writer, log, run_id, approver
        self._meant, self._judge, self._point = meant, judge, point

    def apply(self, rehearsed: RehearsedStep, step: RemediationStep) -> StepOutcome:
        """Carry out one step, unless it was carried out before.

        Raises:
            ReadFailure: the server does not answer; going on later finds out what happened.
        """
        return self._once(rehearsed, "apply", lambda live: self._forward(rehearsed, step, live), StepState.APPLIED)

    def undo(self, rehearsed: RehearsedStep, step: RemediationStep) -> StepOutcome:
        """Take one step back, unless that was done before.

        Raises:
            ReadFailure: as for `apply`.
        """
        done = next((record for record in self._records(rehearsed.key, "apply") if record.state == "done"), None)
        if done is None:
            return StepOutcome(key=rehearsed.key, state=StepState.REFUSED, note="it was not applied")
        if not rehearsed.type.is_reversible:
            return StepOutcome(key=rehearsed.key, state=StepState.REFUSED, note="this cannot be taken back")
        return self._once(rehearsed, "undo", lambda live: self._backward(done, step, live), StepState.UNDONE)

    def _records(self, key: str, kind: str) -> list[Announced]:
        return [record for record in self._log.of_run(self._run_id) if record.step == key and record.kind == kind]

    def _once(
        self, rehearsed: RehearsedStep, kind: str, prepare: Callable[[Object | None], Write], state: StepState
    ) -> StepOutcome:
        self._point(f"{kind}: begin")
        try:
            path = self._writer.path_of(rehearsed.target)
            for record in self._records(rehearsed.key, kind):
                if record.state == "done":
                    return StepOutcome(key=rehearsed.key, state=state, diff=_diff_of(record))
                if record.state in {"intended", "unknown"}:
                    told = self._settled(record, rehearsed, path)
                    if told is not False:
                        return self._ended(rehearsed, record.number, state if told else StepState.UNKNOWN, "")
            return self._attempt(rehearsed, kind, path, prepare, state)
        except (RefusedError, ValueDiffersError, LookupError) as error:
            note = error.what if isinstance(error, ValueDiffersError) else str(error)
            return StepOutcome(key=rehearsed.key, state=StepState.REFUSED, note=note)

    def _attempt(
        self,
        rehearsed: RehearsedStep,
        kind: str,
        path: str,
        prepare: Callable[[Object | None], Write],
        state: StepState,
    ) -> StepOutcome:
        refused = "nothing was sent"
        for attempt in range(_ATTEMPTS):
            if attempt:
                time.sleep(_PAUSE * attempt)
            self._require_same_cluster()
            self._point(f"{kind}: identity read")
            live = self._writer.get(path)
            self._point(f"{kind}: target read")
            write = prepare(live)
            if kind == "apply" and not self._has_same_effect(rehearsed, write, live, path):
                continue
            self._point(f"{kind}: tried")
            number = self._announce(rehearsed, kind, write, live)
            self._point(f"{kind}: announced")
            try:
                stored, _ = self._writer.send(write, dry_run=False)
            except ReadFailure as failure:
                self._point(f"{kind}: failed")
                told = self._after_failure(number, failure, rehearsed, path)
                if told is not None:
                    return self._ended(rehearsed, number, state if told else StepState.UNKNOWN, failure.detail)
                refused = failure.detail
                if not self._may_pass(failure, write, path):
                    break
                continue
            self._point(f"{kind}: sent")
            diff = difference(live, stored) if live and rehearsed.verb is Verb.PATCH else ()
            detail: dict[str, JsonValue] = {
                "diff": _EDITS.dump_python(diff, mode="json"),
                "uid": identity_of(stored)[0] if rehearsed.verb is Verb.CREATE else identity_of(live or {})[0],
                "generation": generation_of(stored),
                "mark": mark_of(stored),
            }
            self._log.settle(number, "done", "", detail)
            self._point(f"{kind}: settled")
            return StepOutcome(key=rehearsed.key, state=state, diff=diff)
        raise RefusedError(f"the server refuses it: {refused}")

    def _require_same_cluster(self) -> None:
        objection = objection_to(self._writer.identity(), self._meant)
        if objection:
            raise RefusedError(objection)

    def _has_same_effect(self, rehearsed: RehearsedStep, write: Write, live: Object | None, path: str) -> bool:
        """See whether the dry run right before the write shows what the person saw; False to look again."""
        try:
            stored, _ = self._writer.send(write, dry_run=True)
        except ReadFailure as failure:
            if self._may_pass(failure, write, path):
                return False
            if not _is_refusal(failure):
                raise
            raise RefusedError(f"the server refuses it: {failure.detail}") from failure
        if rehearsed.verb is Verb.PATCH and live and difference(live, stored) != rehearsed.diff:
            raise RefusedError("the server would store something else than was approved")
        return True

    def _may_pass(self, failure: ReadFailure, write: Write, path: str) -> bool:
        """Whether the same step may be taken when the object is looked at again: somebody else wrote in between."""
        if failure.status == HTTPStatus.TOO_MANY_REQUESTS:
            return True
        if not _is_refusal(failure) or not write.resource_version:
            return False
        now = self._writer.get(path)
        return now is not None and identity_of(now)[1] != write.resource_version

    def _forward(self, rehearsed: RehearsedStep, step: RemediationStep, live: Object | None) -> Write:
        verdict = self._judge(step, live)
        if not verdict.allowed:
            raise RefusedError(f"the policy does not allow it any more: {'; '.join(verdict.reasons)}")
        mark = f"{self._run_id}/{rehearsed.key}"
        if step.verb is Verb.CREATE:
            if live is not None:
                raise RefusedError(f"{step.target} exists already")
            return create(self._writer.path_of(step.target, of_list=True), step.manifest or {}, mark)
        if live is None:
            raise RefusedError(f"{step.target} is not there any more")
        if identity_of(live)[0] != rehearsed.target.uid:
            raise RefusedError(f"{step.target} was deleted and made anew since the plan was approved")
        path = self._writer.path_of(step.target)
        match step.verb:
            case Verb.PATCH:
                return patch(path, live, edited(live, step.edits), mark)
            case Verb.DELETE:
                return delete(path, live)
            case Verb.EVICT:
                return evict(path, live)

    def _backward(self, done: Announced, step: RemediationStep, live: Object | None) -> Write:
        if live is None or identity_of(live)[0] != done.detail.get("uid"):
            raise RefusedError(f"{step.target} is not the object any more that was changed")
        path = self._writer.path_of(step.target)
        if step.verb is Verb.CREATE:
            return delete(path, live)
        desired = edited(live, [edit.reverse for edit in reversed(_diff_of(done))])
        return patch(path, live, desired, None)

    def _announce(self, rehearsed: RehearsedStep, kind: str, write: Write, live: Object | None) -> int:
        uid, version = identity_of(live) if live else ("", "")
        before = mark_of(live) if live else ""
        body: dict[str, JsonValue] = {
            "method": write.method,
            "path": write.path,
            "uid": uid,
            "resource_version": version,
            "generation": generation_of(live) if live else None,
            "mark_before": before,
            "mark": f"{self._run_id}/{rehearsed.key}" if kind == "apply" else "",
        }
        meant = self._meant.system_uid if self._meant else None
        return self._log.intend(
            self._run_id, rehearsed.key, kind,
            cluster=meant or "", target=rehearsed.target, digest=write.digest, body=body, approver=self._approver,
        )  # fmt: skip

    def _settled(self, record: Announced, rehearsed: RehearsedStep, path: str) -> bool | None:
        """Find out what became of a write that was announced, and keep it."""
        self._require_same_cluster()
        live = self._writer.get(path)
        verb = _verb(rehearsed, record.kind)
        told = happened(verb, record.body, live)
        self._point(f"{record.kind}: found out")
        if told is None:
            self._log.settle(record.number, "unknown", "the object does not tell whether it was stored")
        elif told:
            detail: dict[str, JsonValue] = {
                "diff": _EDITS.dump_python(rehearsed.diff, mode="json"),
                "uid": identity_of(live)[0] if live else record.body["uid"],
                "mark": record.body["mark"],
            }
            self._log.settle(record.number, "done", "found stored when the run went on", detail)
        else:
            self._log.settle(record.number, "refused", "it was not stored")
        return told

    def _after_failure(self, number: int, failure: ReadFailure, rehearsed: RehearsedStep, path: str) -> bool | None:
        """Whether a write that gave an error was stored: True, False for nobody knows, None for certainly not."""
        if _is_refusal(failure):
            self._log.settle(number, "refused", failure.detail)
            return None
        record = next(record for record in self._log.of_run(self._run_id) if record.number == number)
        told = self._settled(record, rehearsed, path)
        return None if told is False else told is True

    def _ended(self, rehearsed: RehearsedStep, number: int, state: StepState, said: str) -> StepOutcome:
        if state is StepState.UNKNOWN:
            note = "nobody can tell whether it was stored; look at the object" + (f" ({said})" if said else "")
            return StepOutcome(key=rehearsed.key, state=state, note=note)
        record = next(record for record in self._log.of_run(self._run_id) if record.number == number)
        return StepOutcome(key=rehearsed.key, state=state, diff=_diff_of(record))


def _verb(rehearsed: RehearsedStep, kind: str) -> Verb:
    if kind == "undo" and rehearsed.verb is Verb.CREATE:
        return Verb.DELETE
    return rehearsed.verb


def _diff_of(record: Announced) -> tuple[FieldEdit, ...]:
    return _EDITS.validate_python(record.detail.get("diff") or ())


def _is_refusal(failure: ReadFailure) -> bool:
    """Whether the server said no, so that nothing was stored."""
    return HTTPStatus.BAD_REQUEST <= failure.status < HTTPStatus.INTERNAL_SERVER_ERROR
