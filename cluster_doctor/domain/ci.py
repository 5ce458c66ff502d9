"""A failed run of a CI workflow, and what is found in its logs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.refs import ObjectRef

CI_VERSION = "1"


@dataclass(frozen=True, slots=True)
class CiLine:
    """One line of a log, without time and colours.

    `number` counts from 1 in the log as a person opens it. `marker` is what GitHub put in front: `error`, `warning`,
    `group`, …; `echoed` marks a script that the log repeats before it runs.
    """

    number: int
    text: str
    at: datetime | None = None
    marker: str = ""
    echoed: bool = False


@dataclass(frozen=True, slots=True)
class CiStep:
    """One step. `conclusion` is GitHub's word (`failure`, `cancelled`, `success`, …), empty where it is not known."""

    name: str
    lines: tuple[CiLine, ...]
    conclusion: str = ""
    log: str = ""


@dataclass(frozen=True, slots=True)
class CiJob:
    """One job, with its steps in order."""

    name: str
    steps: tuple[CiStep, ...]
    conclusion: str = ""


@dataclass(frozen=True, slots=True)
class CiRun:
    """One run. What only GitHub's API tells is empty where a file was read; `notes` say what could not be read."""

    source: str
    jobs: tuple[CiJob, ...]
    repository: str = ""
    workflow: str = ""
    number: str = ""
    commit: str = ""
    branch: str = ""
    conclusion: str = ""
    url: str = ""
    notes: tuple[str, ...] = ()


class CiFailureClass(StrEnum):
    """What kind of failure it is."""

    TEST = "test"
    LINT = "lint"
    COMPILE = "compile"
    DEPENDENCY = "dependency"
    REGISTRY = "registry"
    CREDENTIALS = "credentials"
    STOPPED = "timeout or cancelled"
    RUNNER = "runner"
    DEPLOY = "deploy"
    WORKFLOW = "workflow"
    UNKNOWN = "unknown"


class Citation(BaseModel):
    """A line of a log: in which log, at which number, what it says."""

    model_config = ConfigDict(frozen=True)

    log: str
    line: int
    text: str


class CiFailure(BaseModel):
    """Why a step failed.

    `thing` is what failed or is missing: a test, a package, an image, a permission, a file with its line. `first` is
    the line that decides it; `more` are others of its kind.
    """

    model_config = ConfigDict(frozen=True)

    job: str
    step: str
    failure: CiFailureClass
    thing: str = ""
    place: str = ""
    statement: str
    first: Citation
    more: tuple[Citation, ...] = ()
    count: int = 1
    next_step: str


class CiTie(BaseModel):
    """Where the cluster runs what the run built or deployed.

    `how` says by which mark the two were matched. `causes` are root causes that concern the workload.
    """

    model_config = ConfigDict(frozen=True)

    workload: ObjectRef
    image: str = ""
    how: str
    statement: str
    causes: tuple[RootCause, ...] = ()


class CiReport(BaseModel):
    """A run's diagnosis. Its JSON form is a contract; `docs/ci.schema.json` holds it.

    `cluster` names the snapshot that the run was held against, empty if there was none.
    """

    model_config = ConfigDict(frozen=True)

    schema_version: str = CI_VERSION
    source: str
    repository: str = ""
    workflow: str = ""
    number: str = ""
    commit: str = ""
    branch: str = ""
    conclusion: str = ""
    url: str = ""
    failures: tuple[CiFailure, ...] = ()
    ties: tuple[CiTie, ...] = ()
    cluster: str = ""
    notes: tuple[str, ...] = ()
