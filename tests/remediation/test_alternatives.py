"""Other ways than the person's step, each exact enough for a program, and quiet where only a person knows."""

from __future__ import annotations

import pytest
from planning import planned, shown

from cluster_doctor.domain.remediation import RemediationPlan, Risk, Route
from cluster_doctor.domain.steps import StepType, Verb
from cluster_doctor.remediation.fields import edited
from cluster_doctor.remediation.policy.shapes import misfits

GOING = "deletionTimestamp: '2026-01-01T10:00:00Z'"
BACKUP = f"""
apiVersion: backup.example.com/v1
kind: Backup
metadata: {{name: weekly, {GOING}, finalizers: [backup.example.com/cleanup]}}
"""
CLAIM = f"kind: PersistentVolumeClaim\nmetadata: {{name: data, {GOING}, finalizers: [FINALIZERS]}}\n"
OLD_SPACE = f"""
kind: Namespace
metadata: {{name: old, {GOING}}}
spec: {{finalizers: [kubernetes]}}
status: {{phase: Terminating}}
---
kind: ConfigMap
metadata: {{name: tenant, namespace: old, {GOING}, finalizers: [tenants.example.com/cleanup]}}
---
kind: ConfigMap
metadata: {{name: other, namespace: old, {GOING}, finalizers: [kubernetes, tenants.example.com/cleanup]}}
---
kind: ConfigMap
metadata: {{name: elsewhere, {GOING}, finalizers: [tenants.example.com/cleanup]}}
"""
NODE = "kind: Node\nmetadata: {name: NAME}\nspec: {SPEC}\nstatus: {conditions: [{type: Ready, status: 'True'}]}\n"
ILL = NODE.replace("NAME", "n1").replace(
    "'True'}]", "'True'}, {type: KernelDeadlock, status: 'True', reason: DockerHung, message: a task is blocked}]"
)
WELL = NODE.replace("NAME", "n2").replace("SPEC", "")
POD = """
kind: Pod
metadata:
  name: NAME
  annotations: {NOTES}
  ownerReferences: [{apiVersion: apps/v1, kind: OWNER, name: NAME-owner, controller: true}]
spec: {nodeName: n1, containers: [{name: app}], MORE}
status: {phase: PHASE}
"""


def pod(name: str, owner: str = "ReplicaSet", more: str = "", notes: str = "", phase: str = "Running") -> str:
    text = POD.replace("NAME", name).replace("OWNER", owner).replace("MORE", more)
    return text.replace("NOTES", notes).replace("PHASE", phase)


ALONE = (
    "kind: Pod\nmetadata: {name: alone}\nspec: {nodeName: n1, containers: [{name: app}]}\nstatus: {phase: Running}\n"
)
ON_NODE = [
    pod("critical", more="priorityClassName: system-cluster-critical, priority: 2000000000"),
    pod("important", more="priority: 1000"),
    pod("web"),
    pod("agent", owner="DaemonSet"),
    pod("mirror", notes="kubernetes.io/config.mirror: x"),
    pod("over", phase="Succeeded"),
    ALONE,
]
ARGO = """
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop}
spec: {SPEC}
status:
  sync: {status: SYNC, revision: bbb}
  health: {status: HEALTH}
  history:
  - {id: 1, revision: aaa, source: {repoURL: 'https://git.example.com/shop', path: prod}}
  - {id: 2, revision: bbb, source: {repoURL: 'https://git.example.com/shop', path: prod}}
"""
FLUX = """
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: shop, creationTimestamp: '2026-01-01T08:00:00Z'}
spec: {}
status:
  conditions:
  - {type: Ready, status: 'False', reason: UpgradeFailed, message: no, lastTransitionTime: '2026-01-01T09:00:00Z'}
  - {type: Stalled, status: 'STALLED', reason: RetriesExceeded, message: no}
"""
BY = {"initiatedBy": {"username": "cluster-doctor"}}
OPERATION = {**BY, "sync": {"revision": "bbb"}}
BACK = {**BY, "sync": {"revision": "aaa", "source": {"repoURL": "https://git.example.com/shop", "path": "prod"}}}


