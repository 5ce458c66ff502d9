"""A workload that is scaled to zero: missed by somebody, or at rest."""

from __future__ import annotations

from rules.causes import causes_of

RESTING = """
kind: Deployment
metadata: {name: tariffs}
spec: {replicas: 0, selector: {matchLabels: {app: tariffs}}, template: {metadata: {labels: {app: tariffs}}}}
status: {observedGeneration: 1}
"""
REFUSED = """
---
kind: Alert
subject: Deployment/tariffs
anomaly: errors
text: 'GET /tariffs failed 11 times with 503'
"""
FEWER = REFUSED.replace("anomaly: errors", "anomaly: traffic drop")


def test_requests_that_fail_at_it_tell_that_it_is_missed() -> None:
    assert causes_of(RESTING + REFUSED) == [("workload_is_scaled_to_zero", "tariffs")]


def test_what_nobody_asks_for_rests() -> None:
    assert causes_of(RESTING) == []
    assert causes_of(RESTING + FEWER) == []


CHECKED = """
---
kind: Service
metadata: {name: tariffs}
spec: {selector: {app: tariffs}, ports: [{port: 443}]}
---
kind: EndpointSlice
metadata: {name: tariffs-x, labels: {kubernetes.io/service-name: tariffs}}
addressType: IPv4
endpoints: []
---
kind: ValidatingWebhookConfiguration
apiVersion: admissionregistration.k8s.io/v1
metadata: {name: tariffs}
webhooks:
- name: tariffs.example.com
  failurePolicy: POLICY
  clientConfig: {service: {name: tariffs, namespace: shop}}
  rules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
"""


def test_a_webhook_that_refuses_without_its_backend_misses_it() -> None:
    assert ("workload_is_scaled_to_zero", "tariffs") in causes_of(RESTING + CHECKED.replace("POLICY", "Fail"))


def test_a_webhook_that_may_be_skipped_misses_nothing() -> None:
    assert causes_of(RESTING + CHECKED.replace("POLICY", "Ignore")) == []
