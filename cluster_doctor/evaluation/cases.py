"""Scores the engine on an organisation's own labelled incidents.

A case is a folder with a file `expected.yaml` (or `.json`) and, beside it, one recording in any form that `--from`
takes, such as a single object. The file says what is right, in one of these forms:

- `root_cause`, the name of a rule, and `object` as `app/x`, `node/x` or `namespace/x`;
- `healthy: true`;
- `status`, how the recorded object is doing: Healthy, Progressing, Degraded, Suspended, Missing or Unknown;
- `expected`, which objects are to be reported: `result_names` or `expectations` name them, `result_count` counts
  them; 0 is nothing.

An exported run (`runs export`) is a case too: the causes that people confirmed of it are to be found again.

A recording that is plain objects is the whole of its cluster, whatever the label: what it does not hold is absent.
Every other form says itself what was read.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import yaml
from pydantic import JsonValue

from cluster_doctor.domain.diagnosis import Diagnosis
from cluster_doctor.domain.errors import ClusterDoctorError, UnreadableInput
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.run_file import SUFFIX
from cluster_doctor.evaluation.expectations import (
    FILES,
    CauseExpected,
    Expected,
    HealthExpected,
    ReportsExpected,
    StatusExpected,
    read_expectation,
)
from cluster_doctor.evaluation.exported_runs import confirmed_in, is_exported, picture_of
from cluster_doctor.evaluation.opsbench import object_of
from cluster_doctor.evaluation.score import ANY, Answer, CaseResult
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.rules.engine import check_all
from cluster_doctor.rules.rule_set import OURS, RuleSet
from cluster_doctor.snapshot.builder import SnapshotBuilder
from cluster_doctor.snapshot.health.reading import health_of
from cluster_doctor.snapshot.kinds import BY_KIND
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.tables import view_of
from cluster_doctor.snapshot.views import Custom
from cluster_doctor.snapshot.yaml_text import load_yaml
from cluster_doctor.sources.protocol import Progress, Scope, silent
from cluster_doctor.sources.recognise import open_recorded
from cluster_doctor.sources.recorded.objects import ObjectFiles

REPORTED = "reported"
"""Label of an object that the engine has something to say about."""
UNREADABLE = "unreadable"
"""Label of a case that cannot be scored."""


@dataclass(frozen=True)
class _Answered:
    """All that the engine says about a recording, before anybody knows what is asked."""

    causes: tuple[Answer, ...]
    statuses: tuple[Answer, ...]
    reported: tuple[ObjectRef, ...]
    seconds: float
    diagnosing: float


def cases_below(path: Path) -> list[Path]:
    """Find the cases below a folder, in order of their paths: folders, and exported runs that lie in none of these."""
    folders = {file.parent for name in FILES for file in path.rglob(name)}
    exported = {file for file in path.rglob(f"*{SUFFIX}") if is_exported(file) and file.parent not in folders}
    return sorted(folders | exported)


def evaluate(path: Path, progress: Progress = silent, rules: RuleSet = OURS) -> Iterator[CaseResult]:
    """Diagnose each case below a folder, and read what is expected after the engine has answered.

    A case that cannot be read is told as progress and counts as missed.
    """
    for place in cases_below(path):
        case = place.relative_to(path).as_posix()
        progress(case)
        try:
            if is_exported(place):
                answered = _answer(place, rules)
                first, *more = (_result(case, answered, expected) for expected in confirmed_in(place))
                yield first.model_copy(update={"also": tuple(other.expected for other in more if other.expected)})
            else:
                answered = _answer(_recording(place), rules)
                yield _result(case, answered, read_expectation(place))
        except ClusterDoctorError as error:
            progress(f"not scored: {error.what}")
            yield CaseResult(
                case=case,
                answers=(),
                expected=Answer(label=UNREADABLE, object=case, confidence=1.0),
                seconds=0.0,
                error=error.what,
            )


def _answer(recording: Path, rules: RuleSet) -> _Answered:
    began = time.perf_counter()
    cluster = _read(recording)
    read = time.perf_counter()
    diagnosis = diagnose(cluster, Incident(), rules=rules)
    ended = time.perf_counter()
    return _Answered(
        causes=tuple(_causes(diagnosis, cluster)),
        statuses=tuple(_statuses(cluster)),
        reported=tuple(_reported(cluster, rules)),
        seconds=round(ended - began, 4),
        diagnosing=round(ended - read, 4),
    )


def _read(recording: Path) -> ClusterSnapshot:
    """Read a recording; a single object may do without the `metadata` that every object of a cluster has."""
    if is_exported(recording):
        return picture_of(recording)
    try:
        source = open_recorded(recording)
        return (source.as_whole() if isinstance(source, ObjectFiles) else source).collect(Scope())
    except UnreadableInput:
        bare = _objects_without_metadata(recording)
        if not bare:
            raise
        builder = SnapshotBuilder(str(recording))
        builder.add_all(bare)
        return builder.build()


def _objects_without_metadata(recording: Path) -> list[dict[str, JsonValue]]:
    try:
        written = list(load_yaml(recording.read_text(encoding="utf-8"))) if recording.is_file() else []
    except (OSError, ValueError, yaml.YAMLError):
        return []
    named = [raw for raw in written if isinstance(raw, dict) and isinstance(raw.get("kind"), str)]
    return [{**raw, "metadata": {}} for raw in named if "metadata" not in raw]


def _causes(diagnosis: Diagnosis, cluster: ClusterSnapshot) -> Iterator[Answer]:
    for cause in diagnosis.root_causes:
        target = object_of(cause.subject, cause.affected, cluster)
        yield Answer(label=cause.rule, object=target, confidence=cause.confidence)


def _statuses(cluster: ClusterSnapshot) -> Iterator[Answer]:
    """How each object is doing; custom resources first, for they are what a single recorded object mostly is."""
    for view in sorted(map(view_of, cluster.objects), key=lambda view: not isinstance(view, Custom)):
        target = f"{view.ref.kind}/{view.name}"
        yield Answer(label=health_of(view).status, object=target, confidence=1.0)


def _reported(cluster: ClusterSnapshot, rules: RuleSet) -> Iterator[ObjectRef]:
    """What findings speak of; a webhook is named for itself, for a configuration holds many."""
    for finding in check_all(cluster, rules=rules).findings:
        yield _placed(finding.subject)
        yield from map(_placed, finding.affected)
        if finding.subject.kind.endswith("WebhookConfiguration") and finding.about:
            yield replace(finding.subject, name=finding.about, namespace=None)


def _placed(ref: ObjectRef) -> ObjectRef:
    """Leave out the namespace of what lives in none, though it was written down with one."""
    known = BY_KIND.get(ref.kind)
    return ref if known is None or known.namespaced else replace(ref, namespace=None)


def _result(case: str, answered: _Answered, expected: Expected) -> CaseResult:
    """Score a recording's answers in the form in which the label is written."""
    match expected:
        case HealthExpected():
            return CaseResult(
                case=case,
                answers=answered.causes,
                expected=None,
                seconds=answered.seconds,
                diagnosing=answered.diagnosing,
            )
        case CauseExpected():
            right = Answer(label=expected.root_cause, object=expected.object, confidence=1.0)
            return CaseResult(
                case=case,
                answers=answered.causes,
                expected=right,
                seconds=answered.seconds,
                diagnosing=answered.diagnosing,
            )
        case StatusExpected():
            target = expected.object or next((answer.object for answer in answered.statuses), ANY)
            right = Answer(label=expected.status, object=target, confidence=1.0)
            return CaseResult(
                case=case,
                answers=answered.statuses,
                expected=right,
                ranked=False,
                seconds=answered.seconds,
                diagnosing=answered.diagnosing,
            )
        case ReportsExpected():
            return _reports(case, answered, expected)


