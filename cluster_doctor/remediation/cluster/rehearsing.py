"""Tries a step on the cluster without storing it: what would be stored, and whether there is a way back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from http import HTTPStatus

from cluster_doctor.domain.policy import PolicyVerdict
from cluster_doctor.domain.rehearsal import RehearsedStep
from cluster_doctor.domain.remediation import RemediationPlan, RemediationStep, Route
from cluster_doctor.domain.step_keys import steps_of_all
from cluster_doctor.domain.steps import Verb
from cluster_doctor.remediation.cluster.difference import contents, difference
from cluster_doctor.remediation.cluster.write import Write, create, delete, evict, identity_of, patch, there_and_back
from cluster_doctor.remediation.cluster.writer import ApiWriter
from cluster_doctor.remediation.fields import Object, ValueDiffersError, edited
from cluster_doctor.remediation.policy.facts import NamespaceLabels
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.sources.wire.failure import ReadFailure

_ATTEMPTS = 6
_PAUSE = 0.2

Judge = Callable[[RemediationStep, Object | None], PolicyVerdict]
"""What a policy says to a step on an object as it is read from the cluster; None where there is no such object."""
Judges = Callable[[ClusterSnapshot, NamespaceLabels | None], Judge]
"""Makes the judge of steps: the picture that they were planned from, and how labels of namespaces are read since."""


def steps_in(plans: Iterable[RemediationPlan]) -> Iterator[tuple[str, RemediationStep]]:
    """The steps that a program can carry out in a cluster, by key."""
    return ((key, it) for key, it in steps_of_all(plans) if it.type is not None and it.route is Route.CLUSTER)


def rehearse_step(writer: ApiWriter, key: str, step: RemediationStep, judge: Judge) -> RehearsedStep:
    """Try one step.

    Raises:
        ReadFailure: the server does not answer.
    """
    if step.type is None:
        raise ValueError(f"step {key} is a person's to take")
    said = ""
    for attempt in range(_ATTEMPTS):
        trial = _Trial(writer, key, step, judge)
        try:
            return trial.run()
        except LookupError as error:
            return trial.failed(str(error))
        except ReadFailure as failure:
            if not HTTPStatus.BAD_REQUEST <= failure.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                raise
            said = failure.detail
            if not trial.has_moved():
                break
        time.sleep(_PAUSE * (attempt + 1))
    return trial.failed(f"the server refuses it: {said}")


class _Trial:
    def __init__(self, writer: ApiWriter, key: str, step: RemediationStep, judge: Judge) -> None:
        self._writer, self._key, self._step, self._judge = writer, key, step, judge
        self._live: Object | None = None

    def run(self) -> RehearsedStep:
        path = self._writer.path_of(self._step.target)
        self._live = self._writer.get(path)
        if self._step.verb is Verb.CREATE:
            return self._creation()
        if self._live is None:
            return self.failed(f"{self._step.target} is not there any more")
        match self._step.verb:
            case Verb.PATCH:
                return self._change(path, self._live)
            case Verb.DELETE:
                return self._removal(delete(path, self._live))
            case Verb.EVICT:
                return self._removal(evict(path, self._live))

    def has_moved(self) -> bool:
        """Whether somebody wrote the object since it was read, which makes the server refuse what was meant for it."""
        if self._live is None:
            return False
        try:
            now = self._writer.get(self._writer.path_of(self._step.target))
        except ReadFailure:
            return False  # what it was refused for is told
        return now is not None and identity_of(now) != identity_of(self._live)

    def failed(self, problem: str) -> RehearsedStep:
        return self._found(problem=problem)

    def _creation(self) -> RehearsedStep:
        if self._live is not None:
            return self.failed(f"{self._step.target} exists already")
        listed = self._writer.path_of(self._step.target, of_list=True)
        stored, warnings = self._writer.send(create(listed, self._step.manifest or {}, "rehearsal"), dry_run=True)
        # the way back deletes what was made
        return self._found(diff=contents(stored), undo_tried=True, warnings=warnings)

    def _removal(self, write: Write) -> RehearsedStep:
        _, warnings = self._writer.send(write, dry_run=True)
        return self._found(warnings=warnings)

    def _change(self, path: str, live: Object) -> RehearsedStep:
        try:
            desired = edited(live, self._step.edits)
        except ValueDiffersError as error:
            return self.failed(error.what)
        stored, warnings = self._writer.send(patch(path, live, desired, "rehearsal"), dry_run=True)
        diff = difference(live, stored)
        if not diff:
            return self.failed("it would change nothing")
        back, _ = self._writer.send(there_and_back(path, live, desired), dry_run=True)
        if difference(live, back):
            return self._found(diff=diff, warnings=warnings, problem="its way back does not lead back")
        return self._found(diff=diff, warnings=warnings, undo_tried=True)

    def _found(self, **shown: object) -> RehearsedStep:
        uid, version = identity_of(self._live) if self._live else ("", "")
        return RehearsedStep.model_validate(
            {
                "key": self._key,
                "title": self._step.title,
                "type": self._step.type,
                "verb": self._step.verb,
                "target": replace(self._step.target, uid=uid or None),
                "resource_version": version,
                "verdict": self._judge(self._step, self._live),
                **shown,
            }
        )
