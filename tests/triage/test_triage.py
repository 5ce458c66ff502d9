"""How urgent it is, and whose it is."""

from __future__ import annotations

from cluster_doctor.domain.diagnosis import Diagnosis, RootCause, Status
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.triage import Priority, Triage
from cluster_doctor.inference.predict import predict
from cluster_doctor.inference.triage import triage
from cluster_doctor.rules.example import snapshot_of

WEB = """
kind: Deployment
metadata: {name: web, LABELS}
spec: {replicas: 4, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web}]}}}
status: {readyReplicas: READY}
---
kind: Service
metadata: {name: web}
spec: {selector: {app: web}}
---
kind: Endpoints
metadata: {name: web}
subsets: [{ADDRESSES: [{ip: 10.0.0.1}], ports: [{port: 80}]}]
"""
INGRESS = """
---
kind: Ingress
metadata: {name: door}
spec: {rules: [{http: {paths: [{path: /, backend: {service: {name: web, port: {number: 80}}}}]}}]}
"""


def _judged(
    text: str, *, ready: int, labels: str = "labels: {}", kind: str = "Deployment", name: str = "web"
) -> Triage:
    addresses = "addresses" if ready else "notReadyAddresses"
    cluster = snapshot_of(text.replace("READY", str(ready)).replace("LABELS", labels).replace("ADDRESSES", addresses))
    subject = ObjectRef(kind=kind, name=name, namespace="shop", api_version="apps/v1" if kind == "Deployment" else "v1")
    cause = RootCause(
        subject=subject,
        rule="r",
        severity="ERROR",
        statement="s",
        confidence=0.9,
        confidence_basis="",
        evidence=(),
        chain=(),
    )
    predictions = predict(cluster, Incident())
    found = triage(cluster, Diagnosis(status=Status.RESOLVED, root_causes=(cause,), predictions=predictions))
    assert found is not None
    return found


def test_what_serves_nobody_and_is_reached_from_outside_is_p1() -> None:
    found = _judged(WEB + INGRESS, ready=0)
    assert found.priority is Priority.P1
    assert found.impact.startswith("not serving: Service shop/web")
    assert [str(ref) for ref in found.blast_radius.routes] == ["Ingress shop/door"]
    assert found.blast_radius.share_ready == 0


def test_what_serves_nobody_inside_is_p2() -> None:
    assert _judged(WEB, ready=0).priority is Priority.P2


def test_what_still_serves_with_most_replicas_is_p3() -> None:
    found = _judged(WEB, ready=3)
    assert (found.priority, found.blast_radius.share_ready) == (Priority.P3, 0.75)
    assert "still serving" in found.impact


def test_what_serves_in_full_is_p4() -> None:
    assert _judged(WEB, ready=4).priority is Priority.P4


def test_a_caller_is_a_dependant() -> None:
    caller = """
---
kind: Deployment
metadata: {name: front}
spec: {template: {metadata: {labels: {app: front}}, spec: {containers: [{name: c, env: [{name: A, value: "http://web:80"}]}]}}}
"""
    found = _judged(WEB + caller, ready=0)
    assert [str(ref) for ref in found.blast_radius.dependants] == ["Deployment shop/front"]
    assert found.priority is Priority.P1


def test_a_fault_of_configuration_reaches_those_that_use_it() -> None:
    text = WEB.replace("containers: [{name: web}]", "containers: [{name: web, envFrom: [{configMapRef: {name: cfg}}]}]")
    found = _judged(text, ready=0, kind="ConfigMap", name="cfg")
    assert [str(ref) for ref in found.blast_radius.workloads] == ["Deployment shop/web"]


def test_a_full_quota_makes_it_more_urgent() -> None:
    quota = """
---
kind: ResourceQuota
metadata: {name: q}
status: {hard: {pods: "10"}, used: {pods: "10"}}
"""
    found = _judged(WEB + quota, ready=4)
    assert found.priority is Priority.P2
    assert "quota q in shop has 100% of pods in use" in found.urgency


def test_a_certificate_of_an_affected_route_that_ends_within_a_week_makes_it_more_urgent() -> None:
    route = INGRESS.replace("spec: {", "spec: {tls: [{secretName: tls}], ")
    certificate = """
---
kind: Secret
metadata: {name: tls}
type: kubernetes.io/tls
keys: [tls.crt]
facts: {tls.crt: {subject: CN=shop, not_before: '2025-01-04T00:00:00Z', not_after: '2026-01-DAYT00:00:00Z'}}
"""
    soon = _judged(WEB + route + certificate.replace("DAY", "04"), ready=4)
    assert soon.priority is Priority.P2
    assert "the certificate CN=shop in Secret tls expires on 2026-01-04 00:00 UTC" in soon.urgency
    later = _judged(WEB + route + certificate.replace("DAY", "20"), ready=4)
    assert (later.priority, later.urgency) == (Priority.P3, "no sign that it gets worse")
    elsewhere = _judged(WEB + INGRESS + certificate.replace("DAY", "04"), ready=4)
    assert elsewhere.urgency == "no sign that it gets worse"


def test_people_are_owners_before_tools() -> None:
    tracked = "annotations: {argocd.argoproj.io/tracking-id: 'shop-app:apps/Deployment:shop/web'}"
    assert _judged(WEB, ready=0, labels=tracked).owner == "tracking-id shop-app"
    found = _judged(WEB, ready=0, labels=f"labels: {{example.com/team: storefront}}, {tracked}")
    assert found.owner == "storefront"
    assert found.owner_source == "label example.com/team of Deployment shop/web"
    assert _judged(WEB, ready=0).owner is None


def test_nothing_wrong_is_not_judged() -> None:
    assert triage(snapshot_of("{kind: Namespace, metadata: {name: a}}"), Diagnosis(status=Status.HEALTHY)) is None
