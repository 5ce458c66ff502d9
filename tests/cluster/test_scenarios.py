"""What is wrong on a real control plane is named, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster.conftest import Recordings
from cluster.scenario import Scenario, all_scenarios
from cluster_doctor.domain.diagnosis import Diagnosis, Status
from cluster_doctor.domain.incident import Incident
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.snapshot.file import read_snapshot, write_snapshot

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]
SCENARIOS = pytest.mark.parametrize("scenario", all_scenarios(), ids=lambda scenario: scenario.name)


def _named(diagnosis: Diagnosis, namespace: str) -> list[tuple[str, str]]:
    """Subject (without the scenario's own namespace) and rule of each root cause."""
    return [
        (
            f"{cause.subject.kind}/{cause.subject.path.removeprefix(f'{namespace}/')}",
            cause.rule,
        )
        for cause in diagnosis.root_causes
    ]


@SCENARIOS
def test_the_cause_is_named_and_nothing_else_is(scenario: Scenario, recordings: Recordings) -> None:
    found = diagnose(recordings.of(scenario), Incident(namespaces=(scenario.namespace,)))
    named = _named(found, scenario.namespace)
    subjects = [subject for subject, _ in named]
    if scenario.healthy:
        assert named == []
        assert found.status is Status.HEALTHY
        return
    assert len(named) >= len(scenario.expects), f"{scenario.expects} expected, {named} named"
    first = named[: len(scenario.expects)]
    for expected in scenario.expects:
        # With all evidence at hand the first rule is meant. Independent faults have no order.
        assert [
            (subject, rule)
            for subject, rule in first
            if subject in expected.subjects and (not expected.rules or rule == expected.rules[0])
        ], f"{expected} is not among {first}"
    assert set(subjects[len(scenario.expects) :]) <= set(scenario.also)


@SCENARIOS
def test_a_recording_gives_the_same_diagnosis_when_it_is_replayed(
    scenario: Scenario, recordings: Recordings, tmp_path: Path
) -> None:
    incident = Incident(namespaces=(scenario.namespace,))
    seen = recordings.of(scenario)
    replayed = read_snapshot(write_snapshot(seen, tmp_path / "case"))
    assert diagnose(replayed, incident).model_dump_json() == diagnose(seen, incident).model_dump_json()


@SCENARIOS
def test_no_stage_direction_is_recorded(scenario: Scenario, recordings: Recordings) -> None:
    assert "sim/" not in str(recordings.of(scenario).objects)
