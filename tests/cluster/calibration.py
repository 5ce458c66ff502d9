"""How well confidence tells how often the first answers are right, also on kinds of faults that it was not fitted on.

Every recorded scenario is diagnosed as it is and with kinds and logs missing at random, for what was not collected is
what makes answers wrong. An answer is right if it names an object and a rule that the scenario expects.

`PYTHONPATH=tests python -m cluster.calibration FOLDER` writes docs/calibration.md from recordings, which
`CLUSTER_DOCTOR_RECORD_SCENARIOS=FOLDER make test-cluster` makes.
"""

from __future__ import annotations

import random
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cluster.composition import Part, compose
from cluster.scenario import Scenario, all_scenarios
from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.findings import Directness
from cluster_doctor.domain.incident import Incident
from cluster_doctor.inference.confidence import PRIOR, THRESHOLD
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.snapshot.file import read_snapshot
from cluster_doctor.snapshot.snapshot import ClusterSnapshot

PAGE = Path(__file__).parents[2] / "docs" / "calibration.md"
LOSSES = 40
"""How often each scenario is diagnosed with something missing."""
MOST_LOST = 6
DISPENSABLE = (
    "Event", "Log", "ConfigMap", "Secret", "EndpointSlice", "Service", "Ingress", "NetworkPolicy", "ReplicaSet",
    "Deployment", "Node", "ResourceQuota", "PersistentVolumeClaim", "HorizontalPodAutoscaler",
)  # fmt: skip
"""What a picture may lack; the Pods are always there."""
BINS = 10
_DIRECTNESS = re.compile(r"\((\w+)\)")


@dataclass(frozen=True)
class Answer:
    """One root cause that was named: in which scenario's kind of fault, how sure, whether rightly."""

    fault: str
    confidence: float
    directness: Directness
    right: bool

    def refitted(self, prior: Mapping[Directness, float]) -> float:
        """The confidence under another prior."""
        return self.confidence / PRIOR[self.directness] * prior[self.directness]


def answers(recordings: Iterable[tuple[Scenario, ClusterSnapshot]]) -> Iterator[Answer]:
    """Diagnose each faulty scenario, whole and with losses."""
    for scenario, seen in recordings:
        if scenario.healthy:
            continue
        chance = random.Random(scenario.name)
        part = Part(scenario.name, scenario.namespace, seen, frozenset())
        fault = scenario.expects[0].rules[0] if scenario.expects[0].rules else scenario.name
        for turn in range(LOSSES):
            lost = chance.sample(DISPENSABLE, chance.randint(1, MOST_LOST)) if turn else ()
            found = diagnose(compose([part], turn, lost), Incident(namespaces=(scenario.namespace,)))
            for cause in found.root_causes:
                yield Answer(fault, cause.confidence, _directness(cause), _is_right(cause, scenario))


def _directness(cause: RootCause) -> Directness:
    told = _DIRECTNESS.search(cause.confidence_basis)
    return Directness(told[1]) if told else Directness.SUGGESTED


def _is_right(cause: RootCause, scenario: Scenario) -> bool:
    subject = f"{cause.subject.kind}/{cause.subject.path.removeprefix(f'{scenario.namespace}/')}"
    if subject in scenario.also:
        return True
    return any(subject in one.subjects and (not one.rules or cause.rule in one.rules) for one in scenario.expects)


@dataclass(frozen=True)
class Bin:
    """Answers whose confidence lies in one tenth."""

    low: float
    count: int
    confidence: float
    right: float


def bins(told: Sequence[tuple[float, bool]]) -> list[Bin]:
    """Group answers by confidence."""
    grouped: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for sure, right in told:
        grouped[min(BINS - 1, int(sure * BINS))].append((sure, right))
    return [
        Bin(
            at / BINS,
            len(group),
            sum(sure for sure, _ in group) / len(group),
            sum(right for _, right in group) / len(group),
        )
        for at, group in sorted(grouped.items())
    ]


def error(told: Sequence[tuple[float, bool]]) -> float:
    """The expected calibration error: the mean distance of confidence and share of right answers, by tenths."""
    return sum(one.count * abs(one.confidence - one.right) for one in bins(told)) / len(told)


def as_shipped(given: Iterable[Answer]) -> list[tuple[float, bool]]:
    """Confidence as the library states it."""
    return [(answer.confidence, answer.right) for answer in given]


def left_out(given: Sequence[Answer]) -> list[tuple[float, bool]]:
    """Confidence under priors that were fitted without the answers of the same kind of fault."""
    told = []
    for fault in sorted({answer.fault for answer in given}):
        prior = fit([answer for answer in given if answer.fault != fault])
        told += [(answer.refitted(prior), answer.right) for answer in given if answer.fault == fault]
    return told


def fit(given: Sequence[Answer]) -> dict[Directness, float]:
    """Estimate the priors: the share of right answers by directness, over the share that other factors leave.

    By Laplace's rule of succession, so that a directness that was hardly met stays near one half.
    """
    prior = {}
    for directness in Directness:
        same = [answer for answer in given if answer.directness is directness]
        left = sum(answer.confidence / PRIOR[directness] for answer in same)
        prior[directness] = min(0.99, (sum(answer.right for answer in same) + 1) / (left + 2))
    return prior


def page(given: Sequence[Answer]) -> str:
    """The page of the documentation."""
    shipped, held_out = as_shipped(given), left_out(given)
    faults = len({answer.fault for answer in given})
    lines = [
        "# Calibration",
        "",
        f"{len(given)} root causes named on recordings of {faults} kinds of faults, each whole and {LOSSES - 1} times",
        f"with one to {MOST_LOST} kinds of objects or the logs missing at random. Made by",
        "`PYTHONPATH=tests python -m cluster.calibration FOLDER` from recordings that",
        "`CLUSTER_DOCTOR_RECORD_SCENARIOS=FOLDER make test-cluster` makes.",
        "",
        "| | expected calibration error |",
        "|---|---|",
        f"| as shipped | {error(shipped):.3f} |",
        f"| each kind of fault under priors that were fitted on the others | {error(held_out):.3f} |",
        "",
        f"Below {THRESHOLD:g} a cause is a hypothesis and no answer.",
        "",
        "## Reliability",
        "",
        "| confidence | answers | mean confidence | right | |",
        "|---|---|---|---|---|",
    ]
    for one in bins(shipped):
        tenth, bar = f"{one.low:.1f} to {one.low + 1 / BINS:.1f}", "█" * round(one.right * 20)
        lines.append(f"| {tenth} | {one.count} | {one.confidence:.2f} | {one.right:.2f} | {bar} |")
    return "\n".join([*lines, ""])


def main() -> int:
    """Write the page."""
    folder = Path(sys.argv[1])
    recorded = ((scenario, folder / f"{scenario.name}.snapshot") for scenario in all_scenarios())
    given = list(answers((scenario, read_snapshot(file)) for scenario, file in recorded if file.is_file()))
    PAGE.write_text(page(given))
    return 0


if __name__ == "__main__":
    sys.exit(main())
