"""Turns answers and labels into numbers."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

ANY = "*"
"""In a label, stands for whatever object."""


class Answer(BaseModel):
    """A cause and its object."""

    model_config = ConfigDict(frozen=True)

    label: str
    object: str
    confidence: float

    def same(self, other: Answer) -> bool:
        """Tell whether label and object agree."""
        return self.label == other.label and other.object in {ANY, self.object}


class CaseResult(BaseModel):
    """One case's answers beside its label; `expected` is None for a healthy case.

    `seconds` are from opening the recording to the answers, `diagnosing` those of rules and inference. Where `ranked`
    is false, the order of answers does not count, and those in `also` must be there too. `error` says
    why a case could not be scored; it counts as missed.
    """

    model_config = ConfigDict(frozen=True)

    case: str
    answers: tuple[Answer, ...]
    expected: Answer | None
    also: tuple[Answer, ...] = ()
    ranked: bool = True
    seconds: float
    diagnosing: float = 0.0
    error: str = ""

    def hit(self, within: int) -> bool:
        """Tell whether the label is among the first answers; a healthy case must have none."""
        if self.expected is None:
            return not self.answers
        told = self.answers[:within] if self.ranked else self.answers
        return all(any(answer.same(wanted) for answer in told) for wanted in (self.expected, *self.also))

    @property
    def source(self) -> str:
        """The first folder of the case's path."""
        return self.case.partition("/")[0]


class TypeScore(BaseModel):
    """Score on one fault type."""

    model_config = ConfigDict(frozen=True)

    cases: int
    top1: float
    top3: float


class SourceScore(BaseModel):
    """Score on the cases of one source; what has to be quiet and is counts as found."""

    model_config = ConfigDict(frozen=True)

    cases: int
    found: int
    missed: int
    false_alarms: int


class CalibrationBin(BaseModel):
    """First answers whose confidence lies in one interval."""

    model_config = ConfigDict(frozen=True)

    low: float
    high: float
    cases: int
    confidence: float
    accuracy: float


class Summary(BaseModel):
    """Scores over all cases. `seconds` are from opening a recording to its answers, `diagnosing` the rules' part."""

    model_config = ConfigDict(frozen=True)

    cases: int
    top1: float
    top3: float
    false_alarms: int
    healthy_cases: int
    calibration_error: float
    calibration: tuple[CalibrationBin, ...]
    seconds_median: float
    seconds_max: float
    diagnosing_median: float
    per_type: dict[str, TypeScore]
    per_source: dict[str, SourceScore]


class Evaluation(BaseModel):
    """What the command `evaluate` prints."""

    model_config = ConfigDict(frozen=True)

    summary: Summary
    cases: tuple[CaseResult, ...]


def summarise(results: Sequence[CaseResult]) -> Evaluation:
    """Score results.

    Raises:
        ValueError: there are none.
    """
    if not results:
        msg = "no case to score"
        raise ValueError(msg)
    faulty = [result for result in results if result.expected]
    healthy = [result for result in results if not result.expected]
    by_type: dict[str, list[CaseResult]] = defaultdict(list)
    for result in faulty:
        if result.expected:
            by_type[result.expected.label].append(result)
    bins = _bins([result for result in faulty if result.ranked])
    answered = sum(entry.cases for entry in bins)
    error = sum(entry.cases * abs(entry.confidence - entry.accuracy) for entry in bins) / answered if answered else 0.0
    return Evaluation(
        summary=Summary(
            cases=len(results),
            top1=_share(faulty, 1),
            top3=_share(faulty, 3),
            false_alarms=sum(not result.hit(1) for result in healthy),
            healthy_cases=len(healthy),
            calibration_error=round(error, 4),
            calibration=tuple(bins),
            seconds_median=round(statistics.median(result.seconds for result in results), 4),
            seconds_max=max(result.seconds for result in results),
            diagnosing_median=round(statistics.median(result.diagnosing for result in results), 4),
            per_type={
                label: TypeScore(cases=len(group), top1=_share(group, 1), top3=_share(group, 3))
                for label, group in sorted(by_type.items())
            },
            per_source=_per_source(results),
        ),
        cases=tuple(results),
    )


def _per_source(results: Sequence[CaseResult]) -> dict[str, SourceScore]:
    grouped: dict[str, list[CaseResult]] = defaultdict(list)
    for result in results:
        grouped[result.source].append(result)
    return {
        source: SourceScore(
            cases=len(group),
            found=sum(result.hit(1) for result in group),
            missed=sum(bool(result.expected) and not result.hit(1) for result in group),
            false_alarms=sum(not result.expected and not result.hit(1) for result in group),
        )
        for source, group in sorted(grouped.items())
    }


def _share(results: Sequence[CaseResult], within: int) -> float:
    return round(sum(result.hit(within) for result in results) / len(results), 4) if results else 0.0


def _bins(results: Sequence[CaseResult]) -> list[CalibrationBin]:
    found = []
    for step in range(10):
        low, high = step / 10, (step + 1) / 10
        inside = [
            result
            for result in results
            if result.answers
            and (low <= result.answers[0].confidence < high or (step == 9 and result.answers[0].confidence == 1))
        ]
        if inside:
            found.append(
                CalibrationBin(
                    low=low,
                    high=high,
                    cases=len(inside),
                    confidence=round(statistics.mean(result.answers[0].confidence for result in inside), 4),
                    accuracy=_share(inside, 1),
                )
            )
    return found
