"""A rollout that breaks a workload on a real control plane: the report names the field, its old and its new value."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cluster.api import TestCluster
from cluster.waiting import until
from cluster_doctor.domain.change import ChangeKind, Touch
from cluster_doctor.domain.ci import CiRun
from cluster_doctor.domain.incident import Incident
from cluster_doctor.inference.ci.diagnose_run import diagnose_run
from cluster_doctor.inference.ci.ties import ties
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.snapshot.changes.changes import RECENTLY, changes_since
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.sources.github_actions.log_text import jobs_of
from cluster_doctor.sources.live.source import KubernetesSource
from cluster_doctor.sources.live.target import Target
from cluster_doctor.sources.protocol import Scope

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(180)]
SPACE = "changes"
GOOD, BAD = "registry.example.com/web:8", "registry.example.com/web:9"


def _deployment(name: str, image: str) -> dict[str, Any]:
    template = {
        "metadata": {"labels": {"app": name}},
        "spec": {"containers": [{"name": "app", "image": image, "env": [{"name": "MODE", "value": "calm"}]}]},
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {"replicas": 1, "selector": {"matchLabels": {"app": name}}, "template": template},
    }


def _ready(cluster: TestCluster, name: str) -> bool:
    found = cluster.get("Deployment", SPACE, name)
    return bool(found and found.get("status", {}).get("readyReplicas"))


def _waits(cluster: TestCluster) -> bool:
    return any(
        status.get("state", {}).get("waiting", {}).get("reason") == "ImagePullBackOff"
        for pod in cluster.pods(SPACE)
        for status in pod["status"].get("containerStatuses", [])
    )


@pytest.fixture(scope="module")
def broken(cluster: TestCluster, kubeconfig: Path) -> Iterator[ClusterSnapshot]:
    cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SPACE}}, SPACE)
    cluster.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "mood"}, "data": {"a": "b"}}, SPACE)
    for name in ("web", "calm"):
        cluster.create(_deployment(name, GOOD), SPACE)
    for name in ("web", "calm"):
        until(lambda name=name: _ready(cluster, name), f"{name} is ready")  # type: ignore[misc]  # a default binds it
    annotations = {"sim/behaviour": "imagepull"}
    container = {"name": "app", "image": BAD, "env": [{"name": "MODE", "value": "calm"}]}
    template = {"metadata": {"annotations": annotations}, "spec": {"containers": [container]}}
    cluster.patch("Deployment", SPACE, "web", {"spec": {"template": template}})
    container = {"name": "app", "image": GOOD, "env": [{"name": "MODE", "value": "calmer"}]}
    cluster.patch("Deployment", SPACE, "calm", {"spec": {"template": {"spec": {"containers": [container]}}}})
    until(lambda: _waits(cluster), "the new image cannot be pulled")
    yield KubernetesSource(Target(kubeconfig=str(kubeconfig))).collect(Scope(namespaces=(SPACE,)))
    cluster.delete("Namespace", None, SPACE)


def test_the_report_names_the_field_that_the_rollout_changed(broken: ClusterSnapshot) -> None:
    found = diagnose(broken, Incident(namespaces=(SPACE,)))
    (cause,) = found.root_causes
    assert (str(cause.subject), cause.rule) == (f"Deployment {SPACE}/web", "image_does_not_exist")
    prior = cause.changes[0]
    assert prior.touch is Touch.FIELD
    assert prior.lead is not None
    changed = {field.path: (field.before, field.after) for field in prior.change.fields}
    assert changed["spec.template.spec.containers[0].image"] == (GOOD, BAD)
    assert prior.change.by, "the API server keeps who patched it"
    assert all(map(broken.holds, prior.change.evidence))
    assert "calmer" not in cause.model_dump_json(), "the rollout that harmed nobody is no evidence"


def test_all_that_changed_is_listed_whether_it_harmed_or_not(broken: ClusterSnapshot) -> None:
    changes = changes_since(broken, RECENTLY, [SPACE]).changes
    told = {(change.kind, str(change.subject)) for change in changes if change.at is not None}
    assert {
        (ChangeKind.ROLLOUT, f"Deployment {SPACE}/web"),
        (ChangeKind.ROLLOUT, f"Deployment {SPACE}/calm"),
        (ChangeKind.CONFIGURATION, f"ConfigMap {SPACE}/mood"),
    } <= told


def test_a_failed_deploy_step_leads_to_what_its_image_breaks(broken: ClusterSnapshot) -> None:
    log = (
        f"##[group]Run kubectl set image deployment/web app={BAD}\n##[endgroup]\n"
        f"naming to {BAD} done\n"
        'Waiting for deployment "web" rollout to finish: 0 of 1 updated replicas are available...\n'
        "error: timed out waiting for the condition\n##[error]Process completed with exit code 1.\n"
    )
    run = CiRun(source="run.log", jobs=jobs_of(log, "run.log"))
    failures = diagnose_run(run)
    (tie,) = ties(run, failures, broken, diagnose(broken, Incident(namespaces=(SPACE,))))
    assert failures[0].thing == 'deployment "web"'
    assert (str(tie.workload), tie.image) == (f"Deployment {SPACE}/web", BAD)
    assert [cause.rule for cause in tie.causes] == ["image_does_not_exist"]
