"""Routes that a gateway reads from a ConfigMap: their placeholders, their ports, the paths that they match."""

from __future__ import annotations

import pytest

from cluster_doctor.domain.incident import Incident
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.rules.engine import check_all
from cluster_doctor.rules.example import snapshot_of

NAMES = ("shop-payment", "shop-inside-payment", "shop-parcel", "shop-catalogue", "shop-basket")
GATEWAY = """
kind: Deployment
metadata: {name: edge}
spec:
  template:
    spec:
      containers:
      - name: app
        ENV
      volumes:
      - {name: conf, configMap: {name: edge-routes}}
---
kind: ConfigMap
metadata: {name: edge-routes}
data:
  application.yml: |
    spring:
      cloud:
        gateway:
          routes:
"""
ROUTE = """\
            - id: {id}
              uri: {uri}
              predicates:
                - Path={path}
"""
SERVICE = """
---
{kind: Service, metadata: {name: NAME}, spec: {selector: {app: NAME}, ports: [{port: 8080}]}}
---
kind: Deployment
metadata: {name: NAME}
spec: {replicas: 1, selector: {matchLabels: {app: NAME}}, template: {metadata: {labels: {app: NAME}}}}
"""
SERVICES = "".join(SERVICE.replace("NAME", name) for name in NAMES)
URIS = {name.removeprefix("shop-"): f"lb://${{{name.upper().replace('-', '_')}_HOST:{name}}}" for name in NAMES}
PATHS = {name.removeprefix("shop-"): f"/api/{name.removeprefix('shop-')}/**" for name in NAMES}


def _cluster(*, uri: dict[str, str] | None = None, path: dict[str, str] | None = None, env: str = "") -> str:
    uris, paths = URIS | (uri or {}), PATHS | (path or {})
    routes = "".join(ROUTE.format(id=name, uri=uris[name], path=paths[name]) for name in uris)
    return GATEWAY.replace("ENV", env) + routes + SERVICES


def _says(text: str) -> list[tuple[str, str]]:
    found = check_all(snapshot_of(text)).findings
    return [(finding.rule, finding.message) for finding in found if finding.rule.startswith("route_")]


def test_routes_whose_placeholders_default_to_what_they_are_named_after_are_quiet() -> None:
    assert not _says(_cluster())


def test_a_placeholders_default_that_is_another_service_is_astray() -> None:
    ((rule, message),) = _says(_cluster(uri={"parcel": "lb://${PARCEL_HOST:shop-basket}"}))
    assert rule == "route_leads_to_wrong_service"
    assert message == (
        "Deployment shop/edge leads parcel to shop-basket, not to Service shop-parcel; "
        "4 other routes lead to what they are named after"
    )


def test_a_variable_of_the_container_beats_the_default() -> None:
    ((_, message),) = _says(_cluster(env="env: [{name: SHOP_PARCEL_HOST, value: shop-basket}]"))
    assert "leads parcel to shop-basket" in message


def test_a_host_that_is_no_service_is_astray_where_all_other_routes_lead_to_one() -> None:
    ((rule, message),) = _says(_cluster(uri={"parcel": "lb://shop-parcels-v2"}))
    assert rule == "route_leads_to_wrong_service"
    assert "leads parcel to shop-parcels-v2, which is no Service here, not to Service shop-parcel" in message


@pytest.mark.parametrize("host", ["parcel.example.com", "parcel.other.svc.cluster.local"])
def test_a_host_of_another_place_is_not_called_absent(host: str) -> None:
    assert not _says(_cluster(uri={"parcel": f"http://{host}"}))


def test_a_route_whose_service_is_absent_but_bears_its_very_name_is_not_astray() -> None:
    extra = ROUTE.format(id="cold-parcel", uri="lb://shop-cold-parcel", path="/api/cold-parcel/**")
    assert not _says(_cluster().replace(SERVICES, extra + SERVICES))


def test_the_closest_name_is_meant_where_several_end_alike() -> None:
    ((_, message),) = _says(_cluster(uri={"payment": "lb://shop-inside-payment"}))
    assert "leads payment to shop-inside-payment, not to Service shop-payment" in message


def test_a_port_that_the_service_does_not_offer() -> None:
    ((rule, message),) = _says(_cluster(uri={"parcel": "http://shop-parcel:9090"}))
    assert (rule, message) == (
        "route_leads_to_unserved_port",
        "Deployment shop/edge leads parcel to shop-parcel:9090; Service shop-parcel offers port 8080",
    )
    assert not _says(_cluster(uri={"parcel": "http://shop-parcel:8080"}))


NOT_FOUND = """
---
kind: Alert
subject: Deployment/shop-parcel
anomaly: errors
text: 'GET /api/parcel/17/label failed 9 times with 404 Not Found'
labels: {url: '/api/parcel/17/label?size=a6'}
"""


def test_a_path_that_no_route_matches_is_blamed_on_the_gateway_that_answers_for_it() -> None:
    text = _cluster(path={"parcel": "/api/parcels-v2/**"}) + NOT_FOUND
    (cause,) = diagnose(snapshot_of(text), Incident(namespaces=("shop",))).root_causes
    assert (cause.rule, str(cause.subject)) == ("route_matches_other_path", "Deployment shop/edge")
    assert cause.statement == (
        "Deployment shop/edge leads /api/parcels-v2/** to shop-parcel, but requests ask for /api/parcel/17/label, "
        "which none of its routes matches"
    )


@pytest.mark.parametrize(
    ("path", "alert"),
    [
        ("/api/parcel/**", NOT_FOUND),
        ("/api/parcel/{id}/label,/api/label/**", NOT_FOUND),
        ("/api/parcels-v2/**", NOT_FOUND.replace("404 Not Found", "503 Service Unavailable")),
        ("/api/parcels-v2/**", NOT_FOUND.replace("/api/parcel", "/intern/parcel")),
    ],
    ids=["a route matches", "one of its paths matches", "the answer is not 404", "the gateway serves no such paths"],
)
def test_a_gateway_is_not_blamed_for_what_others_answer(path: str, alert: str) -> None:
    assert not _says(_cluster(path={"parcel": path}) + alert)
