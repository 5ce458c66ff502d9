"""A Pod that is killed for memory by a limit that its owner never wrote."""

from __future__ import annotations

from cluster_doctor.domain.incident import Incident
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.rules.example import snapshot_of

KILLED = """
kind: Deployment
metadata: {name: web}
spec: {replicas: 1, template: {spec: {containers: [{name: app, resources: {limits: {memory: WRITTEN}}}]}}}
status: {replicas: 1, readyReplicas: 0}
---
kind: ReplicaSet
metadata: {name: web-1, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]}
spec: {replicas: 1, template: {spec: {containers: [{name: app, resources: {limits: {memory: WRITTEN}}}]}}}
---
kind: Pod
metadata:
  name: web-1-x
  creationTimestamp: '2026-01-01T11:00:00Z'
  ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-1, controller: true}]
spec: {nodeName: n1, containers: [{name: app, resources: {limits: {memory: 16Mi}}}]}
status:
  phase: Running
  conditions: [{type: Ready, status: 'False'}]
  containerStatuses:
  - name: app
    ready: false
    restartCount: 5
    state: {waiting: {reason: CrashLoopBackOff}}
    lastState: {terminated: {exitCode: 137, reason: OOMKilled, finishedAt: '2026-01-01T11:59:00Z'}}
"""
HOOK = """
---
kind: MutatingWebhookConfiguration
metadata: {name: shrinker}
webhooks: [{name: s.example.com, rules: [{operations: [CREATE], apiGroups: [''], resources: [pods]}]}]
"""
NIGHTLY = """
---
kind: CronJob
metadata: {name: nightly, namespace: tools}
spec:
  schedule: '0 2 * * *'
  suspend: SUSPENDED
  jobTemplate: {spec: {template: {spec: {containers: [{name: k, command: [kubectl], args: [ARGS]}]}}}}
"""


def _causes(text: str) -> list[tuple[str, str]]:
    return [(cause.rule, str(cause.subject)) for cause in diagnose(snapshot_of(text), Incident()).root_causes]


def test_the_one_webhook_that_changes_pods_is_blamed_and_not_the_limit() -> None:
    causes = _causes(KILLED.replace("WRITTEN", "512Mi") + HOOK)
    assert causes == [("pod_limits_differ_from_template", "MutatingWebhookConfiguration shrinker")]


def test_a_limit_that_the_template_says_is_the_templates() -> None:
    causes = _causes(KILLED.replace("WRITTEN", "16Mi") + HOOK)
    assert causes == [("memory_limit_is_exceeded", "Deployment shop/web")]


def test_a_vertical_autoscaler_changes_limits_in_the_open() -> None:
    text = KILLED.replace("WRITTEN", "512Mi").replace(
        "name: web-1-x\n", "name: web-1-x\n  annotations: {vpaUpdates: m}\n"
    )
    assert [rule for rule, _ in _causes(text)] == ["memory_limit_is_exceeded"]


def _nightly(args: str, suspended: str = "false") -> str:
    return KILLED.replace("WRITTEN", "16Mi") + NIGHTLY.replace("ARGS", args).replace("SUSPENDED", suspended)


def test_a_cron_job_that_sets_the_limit_every_night_is_the_origin() -> None:
    args = "set, resources, deployment/web, -n, shop, --limits=memory=16Mi"
    assert _causes(_nightly(args)) == [("cron_job_changes_workload", "CronJob tools/nightly")]


def test_a_cron_job_that_is_suspended_or_changes_something_else_is_not() -> None:
    memory = "set, resources, deployment/web, -n, shop, --limits=memory=16Mi"
    for text in (
        _nightly(memory, suspended="true"),
        _nightly(memory.replace("/web", "/mail")),
        _nightly("rollout, restart, deployment/web, -n, shop"),
        _nightly(memory.replace("shop", "bank")),
    ):
        assert _causes(text) == [("memory_limit_is_exceeded", "Deployment shop/web")]
