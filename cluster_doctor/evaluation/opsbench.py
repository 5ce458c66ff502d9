"""Scores the engine on Cloud-OpsBench recordings."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import orjson

from cluster_doctor.domain.diagnosis import Diagnosis
from cluster_doctor.domain.errors import ClusterDoctorError
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.evaluation.labels import LABELS, SYNONYMS
from cluster_doctor.evaluation.score import Answer, CaseResult
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.rules.rule_set import OURS, RuleSet
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Workload
from cluster_doctor.sources.opsbench.source import OpsBenchSource
from cluster_doctor.sources.protocol import Progress, Scope, silent

LABEL_FILE = "metadata.json"


def cases_below(path: Path) -> list[Path]:
    """Find the recordings below a folder, in order of their paths."""
    return sorted(folder.parent for folder in path.rglob("raw_data") if folder.is_dir())


def evaluate(path: Path, progress: Progress = silent, rules: RuleSet = OURS) -> Iterator[CaseResult]:
    """Diagnose each recording below a folder, and read its label after the engine has answered."""
    for folder in cases_below(path):
        progress(str(folder.relative_to(path)))
        began = time.perf_counter()
        answers, diagnosing = _answer(folder, progress, rules)
        seconds = time.perf_counter() - began
        label, target = _label(folder)
        yield CaseResult(
            case=folder.relative_to(path).as_posix() or ".",
            answers=answers,
            expected=Answer(label=label, object=target, confidence=1.0),
            seconds=round(seconds, 4),
            diagnosing=round(diagnosing, 4),
        )


def _answer(folder: Path, progress: Progress, rules: RuleSet) -> tuple[tuple[Answer, ...], float]:
    """Diagnose one recording, and say how long that took; one that cannot be read has no answer, and ends nothing."""
    try:
        cluster = OpsBenchSource(folder).collect(Scope())
    except ClusterDoctorError as error:
        progress(f"no answer: {error.what}")
        return (), 0.0
    began = time.perf_counter()
    diagnosis = diagnose(cluster, Incident(), rules=rules)
    taken = time.perf_counter() - began
    return tuple(answers_of(diagnosis, cluster)), taken


def answers_of(diagnosis: Diagnosis, cluster: ClusterSnapshot) -> Iterator[Answer]:
    """Name ranked causes, then ruled-out ones, in the benchmark's words; each answer once."""
    seen = set()
    ranked = [(c.rule, c.subject, c.affected, c.confidence) for c in diagnosis.root_causes]
    ranked += [(h.rule, h.subject, (), h.confidence) for h in diagnosis.ruled_out]
    for rule, subject, affected, confidence in ranked:
        label = LABELS.get(rule, rule)
        target = object_of(subject, affected, cluster)
        if (label, target) not in seen:
            seen.add((label, target))
            yield Answer(label=label, object=target, confidence=confidence)


def object_of(subject: ObjectRef, affected: tuple[ObjectRef, ...], cluster: ClusterSnapshot) -> str:
    """Write an object as the benchmark does: `node/x`, `namespace/x`, else `app/x` for the workload concerned."""
    if subject.kind in {"Node", "Namespace"}:
        return f"{subject.kind.lower()}/{subject.name}"
    if isinstance(cluster.find(subject), Workload) or subject.kind == "Service":
        return f"app/{subject.name}"
    users = [cluster.workload_ref(view.ref) for view in cluster.users_of(subject)]
    concerned = [ref for ref in (*users, *affected) if isinstance(cluster.find(ref), Workload)]
    return f"app/{concerned[0].name}" if concerned else f"app/{subject.name}"


def _label(folder: Path) -> tuple[str, str]:
    result = orjson.loads((folder / LABEL_FILE).read_bytes())["result"]
    cause = str(result["root_cause"])
    return SYNONYMS.get(cause, cause), str(result["fault_object"])
