"""Each step type is rehearsed, carried out and taken back with just the rights that its policy is printed with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from control_plane.cluster import ControlPlane

from cluster.api import RefusedError, TestCluster
from cluster.definitions import forget
from cluster.waiting import until
from cluster.writes.steps import ARGO, DEFINITIONS, EXAMPLES, FLUX, SPACE, Example, Json
from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.domain.outcome import StepState
from cluster_doctor.domain.rehearsal import Rehearsal
from cluster_doctor.domain.remediation import RemediationPlan, RemediationStep
from cluster_doctor.history.history import History
from cluster_doctor.remediation.cluster.access import WriteAccess
from cluster_doctor.remediation.cluster.carrying_out import Mandate, apply_steps, rehearse_plans, undo_steps
from cluster_doctor.remediation.cluster.writer import open_writer
from cluster_doctor.remediation.policy import Policy, live_judge
from cluster_doctor.remediation.policy.loading import parse_strictly
from cluster_doctor.remediation.policy.rbac import Subject, rbac_for
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.sources.live.target import Target

pytestmark = pytest.mark.cluster
OWN = "rights"
DOCTOR = Subject("ServiceAccount", "doctor", OWN)
NOTHING = parse_strictly("version: 1", Policy, "nothing")
RBAC = "/apis/rbac.authorization.k8s.io/v1"


@pytest.fixture(scope="module", autouse=True)
def space(cluster: TestCluster) -> Iterator[None]:
    cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": OWN}}, OWN)
    cluster.create({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": DOCTOR.name}}, OWN)
    for made in DEFINITIONS:
        cluster.create(made, "")
    yield
    for example in EXAMPLES:
        for manifest in (example.manifest, *example.others):
            if manifest and manifest["kind"] in {"Node", "PersistentVolume", "StorageClass"}:
                cluster.delete(manifest["kind"], None, f"{manifest['metadata']['name']}-{OWN}")
    cluster.delete("Namespace", None, OWN)
    forget(cluster, *DEFINITIONS)


@pytest.fixture(scope="module")
def target(cluster: TestCluster, kubeconfig: Path, tmp_path_factory: pytest.TempPathFactory) -> Target:
    """The way in of a ServiceAccount that has no rights of its own."""
    asked = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
    path = f"/api/v1/namespaces/{OWN}/serviceaccounts/{DOCTOR.name}/token"
    token = cluster.send("POST", path, asked)["status"]["token"]
    config = json.loads(kubeconfig.read_text(encoding="utf-8"))
    config["users"] = [{**user, "user": {"token": token}} for user in config["users"]]
    mine = tmp_path_factory.mktemp("rights") / "doctor.kubeconfig"
    mine.write_text(json.dumps(config), encoding="utf-8")
    return Target(kubeconfig=str(mine))


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with History(tmp_path) as opened:
        opened.log.begin("run-1", "", "")
        yield opened


def here(example: Example) -> tuple[list[Json], RemediationStep]:
    """An example in this module's namespace, with names of its own for what lives in none."""

    def moved(found: Any) -> Any:
        words = json.dumps(found).replace(f'"{SPACE}"', f'"{OWN}"')
        for name in ("spare-1", "spare-2", "volume", "grows"):
            words = words.replace(f'"{name}"', f'"{name}-{OWN}"')
        return json.loads(words.replace("10.250.", "10.251."))

    target = example.target
    name = f"{target.name}-{OWN}" if target.namespace is None else target.name
    step = example.step.model_copy(
        update={
            "target": replace(target, namespace=OWN if target.namespace else None, name=name),
            "manifest": moved(example.step.manifest),
        }
    )
    return [moved(manifest) for manifest in (*example.others, example.manifest) if manifest], step


def allowing(step: RemediationStep) -> Policy:
    """The narrowest policy for a step."""
    where = f", namespaces: [{OWN}]" if step.target.namespace else ""
    is_custom = step.target.api_version in {ARGO, FLUX}
    kind = f"{step.target.kind}.{step.target.group}" if is_custom else step.target.kind
    what = f"types: [{step.type}], kinds: [{kind}], names: [{step.target.name}]"
    return parse_strictly(
        f"version: 1\nallow: [{{name: one, routes: [cluster], {what}{where}}}]", Policy, "policy of the test"
    )


