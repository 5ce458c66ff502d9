"""Killed at any point, a run goes on and every step has happened once: not lost, not repeated, none unapproved."""

from __future__ import annotations

import json
import signal
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from control_plane.cluster import ControlPlane

from cluster.api import TestCluster
from cluster.writes.killed import Countdown, Protocol, Steps, allowed, ended, in_a_process
from cluster.writes.steps import Example, Json
from cluster_doctor.domain.errors import RunError
from cluster_doctor.domain.outcome import StepState
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.steps import FieldEdit, StepType, Verb
from cluster_doctor.history.history import History
from cluster_doctor.remediation.cluster.rehearsing import rehearse_step
from cluster_doctor.remediation.cluster.writer import USER_AGENT, ApiWriter, open_writer
from cluster_doctor.sources.live.target import Target

pytestmark = pytest.mark.cluster
SPACE = "killed"
APP = ("spec", "selector", "app")
ROUNDS = 5
RACES = 200
POINTS = 42
"""Points of three steps there and back; a test holds the number."""


@pytest.fixture(scope="module", autouse=True)
def space(cluster: TestCluster) -> Iterator[None]:
    cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SPACE}}, SPACE)
    yield
    cluster.delete("Namespace", None, SPACE)


@pytest.fixture(scope="module")
def writer(cluster: TestCluster) -> Iterator[ApiWriter]:
    """Rehearses the steps; whoever carries them out opens a connection of their own."""
    with open_writer(Target(kubeconfig=str(cluster.kubeconfig))) as opened:
        yield opened


def three_steps(cluster: TestCluster, writer: ApiWriter, name: str, first: int = 3, space: str = SPACE) -> Steps:
    """Set a key, set a selector, and make an account, or the first of these: rehearsed, on objects of their own."""
    settings = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"a": "1"}}
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name},
               "spec": {"selector": {"app": "old"}, "ports": [{"port": 80}]}}  # fmt: skip
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name, "namespace": space}}
    examples = (
        Example(StepType.EDIT_CONFIG_MAP, settings, (FieldEdit(path=("data", "a"), was="1", becomes="2"),)),
        Example(
            StepType.PATCH_SELECTOR, service, (FieldEdit(path=("spec", "selector", "app"), was="old", becomes="n"),)
        ),
        Example(StepType.CREATE_SERVICE_ACCOUNT, {}, verb=Verb.CREATE, made=account),
    )
    for example in examples[:first]:
        if example.manifest:
            cluster.create(example.manifest, space)
    steps = [example.step.model_copy(update={"target": _ref(example.target, space)}) for example in examples[:first]]
    return [(rehearse_step(writer, f"1.{at}", step, allowed), step) for at, step in enumerate(steps, 1)]


def _ref(ref: ObjectRef, space: str) -> ObjectRef:
    return ObjectRef(kind=ref.kind, name=ref.name, namespace=space, api_version=ref.api_version)


@dataclass
class AuditTail:
    """Counts our writes that the API server took down as stored, by the name of the object; reads each line once."""

    file: Path
    offset: int = 0
    counted: dict[str, Counter[tuple[str, str]]] = field(default_factory=lambda: defaultdict(Counter))

    def of(self, name: str) -> Counter[tuple[str, str]]:
        """Verbs and resources of our writes to objects of a name."""
        with self.file.open("rb") as log:
            log.seek(self.offset)
            for line in log:
                if not line.endswith(b"\n"):
                    break
                self.offset += len(line)
                if USER_AGENT.encode() in line:
                    self._count(json.loads(line))
        return self.counted[name]

    def _count(self, entry: Json) -> None:
        about = entry.get("objectRef") or {}
        if entry["verb"] != "get" and entry["responseStatus"]["code"] < 300 and "dryRun" not in entry["requestURI"]:
            self.counted[about.get("name", "")][(entry["verb"], about["resource"])] += 1


@pytest.fixture(scope="module")
def writes_to(control_plane: ControlPlane) -> Callable[[str], Counter[tuple[str, str]]]:
    return AuditTail(control_plane.audit_log).of


MADE = ("create", "serviceaccounts")
THERE = {("patch", "configmaps"): 1, ("patch", "services"): 1, MADE: 1}
BACK = {("patch", "configmaps"): 2, ("patch", "services"): 2, MADE: 1, ("delete", "serviceaccounts"): 1}


@pytest.mark.timeout(600)
def test_a_killed_run_goes_on_and_each_step_happens_once(
    cluster: TestCluster, writer: ApiWriter, writes_to: Callable[[str], Counter[tuple[str, str]]], home: str
) -> None:
    kept = Path(home).name
    heard = Countdown()
    for killed_at in range(POINTS):
        for round_ in range(ROUNDS):
            name = f"{kept.replace('_', '-')}-{killed_at}-{round_}"
            steps = three_steps(cluster, writer, name)
            with History(home) as history:
                history.log.begin(name, "", "")
            protocol = Protocol(cluster.kubeconfig, home, name)
            countdown = Countdown(killed_at)

            def whole(protocol: Protocol = protocol, steps: Steps = steps, point: Countdown = countdown) -> None:
                protocol.there_and_back(steps, point)

            assert ended(in_a_process(whole)) == -signal.SIGKILL, f"point {killed_at} was not reached"
            there = protocol.go(steps, back=False) if killed_at < POINTS // 2 else []
            assert all(outcome.state is StepState.APPLIED for outcome in there), there
            if there:
                assert writes_to(name) == THERE, f"killed at point {killed_at}"
            back = protocol.go(steps, back=True, point=heard if not heard.heard else lambda _: None)
            assert all(outcome.state is StepState.UNDONE for outcome in back), (killed_at, back)
            assert writes_to(name) == BACK, f"killed at point {killed_at}"
            with History(home) as history:
                states = Counter(str(write.state) for write in history.writes.of_run(name))
            assert states["done"] == 6
            assert states["intended"] == states["unknown"] == 0


def test_the_points_are_as_many_as_are_tried(cluster: TestCluster, writer: ApiWriter, tmp_path: Path) -> None:
    steps = three_steps(cluster, writer, "counted")
    with History(tmp_path) as history:
        history.log.begin("counted", "", "")
    heard = Countdown()
    protocol = Protocol(cluster.kubeconfig, str(tmp_path), "counted")
    protocol.go(steps, back=False, point=heard)
    protocol.go(steps, back=True, point=heard)
    assert len(heard.heard) == POINTS, heard.heard


@pytest.mark.timeout(600)
def test_of_two_processes_that_race_one_writes(
    cluster: TestCluster, writer: ApiWriter, writes_to: Callable[[str], Counter[tuple[str, str]]], home: str
) -> None:
    kept = Path(home).name
    for round_ in range(RACES):
        name = f"race-{kept.replace('_', '-')}-{round_}"
        steps = three_steps(cluster, writer, name, 1)
        with History(home) as history:
            history.log.begin(name, "", "")
        protocol = Protocol(cluster.kubeconfig, home, name)

        def answer(protocol: Protocol = protocol, steps: Steps = steps) -> None:
            try:
                protocol.go(steps, back=False)
            except RunError as error:
                assert "another process works on run" in error.what  # noqa: PT017 - in a process of its own

        assert [ended(number) for number in [in_a_process(answer), in_a_process(answer)]] == [0, 0]
        assert writes_to(name) == {("patch", "configmaps"): 1}
