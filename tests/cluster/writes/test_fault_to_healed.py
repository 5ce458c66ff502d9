"""Faults on a real API server, each repaired by steps of its type, approved, seen to heal, and put back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from cluster.api import TestCluster
from cluster.definitions import forget
from cluster.writes.comparing import own
from cluster.writes.journey import Fault, Journey, Walked, all_faults, travel
from cluster.writes.steps import DEFINITIONS
from cluster_doctor.domain.outcome import StepState
from cluster_doctor.domain.steps import StepType, Verb
from cluster_doctor.remediation.cluster.difference import MARK, difference

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(420)]
SIDE_BY_SIDE = 6
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
FAULTS = all_faults()


class Journeys:
    """The faults that tests of this session ask for, side by side; those that change nodes one after another."""

    def __init__(self, cluster: TestCluster, wanted: list[Fault], homes: pytest.TempPathFactory) -> None:
        self._pool = ThreadPoolExecutor(SIDE_BY_SIDE)
        self._alone = ThreadPoolExecutor(1)
        self._futures: dict[str, Future[Journey]] = {}
        together: list[Future[Journey]] = []
        for fault in sorted(wanted, key=lambda fault: (fault.scenario.alone, -fault.pauses)):
            home = homes.mktemp(fault.scenario.name)
            if fault.scenario.alone:
                self._futures[fault.scenario.name] = self._alone.submit(_after, together, cluster, fault, home)
            else:
                together.append(self._pool.submit(travel, cluster, fault, home))
                self._futures[fault.scenario.name] = together[-1]

    def of(self, fault: Fault) -> Journey:
        """What was seen on the way of one fault."""
        return self._futures[fault.scenario.name].result()

    def close(self) -> None:
        """Wait for all."""
        self._pool.shutdown()
        self._alone.shutdown()


def _after(others: list[Future[Journey]], *given: object) -> Journey:
    for other in others:
        other.exception()
    return travel(*given)  # type: ignore[arg-type]  # as they were handed over


@pytest.fixture(scope="module")
def journeys(
    cluster: TestCluster, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Journeys]:
    items = [item for item in request.session.items if isinstance(item, pytest.Function)]
    given = [item.callspec.params.get("fault") for item in items if hasattr(item, "callspec")]
    asked = {fault.scenario.name for fault in given if isinstance(fault, Fault)}
    for made in DEFINITIONS:
        cluster.create(made, "")
    travelling = Journeys(cluster, [fault for fault in FAULTS if fault.scenario.name in asked], tmp_path_factory)
    yield travelling
    travelling.close()
    forget(cluster, *DEFINITIONS)


def test_every_step_type_is_taken_by_a_repair() -> None:
    assert {step.type for fault in FAULTS for step in fault.steps} == set(StepType)


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.scenario.name for fault in FAULTS])
def test_a_fault_is_repaired_and_the_way_back_leads_back(fault: Fault, journeys: Journeys) -> None:
    seen = journeys.of(fault)
    assert fault.rule in seen.causes
    assert [step.type for step in seen.offered] == [step.type for step in fault.steps], seen.problems
    for step, expected in zip(seen.offered, fault.steps, strict=True):
        assert expected.is_of(step.target)
        assert [_MOMENT.sub("NOW", str(edit)) for edit in step.diff] == list(expected.diff)
    assert seen.outcome is not None
    healed, left = (None, "the cause is left to a person: ") if fault.leaves else (True, "")
    assert (seen.outcome.applied, seen.outcome.healed) == (True, healed), seen.outcome
    assert seen.outcome.escalated.partition(fault.scenario.expects[0].cause)[0].startswith(left)
    assert bool(seen.outcome.escalated) is fault.leaves
    assert [(step.key, step.diff) for step in seen.outcome.steps] == [(step.key, step.diff) for step in seen.offered]
    assert [walked.shown for walked in seen.walked] == list(seen.offered)
    for walked in seen.walked:
        assert_there_and_back(walked)


def assert_there_and_back(step: Walked) -> None:
    if not step.shown.type.is_reversible:
        assert (step.undone.state, step.undone.note) == (StepState.REFUSED, "this cannot be taken back")
        return
    if step.shown.verb is Verb.PATCH:
        assert step.before is not None
        assert step.after is not None
        assert difference(own(step.before), own(step.after)) == step.shown.diff
    assert (step.undone.state, step.undone.note) == (StepState.UNDONE, "")
    assert own(step.back) == own(step.before)
    assert MARK not in str(step.back)