def typed(plan: RemediationPlan) -> list[str]:
    return [shown(step) for step in plan.alternatives if step.type]


def drained(node: str, *pods: str) -> str:
    return "---\n".join([node, *pods])


EVICTIONS = [f"evict_pod Pod shop/{name}" for name in ("web", "important", "critical")]
CORDON = "cordon Node n1: spec.unschedulable: nothing -> True"
OFFERED: dict[str, tuple[str, str, list[str]]] = {
    "the finalizer of a custom resource": (
        "custom_resource_does_not_terminate",
        BACKUP,
        [
            "remove_finalizer Backup shop/weekly: metadata.finalizers: ['backup.example.com/cleanup'] -> nothing",
        ],
    ),
    "the finalizer of a claim, but not Kubernetes' own": (
        "claim_does_not_terminate",
        CLAIM.replace("FINALIZERS", "kubernetes.io/pvc-protection, example.com/guard"),
        [
            "remove_finalizer PersistentVolumeClaim shop/data: metadata.finalizers: "
            "['kubernetes.io/pvc-protection', 'example.com/guard'] -> ['kubernetes.io/pvc-protection']"
        ],
    ),
    "what a namespace was seen to wait for, and nothing of another": (
        "namespace_does_not_terminate",
        OLD_SPACE,
        [
            "remove_finalizer ConfigMap old/tenant: metadata.finalizers: ['tenants.example.com/cleanup'] -> nothing",
            "remove_finalizer ConfigMap old/other: metadata.finalizers: "
            "['kubernetes', 'tenants.example.com/cleanup'] -> nothing",
        ],
    ),
    "a node that is drained, the least important first": (
        "node_problem_is_detected",
        drained(ILL.replace("SPEC", ""), WELL, *ON_NODE),
        [CORDON, *EVICTIONS],
    ),
    "a node that is cordoned already": (
        "node_problem_is_detected",
        drained(ILL.replace("SPEC", "unschedulable: true"), WELL, *ON_NODE),
        EVICTIONS,
    ),
    "an Application that is out of sync": (
        "argo_application_is_unwell",
        ARGO.replace("SPEC", "").replace("SYNC", "OutOfSync").replace("HEALTH", "Missing"),
        [f"argo_sync Application shop/shop: operation: nothing -> {OPERATION}"],
    ),
    "an Application that is degraded since its last deployment": (
        "argo_application_is_unwell",
        ARGO.replace("SPEC", "syncPolicy: {automated: {prune: true}}")
        .replace("SYNC", "Synced")
        .replace("HEALTH", "Degraded"),
        [
            "argo_roll_back Application shop/shop: spec.syncPolicy.automated: {'prune': True} -> nothing; "
            f"operation: nothing -> {BACK}"
        ],
    ),
    "a HelmRelease that has given up": (
        "custom_resource_is_not_ready",
        FLUX.replace("STALLED", "True"),
        [
            "flux_reconcile HelmRelease shop/shop: "
            "metadata.annotations.reconcile.fluxcd.io/requestedAt: nothing -> 2026-01-01T12:00:00Z; "
            "metadata.annotations.reconcile.fluxcd.io/resetAt: nothing -> 2026-01-01T12:00:00Z"
        ],
    ),
}


@pytest.mark.parametrize("case", OFFERED)
def test_it_is_offered_beside_the_step_of_a_person(case: str) -> None:
    rule, text, expected = OFFERED[case]
    cluster, plan = planned(rule, text)
    assert [step.type for step in plan.steps] == [None]
    assert plan.choice_needed
    assert typed(plan) == expected
    for step in plan.alternatives:
        assert not list(misfits(step))
        target = cluster.find(step.target)
        assert target is not None
        assert step.verb is not Verb.PATCH or edited(target.raw, step.edits) != target.raw
        assert step.type is not StepType.REMOVE_FINALIZER or step.risk is Risk.HIGH