class Granted:
    """The rights of a policy, in force for a while."""

    def __init__(self, cluster: TestCluster, policy: Policy) -> None:
        self._cluster, self._objects = cluster, rbac_for(policy, DOCTOR).objects

    def __enter__(self) -> None:
        for one in self._objects:
            self._cluster.create_at(self._place(one), one)

    def __exit__(self, *_: object) -> None:
        for one in self._objects:
            self._cluster.send("DELETE", f"{self._place(one)}/{one['metadata']['name']}", {})  # type: ignore[index,call-overload]  # plain JSON

    def _place(self, one: Json) -> str:
        space = one["metadata"].get("namespace")
        return f"{RBAC}/{f'namespaces/{space}/' if space else ''}{one['kind'].lower()}s"


def rehearsed(access: WriteAccess, plans: list[RemediationPlan], cluster: ClusterSnapshot) -> Rehearsal:
    """Rehearse until the authorizer has heard of the rights."""
    found: list[Rehearsal] = []

    def told() -> bool:
        found.append(rehearse_plans(access, plans, "d", cluster))
        return bool(found[-1].steps) and "cannot" not in found[-1].steps[0].problem

    until(told, "the rights are in force", within=20)
    return found[-1]


def picture(identity: ClusterIdentity) -> ClusterSnapshot:
    seen = snapshot_of("")
    seen.identity = identity
    return seen


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.type.value for example in EXAMPLES])
def test_a_step_needs_just_the_rights_of_its_policy(
    example: Example, cluster: TestCluster, target: Target, history: History, control_plane: ControlPlane
) -> None:
    del control_plane  # its kubeconfig is of the form that the fixture changes
    manifests, step = here(example)
    for manifest in manifests:
        cluster.create(manifest, OWN)
    policy = allowing(step)
    plan = RemediationPlan(cause="c", fingerprint="f", summary="s", steps=(step,))
    with open_writer(Target(kubeconfig=str(cluster.kubeconfig))) as admin:
        seen = picture(admin.identity())
    access = WriteAccess(target, history.writes, live_judge(policy, history.writes), policy.digest)

    with Granted(cluster, NOTHING):
        until(lambda: rehearse_plans(access, [plan], "d", seen).performed, "the cluster tells who it is", within=20)
        (without,) = rehearse_plans(access, [plan], "d", seen).steps
        assert "forbidden" in without.problem, "without its rights it is refused"

    with Granted(cluster, policy):
        rehearsal = rehearsed(access, [plan], seen)
        (shown,) = rehearsal.steps
        assert shown.problem == ""
        assert shown.verdict.allowed
        mandate = Mandate(access, "run-1", "sre", [plan], rehearsal, seen)
        outcomes = apply_steps(mandate, ["1.1"])
        assert [(outcome.state, outcome.note) for outcome in outcomes] == [(StepState.APPLIED, "")]
        if example.type.is_reversible:
            assert [outcome.state for outcome in undo_steps(mandate, outcomes)] == [StepState.UNDONE]


def test_the_rights_of_a_policy_give_nothing_else(cluster: TestCluster, target: Target) -> None:
    scale = next(example for example in EXAMPLES if example.type.value == "scale")
    _, step = here(scale)
    doctor = TestCluster(Path(target.kubeconfig or ""))
    with Granted(cluster, allowing(step)):
        own = f"/apis/apps/v1/namespaces/{OWN}/deployments/{step.target.name}"
        until(lambda: _status(doctor, "GET", own) != 403, "the rights are in force", within=20)
        assert _status(doctor, "GET", "/api/v1/namespaces/kube-system") == 200
        for method, path in (
            ("DELETE", own),
            ("PUT", own),
            ("GET", f"/apis/apps/v1/namespaces/{OWN}/deployments/other"),
            ("GET", f"/apis/apps/v1/namespaces/{OWN}/deployments"),
            ("GET", f"/apis/apps/v1/namespaces/default/deployments/{step.target.name}"),
            ("GET", f"/api/v1/namespaces/{OWN}/secrets"),
            ("GET", f"/api/v1/namespaces/{OWN}"),
            ("GET", "/api/v1/nodes"),
        ):
            assert _status(doctor, method, path) == 403, f"{method} {path}"


def _status(cluster: TestCluster, method: str, path: str) -> int:
    try:
        cluster.send(method, path, None if method == "GET" else {})
    except RefusedError as refused:
        return refused.status
    return 200
