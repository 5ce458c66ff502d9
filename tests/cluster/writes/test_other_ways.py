"""Going back to a revision that serves, where a person chose that, on a real API server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cluster.api import TestCluster
from cluster.waiting import until
from cluster.writes.journey import PATIENCE
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.remediation import Approval, Decision
from cluster_doctor.history.history import History
from cluster_doctor.workflow.runs import Runs, Waiting
from cluster_doctor.workflow.state import Place
from cluster_doctor.workflow.writing import Writing

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(120)]
CONTAINER = {"name": "app", "image": "registry.example.com/app:1"}


@contextmanager
def space(cluster: TestCluster, name: str) -> Iterator[str]:
    cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}, name)
    try:
        yield name
    finally:
        cluster.delete("Namespace", None, name)


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


def running_on(cluster: TestCluster, place: str) -> list[str]:
    """Nodes of the Pods that run and are not on their way out."""
    return [
        pod["spec"].get("nodeName", "")
        for pod in cluster.pods(place)
        if pod["status"].get("phase") == "Running" and not pod["metadata"].get("deletionTimestamp")
    ]