BROKEN_SANDBOX = """
kind: Event
metadata: {name: e-NAME}
involvedObject: {kind: Pod, name: NAME}
reason: FailedCreatePodSandBox
type: Warning
lastTimestamp: "2026-01-01T11:59:30Z"
message: 'plugin type="calico" failed (add): no more free affine blocks and strict affinity enabled'
"""
WAITING = pod("web", phase="Pending")
QUIET = {
    "a claim that only Kubernetes itself keeps": (
        "claim_does_not_terminate",
        CLAIM.replace("FINALIZERS", "kubernetes.io/pvc-protection"),
    ),
    "a namespace of which nothing else was seen": (
        "namespace_does_not_terminate", OLD_SPACE.split("---", maxsplit=1)[0],
    ),
    "the only node": ("node_problem_is_detected", drained(ILL.replace("SPEC", ""), *ON_NODE)),
    "a node beside one that takes no Pods": (
        "node_problem_is_detected",
        drained(ILL.replace("SPEC", ""), WELL.replace("{}", "{unschedulable: true}"), *ON_NODE),
    ),
    "sandboxes that fail on two nodes": (
        "sandbox_cannot_be_created",
        drained(
            NODE.replace("NAME", "n1").replace("SPEC", ""),
            *(NODE.replace("NAME", name).replace("SPEC", "") for name in ("n2", "n3")),
            WAITING,
            BROKEN_SANDBOX.replace("NAME", "web"),
            WAITING.replace("n1", "n2").replace("web", "api"),
            BROKEN_SANDBOX.replace("NAME", "api"),
        ),
    ),
    "an Application whose source is wrong": (
        "argo_application_is_unwell",
        ARGO.replace("SPEC", "").replace("SYNC", "Unknown").replace("HEALTH", "Degraded"),
    ),
    "an Application without a deployment before": (
        "argo_application_is_unwell",
        ARGO.replace("SPEC", "").replace("SYNC", "Synced").replace("HEALTH", "Degraded").replace("id: 1, revision: aaa",
                                                                                              "id: 1, revision: bbb"),
    ),
    "a resource that is not Flux's": (
        "custom_resource_is_not_ready",
        FLUX.replace("helm.toolkit.fluxcd.io/v2", "helm.example.com/v1"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", QUIET)
def test_nothing_is_offered_that_only_a_person_can_judge(case: str) -> None:
    _, plan = planned(*QUIET[case])
    assert [step.type for step in plan.steps] == [None]
    assert typed(plan) == []


def test_a_node_on_which_alone_sandboxes_fail_is_taken_out() -> None:
    nodes = (NODE.replace("NAME", name).replace("SPEC", "") for name in ("n1", "n2"))
    _, plan = planned("sandbox_cannot_be_created", drained(*nodes, WAITING, BROKEN_SANDBOX.replace("NAME", "web")))
    assert typed(plan) == [CORDON, "evict_pod Pod shop/web"]


def test_no_more_pods_are_evicted_than_a_person_can_watch() -> None:
    many = [pod(f"web-{number:02}") for number in range(30)]
    _, plan = planned("node_problem_is_detected", drained(ILL.replace("SPEC", ""), WELL, *many))
    assert len(typed(plan)) == 1 + 20


def test_an_eviction_is_made_in_the_cluster_whoever_keeps_the_workload() -> None:
    kept = pod("web").replace("metadata:", "metadata:\n  labels: {kustomize.toolkit.fluxcd.io/name: shop}", 1)
    _, plan = planned("node_problem_is_detected", drained(ILL.replace("SPEC", ""), WELL, kept))
    assert [step.route for step in plan.alternatives] == [Route.CLUSTER, Route.CLUSTER]
