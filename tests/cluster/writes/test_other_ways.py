"""Ways that are offered beside a person's step, on a real API server: found, planned, rehearsed, taken, and undone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from cluster.api import TestCluster
from cluster.scenario import without_stage_directions
from cluster.waiting import until
from cluster.writes.comparing import own
from cluster.writes.journey import PATIENCE
from cluster.writes.killed import Protocol, Steps, allowed
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.outcome import StepState
from cluster_doctor.domain.remediation import Approval, Decision, Risk
from cluster_doctor.domain.steps import StepType
from cluster_doctor.history.history import History
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.remediation.cluster.rehearsing import rehearse_step
from cluster_doctor.remediation.cluster.writer import open_writer
from cluster_doctor.remediation.planner import plan_for
from cluster_doctor.sources.live.source import KubernetesSource
from cluster_doctor.sources.live.target import Target
from cluster_doctor.sources.protocol import Scope
from cluster_doctor.workflow.runs import Runs, Waiting
from cluster_doctor.workflow.state import Place
from cluster_doctor.workflow.writing import Writing

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(120)]
NODE = "node-3"
CONTAINER = {"name": "app", "image": "registry.example.com/app:1"}


@contextmanager
def space(cluster: TestCluster, name: str) -> Iterator[str]:
    cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}, name)
    try:
        yield name
    finally:
        cluster.delete("Namespace", None, name)


def other_ways(cluster: TestCluster, space: str, rule: str, later: timedelta = timedelta()) -> Steps:
    """The typed steps beside that of a person, rehearsed."""
    target = Target(kubeconfig=str(cluster.kubeconfig))
    seen = without_stage_directions(KubernetesSource(target).collect(Scope(namespaces=(space,))), later=later)
    found = {cause.rule: cause for cause in diagnose(seen, Incident(namespaces=(space,))).root_causes}
    assert rule in found
    plan = plan_for(seen, found[rule])
    assert plan is not None
    assert [step.type for step in plan.steps] == [None]
    ways = [step for step in plan.alternatives if step.type]
    with open_writer(target) as writer:
        steps = [(rehearse_step(writer, f"1.{at}", way, allowed), way) for at, way in enumerate(ways, 1)]
    assert [shown.problem for shown, _ in steps] == [""] * len(steps)
    return steps


def protocol(cluster: TestCluster, home: Path) -> Protocol:
    with History(home) as history:
        history.log.begin("run-1", "", "")
    return Protocol(cluster.kubeconfig, str(home), "run-1")


def has_gone(cluster: TestCluster, place: str, name: str) -> bool:
    return cluster.get("Pod", place, name) is None


def test_what_a_finalizer_keeps_is_let_go(cluster: TestCluster, tmp_path: Path) -> None:
    with space(cluster, "ways-finalizer") as place:
        metadata = {"name": "held", "finalizers": ["records.example.com/close"]}
        cluster.create(
            {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": [CONTAINER]}}, place
        )
        until(lambda: "Running" in str((cluster.get("Pod", place, "held") or {}).get("status")), "the Pod runs")
        cluster.delete("Pod", place, "held")
        steps = other_ways(cluster, place, "pod_does_not_terminate", timedelta(minutes=10))
        ((shown, step),) = steps
        assert (step.type, step.risk) == (StepType.REMOVE_FINALIZER, Risk.HIGH)
        assert [str(edit) for edit in shown.diff] == ["metadata.finalizers: ['records.example.com/close'] -> nothing"]
        carrying = protocol(cluster, tmp_path)
        assert [outcome.state for outcome in carrying.go(steps, back=False)] == [StepState.APPLIED]
        until(lambda: has_gone(cluster, place, "held"), "the Pod is gone")
        (back,) = carrying.go(steps, back=True)
        assert (back.state, back.note) == (StepState.REFUSED, "this cannot be taken back")


def test_a_node_at_fault_is_cordoned_and_its_pods_move(cluster: TestCluster, tmp_path: Path) -> None:
    with space(cluster, "ways-node") as place, at_fault(cluster):
        labels = {"app": "web"}
        affinity = {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{
            "weight": 100,
            "preference": {"matchExpressions": [{"key": "kubernetes.io/hostname", "operator": "In", "values": [NODE]}]},
        }]}}  # fmt: skip
        template = {"metadata": {"labels": labels}, "spec": {"containers": [CONTAINER], "affinity": affinity}}
        spec = {"replicas": 2, "selector": {"matchLabels": labels}, "template": template}
        cluster.create(
            {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": spec}, place
        )
        until(lambda: running_on(cluster, place) == [NODE, NODE], "both Pods run on the node")
        before = cluster.get("Node", None, NODE)
        steps = other_ways(cluster, place, "node_problem_is_detected")
        assert [step.type for _, step in steps][:1] == [StepType.CORDON]
        assert {step.type for _, step in steps[1:]} == {StepType.EVICT_POD}
        assert {step.target.namespace for _, step in steps[1:]} >= {place}
        carrying = protocol(cluster, tmp_path)
        assert {outcome.state for outcome in carrying.go(steps, back=False)} == {StepState.APPLIED}
        until(lambda: len(on := running_on(cluster, place)) == 2 and NODE not in on, "both run elsewhere")
        undone = carrying.go(steps, back=True)
        assert [outcome.state for outcome in undone] == [StepState.REFUSED] * (len(steps) - 1) + [StepState.UNDONE]
        assert own(cluster.get("Node", None, NODE)) == own(before)


def test_going_back_is_watched_and_remembered_where_that_was_chosen(cluster: TestCluster, tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(
        'version: 1\nallow: [{name: back, routes: [cluster], types: [roll_back], namespaces: ["ways-*"]}]\n'
    )
    with space(cluster, "ways-back") as place, History(tmp_path) as history:
        labels = {"app": "web"}
        template = {"metadata": {"labels": labels}, "spec": {"containers": [CONTAINER]}}
        spec = {"replicas": 1, "selector": {"matchLabels": labels}, "template": template}
        cluster.create(
            {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": spec}, place
        )
        until(lambda: ready(cluster, place) == 1, "the first revision serves")
        missing = {**CONTAINER, "envFrom": [{"configMapRef": {"name": "settings"}}]}
        cluster.patch("Deployment", place, "web", {"spec": {"template": {"spec": {"containers": [missing]}}}})
        until(lambda: "CreateContainerConfigError" in str(list(cluster.pods(place))), "the second does not")
        runs = Runs(history, writing=Writing(patience=PATIENCE))
        standing = runs.begin(Incident(namespaces=(place,)), Place(kubeconfig=str(cluster.kubeconfig)))
        assert isinstance(standing, Waiting)
        assert [step.key for step in standing.rehearsal.offered] == ["1.or1"]
        word = Approval(decision=Decision.APPROVE, digest=standing.digest, approver="ada", steps=("1.or1",))
        done = runs.answer(standing.report.run_id, standing.interrupt_id, word)
        assert done.report.remediation is not None
        outcome = done.report.remediation.outcome
        assert outcome is not None
        assert (outcome.applied, outcome.healed) == (True, True), outcome
        (plan,) = done.report.remediation.plans
        assert done.report.remediation.healed_by(plan.fingerprint) == plan.alternatives[0].title
        assert (ready(cluster, place), len(running_on(cluster, place))) == (1, 1)


def ready(cluster: TestCluster, place: str) -> int:
    """Replicas of the Deployment that are ready, of the newest revision."""
    status = (cluster.get("Deployment", place, "web") or {}).get("status", {})
    return int(status.get("readyReplicas", 0)) if status.get("updatedReplicas") else 0


@contextmanager
def at_fault(cluster: TestCluster) -> Iterator[None]:
    """Let a problem detector speak about the node."""
    problem = {"type": "KernelDeadlock", "status": "True", "reason": "DockerHung", "message": "a task is blocked"}

    def conditions() -> list[dict[str, str]]:
        found = (cluster.get("Node", None, NODE) or {})["status"]["conditions"]
        return [one for one in found if one["type"] != problem["type"]]

    cluster.patch("Node", None, f"{NODE}/status", {"status": {"conditions": [*conditions(), problem]}})
    try:
        yield
    finally:
        cluster.patch("Node", None, f"{NODE}/status", {"status": {"conditions": conditions()}})


def running_on(cluster: TestCluster, place: str) -> list[str]:
    """Nodes of the Pods that run and are not on their way out."""
    return [
        pod["spec"].get("nodeName", "")
        for pod in cluster.pods(place)
        if pod["status"].get("phase") == "Running" and not pod["metadata"].get("deletionTimestamp")
    ]
