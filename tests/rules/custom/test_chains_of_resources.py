"""Custom resources that own each other: the last one of the chain knows."""

from __future__ import annotations

from cluster_doctor.domain.incident import Incident
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.rules.example import snapshot_of

CHAIN = """
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: shop, creationTimestamp: '2026-01-01T11:00:00Z'}
status: {conditions: [{type: Ready, status: 'False', reason: DoesNotExist, message: Secret does not exist,
  lastTransitionTime: '2026-01-01T11:00:00Z'}]}
---
apiVersion: cert-manager.io/v1
kind: CertificateRequest
metadata:
  name: shop-1
  ownerReferences: [{apiVersion: cert-manager.io/v1, kind: Certificate, name: shop, controller: true}]
status: {conditions: [{type: Ready, status: 'False', reason: Pending, message: 'Waiting on order',
  lastTransitionTime: '2026-01-01T11:00:00Z'}]}
---
apiVersion: acme.cert-manager.io/v1
kind: Order
metadata:
  name: shop-1-1
  creationTimestamp: '2026-01-01T11:00:00Z'
  ownerReferences: [{apiVersion: cert-manager.io/v1, kind: CertificateRequest, name: shop-1, controller: true}]
status: {state: pending}
---
apiVersion: acme.cert-manager.io/v1
kind: Challenge
metadata:
  name: shop-1-1-7
  creationTimestamp: '2026-01-01T11:00:00Z'
  ownerReferences: [{apiVersion: acme.cert-manager.io/v1, kind: Order, name: shop-1-1, controller: true}]
spec: {dnsName: shop.example.com}
status: {state: pending, reason: 'Waiting for HTTP-01 challenge propagation: no such host'}
"""


def _causes(text: str) -> list[tuple[str, str]]:
    return [(cause.rule, cause.subject.kind) for cause in diagnose(snapshot_of(text), Incident()).root_causes]


def test_the_challenge_is_the_origin_of_a_certificate_that_is_not_ready() -> None:
    assert _causes(CHAIN) == [("certificate_challenge_fails", "Challenge")]


def test_without_a_failing_challenge_the_certificate_speaks_for_itself() -> None:
    assert _causes(CHAIN.split("---", maxsplit=1)[0]) == [("custom_resource_is_not_ready", "Certificate")]


def test_a_route_is_judged_by_the_word_of_its_gateway() -> None:
    route = """
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop}
status:
  parents:
  - parentRef: {name: edge}
    conditions: [{type: Accepted, status: 'STATUS', reason: REASON, lastTransitionTime: '2026-01-01T11:59:30Z'}]
"""
    refused = route.replace("STATUS", "False").replace("REASON", "NotAllowedByListeners")
    assert _causes(refused) == [("route_is_not_accepted", "HTTPRoute")]
    assert _causes(route.replace("STATUS", "True").replace("REASON", "Accepted")) == []
    assert _causes(route.replace("STATUS", "False").replace("REASON", "Pending")) == [], "it was made just now"
