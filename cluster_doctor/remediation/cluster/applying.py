"""Carries out an approved step exactly once, or says why not; and takes it back.

Before a request leaves, the write-ahead record says what it is for. Whoever goes on after a kill reads the object to
know whether it was stored. A request is bound to one state of one object, so that it can be stored once at the most,
however often it is sent.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from http import HTTPStatus

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.domain.outcome import StepOutcome, StepState
from cluster_doctor.domain.rehearsal import RehearsedStep
from cluster_doctor.domain.remediation import RemediationStep
from cluster_doctor.domain.steps import FieldEdit, StepType, Verb
from cluster_doctor.history.run_lock import Hold, unheld
from cluster_doctor.history.write_log import WriteKind, WriteRecord, WriteState
from cluster_doctor.remediation.cluster.announcing import Announcements, announced, diff_of
from cluster_doctor.remediation.cluster.difference import contents, difference
from cluster_doctor.remediation.cluster.happened import happened
from cluster_doctor.remediation.cluster.identity import objection_to
from cluster_doctor.remediation.cluster.making import RefusedError, backward, forward
from cluster_doctor.remediation.cluster.rehearsing import Judge
from cluster_doctor.remediation.cluster.write import Write, identity_of
from cluster_doctor.remediation.cluster.writer import ApiWriter
from cluster_doctor.remediation.fields import Object
from cluster_doctor.snapshot.paths import mapping
from cluster_doctor.sources.wire.failure import ReadFailure

Point = Callable[[str], None]
"""Hears where the protocol stands; a test kills the process there."""
Make = Callable[[Object | None], Write]


def unheard(point: str) -> None:
    """Let a point pass: nobody listens."""
    del point


_ATTEMPTS = 6
_PAUSE = 0.5
_TAKEN_UP = 30.0
"""Seconds that a controller gets to take up what was stored."""
_STATES = {WriteKind.APPLY: StepState.APPLIED, WriteKind.UNDO: StepState.UNDONE}


class Applier:
    """Carries out the steps of one approval."""

    def __init__(
        self,
        writer: ApiWriter,
        announcements: Announcements,
        judge: Judge,
        point: Point = unheard,
        hold: Hold = unheld,
    ) -> None:
        """Prepare.

        Args:
            writer: the connection that will write.
            announcements: where writes are announced, on whose word, and for which cluster.
            judge: the policy, asked again right before each write.
            point: hears where the protocol stands.
            hold: makes sure, right before each request, that the run is still this process's to work on.
        """
        self._writer, self._record, self._judge = writer, announcements, judge
        self._point, self._hold = point, hold

    def apply(self, shown: RehearsedStep, step: RemediationStep) -> StepOutcome:
        """Carry out one step, unless it was carried out before.

        Raises:
            ReadFailure: the server does not answer; going on later finds out what happened.
            RunTaken: the run is not held any more; nothing was sent since.
        """

        def make(live: Object | None) -> Write:
            verdict = self._judge(step, live)
            if not verdict.allowed:
                raise RefusedError(f"the policy does not allow it: {'; '.join(verdict.reasons)}", "Ask for another.")
            return forward(self._writer, shown, step, live, self._record.mark(shown.key))

        return self._once(shown, WriteKind.APPLY, make)

    def settle(self, shown: RehearsedStep) -> None:
        """Wait a little until what was stored counts, where a controller has to take it up: what follows relies on it.

        The API server admits by the limits in a quota's status, which its controller copies from the specification.

        Raises:
            ReadFailure: the server does not answer.
        """
        if shown.type is not StepType.ADJUST_QUOTA:
            return
        path, deadline = self._writer.path_of(shown.target), time.monotonic() + _TAKEN_UP
        while time.monotonic() < deadline:
            live = self._writer.get(path) or {}
            if mapping(live, "spec").get("hard") == mapping(live, "status").get("hard"):
                return
            time.sleep(_PAUSE)

    def undo(self, shown: RehearsedStep, step: RemediationStep) -> StepOutcome:
        """Take one step back, unless that was done before.

        Raises:
            ReadFailure: as for `apply`.
            RunTaken: as for `apply`.
        """
        done = next((it for it in self._record.of(shown.key, WriteKind.APPLY) if it.state is WriteState.DONE), None)
        if done is None or not shown.type.is_reversible:
            note = "it was not applied" if done is None else "this cannot be taken back"
            return StepOutcome(key=shown.key, state=StepState.REFUSED, note=note)
        return self._once(shown, WriteKind.UNDO, lambda live: backward(self._writer, done, step, live))

    def _once(self, shown: RehearsedStep, kind: WriteKind, make: Make) -> StepOutcome:
        self._point(f"{kind} {shown.key}: begin")
        try:
            path = self._writer.path_of(shown.target)
            for record in self._record.of(shown.key, kind):
                if record.state is WriteState.DONE:
                    return self._ended(shown, kind, diff_of(record))
                if record.state in {WriteState.INTENDED, WriteState.UNKNOWN}:
                    told = self._found_out(record, shown, path)
                    if told is not False:
                        return self._ended(shown, kind, shown.diff) if told else self._nobody_knows(shown)
            return self._sent(shown, kind, path, make)
        except RemediationError as error:
            return StepOutcome(key=shown.key, state=StepState.REFUSED, note=error.what)
        except LookupError as error:
            return StepOutcome(key=shown.key, state=StepState.REFUSED, note=str(error))

    def _sent(self, shown: RehearsedStep, kind: WriteKind, path: str, make: Make) -> StepOutcome:
        """Send the request, anew for the object as it is then where somebody else wrote it in between."""
        said = "somebody else keeps writing the object"
        for attempt in range(_ATTEMPTS):
            time.sleep(_PAUSE * attempt)
            self._require_same_cluster()
            self._point(f"{kind} {shown.key}: cluster known")
            live = self._read(path)
            self._point(f"{kind} {shown.key}: object read")
            write = make(live)
            if kind is WriteKind.APPLY and not self._has_same_effect(shown, write, live, path):
                continue
            self._point(f"{kind} {shown.key}: tried")
            record = self._record.announce(shown, kind, write, live)
            self._point(f"{kind} {shown.key}: announced")
            self._hold()
            try:
                now, _ = self._writer.send(write, dry_run=False)
            except ReadFailure as failure:
                self._point(f"{kind} {shown.key}: failed")
                if _is_refusal(failure):
                    self._record.refused(record, failure.detail)
                elif told := self._found_out(record, shown, path):
                    return self._ended(shown, kind, shown.diff)
                elif told is None:
                    return self._nobody_knows(shown)
                said = failure.detail
                if self._may_pass(failure, write, path):
                    continue
                raise RefusedError(f"the server refuses it: {said}", "See what the server says.") from failure
            self._point(f"{kind} {shown.key}: sent")
            diff = _effect(shown, live, now)
            self._record.stored(record, diff, now if shown.verb is Verb.CREATE else live)
            self._point(f"{kind} {shown.key}: settled")
            return self._ended(shown, kind, diff)
        raise RefusedError(f"it could not be stored: {said}", "Try again later.")

    def _require_same_cluster(self) -> None:
        any_certificate = self._record.any_certificate and self._writer.is_verified
        objection = objection_to(self._writer.identity(), self._record.cluster, any_certificate=any_certificate)
        if objection:
            raise RefusedError(objection, "Find out which cluster this is.")

    def _has_same_effect(self, shown: RehearsedStep, write: Write, live: Object | None, path: str) -> bool:
        """See whether the dry run right before the write shows what the person saw; False to look again."""
        try:
            stored, _ = self._writer.send(write, dry_run=True)
        except ReadFailure as failure:
            if self._may_pass(failure, write, path):
                return False
            if not _is_refusal(failure):
                raise
            raise RefusedError(f"the server refuses it: {failure.detail}", "See what the server says.") from failure
        if _effect(shown, live, stored) != shown.diff:
            raise RefusedError("the server would store something else than was shown", "Rehearse the plan again.")
        return True

    def _may_pass(self, failure: ReadFailure, write: Write, path: str) -> bool:
        """Whether the step may be taken when the object is looked at again."""
        if failure.status == HTTPStatus.TOO_MANY_REQUESTS or not _is_refusal(failure):
            return True
        if not write.resource_version:
            return False
        now = self._read(path)
        return now is not None and identity_of(now)[1] != write.resource_version

    def _read(self, path: str) -> Object | None:
        try:
            return self._writer.get(path)
        except ReadFailure as failure:
            if not _is_refusal(failure):
                raise
            raise RefusedError(
                f"the server refuses to show it: {failure.detail}", "See what you may read."
            ) from failure

    def _found_out(self, record: WriteRecord, shown: RehearsedStep, path: str) -> bool | None:
        """Find out what became of a write that was announced, and put that on record; None if nobody can tell."""
        try:
            self._require_same_cluster()
            live = self._read(path)
        except RefusedError:
            self._record.unknown(record)
            return None
        is_removal = record.kind is WriteKind.UNDO and shown.verb is Verb.CREATE
        told = happened(Verb.DELETE if is_removal else shown.verb, announced(record), live)
        self._point(f"{record.kind} {shown.key}: found out")
        if told is None:
            self._record.unknown(record)
        elif told:
            self._record.stored(record, shown.diff, live, "found stored when the run went on")
        else:
            self._record.refused(record, "found not stored")
        return told

    @staticmethod
    def _ended(shown: RehearsedStep, kind: WriteKind, diff: tuple[FieldEdit, ...]) -> StepOutcome:
        return StepOutcome(key=shown.key, state=_STATES[kind], diff=diff)

    @staticmethod
    def _nobody_knows(shown: RehearsedStep) -> StepOutcome:
        note = "nobody can tell whether it was stored; look at the object"
        return StepOutcome(key=shown.key, state=StepState.UNKNOWN, note=note)


def _effect(shown: RehearsedStep, live: Object | None, stored: Object) -> tuple[FieldEdit, ...]:
    """What a request stores, field by field; nothing where it takes an object away."""
    match shown.verb:
        case Verb.PATCH if live is not None:
            return difference(live, stored)
        case Verb.CREATE if live is None:
            return contents(stored)
        case _:
            return ()


def _is_refusal(failure: ReadFailure) -> bool:
    """Whether the server said no, so that nothing was stored."""
    return HTTPStatus.BAD_REQUEST <= failure.status < HTTPStatus.INTERNAL_SERVER_ERROR
