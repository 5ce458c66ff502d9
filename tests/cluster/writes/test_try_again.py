"""Controllers that put off what they were refused, on a real control plane: annotated, they try again at once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cluster.api import Json, TestCluster
from cluster.waiting import until
from cluster.writes.comparing import own
from cluster.writes.killed import Protocol, Steps, allowed
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.outcome import StepState
from cluster_doctor.domain.steps import StepType
from cluster_doctor.history.history import History
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.remediation.cluster.rehearsing import rehearse_step
from cluster_doctor.remediation.cluster.writer import open_writer
from cluster_doctor.remediation.planner import plan_for
from cluster_doctor.sources.live.source import KubernetesSource
from cluster_doctor.sources.live.target import Target
from cluster_doctor.sources.protocol import Scope

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]
SPACE = "try-again"
FAR_FROM_THE_NEXT = 86
"""Seconds after the first refusal: the pauses double from 5 ms, so that attempts fall at 82 s and at 164 s."""
QUIET = 15
KINDS = ("Deployment", "StatefulSet", "DaemonSet")


@pytest.fixture(autouse=True)
def space(cluster: TestCluster) -> Iterator[None]:
    cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SPACE}}, SPACE)
    yield
    cluster.delete("Namespace", None, SPACE)


def refused(kind: str) -> Json:
    """A workload whose ServiceAccount does not exist."""
    labels = {"app": kind.lower()}
    pod = {"serviceAccountName": labels["app"], "containers": [{"name": "a", "image": "registry.example.com/a:1"}]}
    spec = {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": pod}}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": labels["app"]}, "spec": spec}


def rehearsed(cluster: TestCluster) -> Steps:
    """All steps of the plans for what is found."""
    target = Target(kubeconfig=str(cluster.kubeconfig))
    seen = KubernetesSource(target).collect(Scope(namespaces=(SPACE,)))
    plans = [plan_for(seen, cause) for cause in diagnose(seen, Incident(namespaces=(SPACE,))).root_causes]
    planned = [step for plan in plans if plan for step in plan.steps]
    with open_writer(target) as writer:
        return [(rehearse_step(writer, f"1.{at}", step, allowed), step) for at, step in enumerate(planned, 1)]


def test_what_was_put_off_is_tried_at_once_when_its_object_is_annotated(cluster: TestCluster, tmp_path: Path) -> None:
    for kind in KINDS:
        cluster.create(refused(kind), SPACE)
    time.sleep(FAR_FROM_THE_NEXT)
    steps = rehearsed(cluster)
    created = [(shown, step) for shown, step in steps if step.type is StepType.CREATE_SERVICE_ACCOUNT]
    again = [(shown, step) for shown, step in steps if step.type is StepType.PATCH_ANNOTATION]
    assert sorted(step.target.kind for _, step in again) == ["DaemonSet", "ReplicaSet", "StatefulSet"]
    assert len(created) + len(again) == len(steps)
    before = [cluster.get(step.target.kind, SPACE, step.target.name) for _, step in again]
    with History(tmp_path) as history:
        history.log.begin("run-1", "", "")
    carrying = Protocol(cluster.kubeconfig, str(tmp_path), "run-1")

    assert {outcome.state for outcome in carrying.go(created, back=False)} == {StepState.APPLIED}
    time.sleep(QUIET)
    assert not list(cluster.pods(SPACE)), "the accounts are there, and nobody has looked again"

    assert {outcome.state for outcome in carrying.go(again, back=False)} == {StepState.APPLIED}
    wanted = {kind.lower() for kind in KINDS}
    until(lambda: {pod["metadata"]["labels"]["app"] for pod in cluster.pods(SPACE)} == wanted, "all try", within=10)

    pods = {pod["metadata"]["uid"] for pod in cluster.pods(SPACE)}
    assert {outcome.state for outcome in carrying.go(again, back=True)} == {StepState.UNDONE}
    assert [own(cluster.get(step.target.kind, SPACE, step.target.name)) for _, step in again] == list(map(own, before))
    assert pods <= {pod["metadata"]["uid"] for pod in cluster.pods(SPACE)}, "no Pod is started anew for it"
