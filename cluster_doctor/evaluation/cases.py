"""Scores the engine on an organisation's own labelled incidents.

A case is a folder with a file `expected.yaml` (or `.json`) and, beside it, one recording in any form that `--from`
takes. The file says what is right: `root_cause`, the name of a rule, and `object` as `app/x`, `node/x` or
`namespace/x`; or `healthy: true`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from cluster_doctor.domain.diagnosis import Diagnosis
from cluster_doctor.domain.errors import UnreadableInput
from cluster_doctor.domain.incident import Incident
from cluster_doctor.evaluation.opsbench import object_of
from cluster_doctor.evaluation.score import Answer, CaseResult
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.sources.protocol import Progress, Scope, silent
from cluster_doctor.sources.recognise import open_recorded

EXPECTED = ("expected.yaml", "expected.yml", "expected.json")


class Expected(BaseModel):
    """What is right for a case: a root cause with its object, or that all is well."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    root_cause: str = ""
    object: str = ""
    healthy: bool = False

    @model_validator(mode="after")
    def _one_of_both(self) -> Expected:
        if self.healthy == bool(self.root_cause and self.object):
            msg = "say either `healthy: true`, or `root_cause` and `object`"
            raise ValueError(msg)
        return self


def cases_below(path: Path) -> list[Path]:
    """Find the cases below a folder, in order of their paths."""
    return sorted({file.parent for name in EXPECTED for file in path.rglob(name)})


def evaluate(path: Path, progress: Progress = silent) -> Iterator[CaseResult]:
    """Diagnose each case below a folder, and read what is expected after the engine has answered.

    Raises:
        UnreadableInput: a case holds no recording, several, or an expectation that makes no sense.
    """
    for folder in cases_below(path):
        progress(str(folder.relative_to(path)))
        began = time.perf_counter()
        cluster = open_recorded(_recording(folder)).collect(Scope())
        diagnosis = diagnose(cluster, Incident())
        seconds = time.perf_counter() - began
        answers = tuple(_answers(diagnosis, cluster))
        expected = _expected(folder)
        yield CaseResult(
            case=folder.relative_to(path).as_posix() or ".",
            answers=answers,
            expected=None
            if expected.healthy
            else Answer(label=expected.root_cause, object=expected.object, confidence=1.0),
            seconds=round(seconds, 4),
        )


def _answers(diagnosis: Diagnosis, cluster: ClusterSnapshot) -> Iterator[Answer]:
    for cause in diagnosis.root_causes:
        target = object_of(cause.subject, cause.affected, cluster)
        yield Answer(label=cause.rule, object=target, confidence=cause.confidence)


def _recording(folder: Path) -> Path:
    found = [
        entry for entry in sorted(folder.iterdir()) if entry.name not in EXPECTED and not entry.name.startswith(".")
    ]
    if len(found) != 1:
        names = ", ".join(entry.name for entry in found) or "nothing"
        raise UnreadableInput(
            f"case {folder} holds {names} beside what is expected", "Put exactly one recording into each case."
        )
    return found[0]


def _expected(folder: Path) -> Expected:
    file = next(folder / name for name in EXPECTED if (folder / name).is_file())
    try:
        return Expected.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError) as error:
        raise UnreadableInput(
            f"could not read {file}: {error}", "Write `root_cause` and `object`, or `healthy: true`."
        ) from error
