"""Custom resources that wait for another one, for a webhook, or for what is being deleted."""

from __future__ import annotations

from rules.causes import causes_of

STORE = """
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault, creationTimestamp: '2025-12-01T08:00:00Z'}
status:
  conditions:
  - type: Ready
    status: 'STATUS'
    reason: InvalidProviderConfig
    message: 403 permission denied
    lastTransitionTime: '2026-01-01T10:00:00Z'
"""
EXTERNAL = """
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: login, creationTimestamp: '2025-12-01T08:00:00Z'}
spec: {secretStoreRef: {kind: SecretStore, name: NAMED}}
status:
  conditions:
  - type: Ready
    status: 'False'
    reason: SecretSyncedError
    message: could not get secret data from provider
    lastTransitionTime: '2026-01-01T10:01:00Z'
"""


def test_a_resource_that_names_one_that_fails_is_not_the_origin() -> None:
    text = STORE.replace("STATUS", "False") + EXTERNAL.replace("NAMED", "vault")
    assert causes_of(text) == [("custom_resource_is_not_ready", "vault")]


def test_a_resource_whose_store_is_well_or_another_fails_by_itself() -> None:
    assert causes_of(STORE.replace("STATUS", "True") + EXTERNAL.replace("NAMED", "vault")) == [
        ("custom_resource_is_not_ready", "login")
    ]
    both = causes_of(STORE.replace("STATUS", "False") + EXTERNAL.replace("NAMED", "other"))
    assert sorted(name for _, name in both) == ["login", "vault"]


REFUSED = """
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, creationTimestamp: '2025-12-01T08:00:00Z'}
status:
  conditions:
  - type: Ready
    status: 'False'
    reason: ReconciliationFailed
    message: 'dry-run failed: failed calling webhook "check.example.com": no endpoints available'
    lastTransitionTime: '2026-01-01T11:00:00Z'
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: check}
webhooks:
- {name: check.example.com, failurePolicy: Fail, clientConfig: {service: {name: check, namespace: shop}}}
---
{kind: Deployment, metadata: {name: check}, spec: {replicas: 0, template: {metadata: {labels: {app: check}}}},
 status: {replicas: 0}}
---
{kind: Service, metadata: {name: check}, spec: {selector: {app: check}, ports: [{port: 443}]}}
---
kind: EndpointSlice
metadata: {name: check-x, labels: {kubernetes.io/service-name: check}}
addressType: IPv4
endpoints: []
"""


def test_a_delivery_that_a_webhook_keeps_up_is_told_by_what_is_behind_the_webhook() -> None:
    assert causes_of(REFUSED) == [("workload_is_scaled_to_zero", "check")]


LEAVING = """
kind: Namespace
metadata: {name: old, deletionTimestamp: '2026-01-01T09:00:00Z'}
spec: {finalizers: [kubernetes]}
status: {phase: Terminating, conditions: [CONDITION]}
"""
UNLISTED = """{type: NamespaceDeletionDiscoveryFailure, status: 'True', reason: DiscoveryFailed,
    message: 'Discovery failed for some groups, 1 failing: stale GroupVersion discovery: tally.example.com/v1beta1'}"""
REMAINING = """{type: NamespaceFinalizersRemaining, status: 'True', reason: SomeFinalizersRemain,
    message: 'Some content in the namespace has finalizers remaining: example.com/x in 1 resource instances'}"""
API = """
---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1beta1.tally.example.com}
spec: {group: tally.example.com, version: v1beta1, service: {name: tally, namespace: shop}}
status:
  conditions:
  - {type: Available, status: 'False', reason: MissingEndpoints, lastTransitionTime: '2026-01-01T08:00:00Z'}
"""
HELD = """
---
apiVersion: example.com/v1
kind: Backup
metadata: {name: weekly, namespace: old, deletionTimestamp: '2026-01-01T09:00:00Z', finalizers: [example.com/x]}
"""


def test_a_namespace_stays_because_of_an_api_that_nobody_serves() -> None:
    assert causes_of(LEAVING.replace("CONDITION", UNLISTED) + API) == [
        ("aggregated_api_is_not_available", "v1beta1.tally.example.com")
    ]


def test_a_namespace_stays_because_of_what_stays_in_it() -> None:
    assert causes_of(LEAVING.replace("CONDITION", REMAINING) + HELD) == [
        ("custom_resource_does_not_terminate", "weekly")
    ]


def test_a_namespace_that_stays_for_something_unseen_speaks_for_itself() -> None:
    other = API.replace("tally.example.com", "other.example.com")
    assert sorted(rule for rule, _ in causes_of(LEAVING.replace("CONDITION", UNLISTED) + other)) == [
        "aggregated_api_is_not_available",
        "namespace_does_not_terminate",
    ]
