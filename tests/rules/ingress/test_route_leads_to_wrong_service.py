"""Routes whose name and target disagree."""

from __future__ import annotations

from cluster_doctor.rules.engine import run_rules
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.rules.ingress.route_leads_to_wrong_service import route_leads_to_wrong_service

SERVICES = """
---
{kind: Service, metadata: {name: basket}, spec: {ports: [{port: 80}]}}
---
{kind: Service, metadata: {name: orders}, spec: {ports: [{port: 80}]}}
"""
GATEWAY = """
kind: Deployment
metadata: {name: gateway}
spec:
  template:
    spec:
      containers:
      - name: app
        env:
        - {name: SPRING_CLOUD_GATEWAY_ROUTES_0_ID, value: orders}
        - {name: SPRING_CLOUD_GATEWAY_ROUTES_0_URI, value: "http://TARGET:80"}
        - {name: SPRING_CLOUD_GATEWAY_ROUTES_0_PREDICATES_0, value: "Path=/api/orders/**"}
"""
ERRORS = (
    "\n---\n{kind: Alert, subject: Deployment/gateway, anomaly: errors, before: 100, now: 60, text: success fell}\n"
)


def _messages(text: str) -> list[str]:
    return [finding.message for finding in run_rules([route_leads_to_wrong_service], snapshot_of(text)).findings]


def test_a_lone_route_that_bears_a_services_name_is_blamed_where_the_gateway_is_in_trouble() -> None:
    (message,) = _messages(GATEWAY.replace("TARGET", "basket") + SERVICES + ERRORS)
    assert message == "Deployment shop/gateway leads orders to basket, not to Service orders"


def test_the_same_route_proves_nothing_while_nobody_suffers() -> None:
    assert not _messages(GATEWAY.replace("TARGET", "basket") + SERVICES)


def test_a_route_to_what_it_is_named_after_is_quiet_in_trouble_too() -> None:
    assert not _messages(GATEWAY.replace("TARGET", "orders") + SERVICES + ERRORS)


def test_a_route_to_a_host_that_is_no_service_is_left_to_others() -> None:
    assert not _messages(GATEWAY.replace("TARGET", "elsewhere.example.com") + SERVICES + ERRORS)
