"""What is right for a case, in each form in which people write it down."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import (
    AliasChoices,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from cluster_doctor.domain.errors import UnreadableInput
from cluster_doctor.snapshot.health.verdict import HealthStatus

FILES = ("expected.yaml", "expected.yml", "expected.json")


class CauseExpected(BaseModel):
    """A root cause with its object."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    root_cause: str = Field(min_length=1)
    object: str = Field(min_length=1)


class HealthExpected(BaseModel):
    """That all is well."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    healthy: bool

    @field_validator("healthy")
    @classmethod
    def _only_true(cls, healthy: bool) -> bool:  # noqa: FBT001 - pydantic passes the value alone
        if not healthy:
            msg = "say what is wrong in place of `healthy: false`"
            raise ValueError(msg)
        return healthy


class StatusExpected(BaseModel):
    """How one object is doing; without `object` it is the one that was recorded."""

    model_config = ConfigDict(frozen=True)

    status: HealthStatus
    object: str = ""


class Reports(BaseModel):
    """Which objects are to be reported, as `namespace/name`; a count without names leaves open which."""

    model_config = ConfigDict(frozen=True)

    count: int | None = Field(default=None, validation_alias=AliasChoices("result_count", "expectedErrors"))
    names: tuple[str, ...] = Field(default=(), validation_alias="result_names")

    @model_validator(mode="before")
    @classmethod
    def _from_lists(cls, given: Any) -> Any:  # noqa: ANN401 - what a person wrote
        """Take lists for what they name, or for how many things they tell of."""
        if not isinstance(given, dict):
            return given
        listed = given.get("expectations")
        if isinstance(listed, list):
            names = [entry.get("name") if isinstance(entry, dict) else entry for entry in listed]
            return {"result_names": names, "result_count": len(names)}
        told = next((given[key] for key in ("expectedIssues", "failure_text_contains") if key in given), None)
        return {"result_count": len(told), **given} if isinstance(told, list) else given

    @model_validator(mode="after")
    def _says_something(self) -> Reports:
        if self.count is None and not self.names:
            msg = "say how many objects are reported, or which"
            raise ValueError(msg)
        return self


class ReportsExpected(BaseModel):
    """Which objects a checker has to report, and in which namespace it looks."""

    model_config = ConfigDict(frozen=True)

    expected: Reports
    namespace_scope: str = ""


Expected = CauseExpected | HealthExpected | StatusExpected | ReportsExpected


def read_expectation(folder: Path) -> Expected:
    """Read what is expected of the case in a folder.

    Raises:
        UnreadableInput: the file cannot be read, or makes no sense.
    """
    file = next(folder / name for name in FILES if (folder / name).is_file())
    try:
        given = yaml.safe_load(file.read_text(encoding="utf-8"))
        return _form(given).model_validate(given)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError) as error:
        raise UnreadableInput(
            f"could not read {file}: {error}",
            "Write `root_cause` and `object`, `status`, what is to be reported, or `healthy: true`.",
        ) from error


def _form(given: object) -> type[Expected]:
    """Tell by its keys in which form an expectation is written."""
    keys = given if isinstance(given, dict) else {}
    if "healthy" in keys:
        return HealthExpected
    if "status" in keys:
        return StatusExpected
    return ReportsExpected if "expected" in keys else CauseExpected