def _reports(case: str, answered: _Answered, expected: ReportsExpected) -> CaseResult:
    scope = expected.namespace_scope
    seen = [ref for ref in answered.reported if not scope or ref.namespace in {None, scope}]
    wanted = [_without_container(name) for name in expected.expected.names]
    if not wanted and expected.expected.count:
        wanted = [ANY]
    right = [Answer(label=REPORTED, object=name, confidence=1.0) for name in dict.fromkeys(wanted)]
    return CaseResult(
        case=case,
        answers=tuple(Answer(label=REPORTED, object=name, confidence=1.0) for name in dict.fromkeys(map(_name, seen))),
        expected=right[0] if right else None,
        also=tuple(right[1:]),
        ranked=False,
        seconds=answered.seconds,
        diagnosing=answered.diagnosing,
    )


def _name(ref: ObjectRef) -> str:
    return f"{ref.namespace}/{ref.name}" if ref.namespace else ref.name


def _without_container(name: str) -> str:
    """Name the Pod alone, where a container is named below it."""
    return "/".join(name.split("/")[:2])


def _recording(folder: Path) -> Path:
    found = [entry for entry in sorted(folder.iterdir()) if entry.name not in FILES and not entry.name.startswith(".")]
    if len(found) != 1:
        names = ", ".join(entry.name for entry in found) or "nothing"
        raise UnreadableInput(
            f"case {folder} holds {names} beside what is expected", "Put exactly one recording into each case."
        )
    return found[0]
