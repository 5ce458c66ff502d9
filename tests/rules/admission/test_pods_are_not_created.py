"""What the condition of a Deployment tells when nobody collected the Events, or they are gone."""

from __future__ import annotations

from cluster_doctor.domain.incident import Incident
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.rules.example import snapshot_of

REJECTED = """
kind: Deployment
metadata: {name: web}
spec: {replicas: 1, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: app}]}}}
status:
  unavailableReplicas: 1
  observedGeneration: 1
  conditions:
  - type: ReplicaFailure
    status: 'True'
    reason: FailedCreate
    message: 'Internal error occurred: failed calling webhook "policy.example.com": failed to call webhook: Post
      "https://policy.ops.svc:443/?timeout=10s": service "policy" not found'
---
kind: ValidatingWebhookConfiguration
metadata: {name: policy}
webhooks:
- name: policy.example.com
  failurePolicy: Fail
  clientConfig: {service: {name: policy, namespace: ops}}
  rules: [{operations: [CREATE], resources: [pods]}]
"""
TOLD = """
---
kind: Event
metadata: {name: e1}
involvedObject: {kind: Deployment, name: web}
reason: FailedCreate
type: Warning
message: 'Error creating: pods "web-1" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true'
"""


def _found(text: str) -> list[tuple[str, str]]:
    hidden = ["Event"] if "kind: Event" not in text else []
    causes = diagnose(snapshot_of(text, hidden=hidden), Incident()).root_causes
    return [(cause.rule, cause.subject.name) for cause in causes]


def test_a_webhook_without_its_service_explains_the_condition() -> None:
    assert _found(REJECTED) == [("validating_webhook_has_no_backend", "policy")]


def test_a_webhook_that_was_not_read_is_blamed_by_its_name() -> None:
    alone = REJECTED.partition("---")[0]
    assert _found(alone) == [("pods_are_not_created", "policy.example.com")]


def test_the_event_says_the_same_once() -> None:
    message = 'pods "web-1" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true'
    head = REJECTED.partition("---")[0]
    condition = f"{head.partition('message:')[0]}message: '{message}'\n"
    assert _found(condition + TOLD) == [("pods_violate_pod_security", "web")]
    assert _found(condition) == [("pods_are_not_created", "web")]
