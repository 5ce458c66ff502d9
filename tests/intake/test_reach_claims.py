"""A report that blames a NetworkPolicy is held against what the policies say."""

from __future__ import annotations

import pytest

from cluster_doctor.domain.incident import Claim, ClaimVerdict, Incident
from cluster_doctor.intake.claims import check_claims
from cluster_doctor.rules.example import snapshot_of

TOWN = """
{kind: Deployment, metadata: {name: cart}, spec: {template: {metadata: {labels: {app: cart}}}}}
---
kind: Pod
metadata:
  name: cart-0
  labels: {app: cart}
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: cart, controller: true}]
spec: {nodeName: n1, containers: [{name: app}]}
status: {phase: Running, podIP: 10.0.0.1}
---
{kind: Service, metadata: {name: stock}, spec: {selector: {app: stock}, ports: [{port: 80, targetPort: 8080}]}}
---
kind: Pod
metadata: {name: stock-0, labels: {app: stock}}
spec: {nodeName: n2, containers: [{name: app}]}
status: {phase: Running, podIP: 10.0.0.2}
---
kind: NetworkPolicy
metadata: {name: stock}
spec: {podSelector: {matchLabels: {app: stock}}, ingress: [{from: [{podSelector: {matchLabels: {app: ADMITTED}}}]}]}
"""


def _claims(text: str, admitted: str, hidden: tuple[str, ...] = ()) -> list[Claim]:
    cluster = snapshot_of(TOWN.replace("ADMITTED", admitted), hidden=hidden)
    incident = Incident(text=text, namespaces=("shop",))
    return [claim for claim in check_claims(incident, cluster) if "NetworkPolicy keeps" in claim.asserts]


@pytest.mark.parametrize(
    "text",
    [
        "A network policy blocks deployment cart from service stock",
        "calls to service stock from deployment cart are dropped by a NetworkPolicy",
    ],
)
def test_what_the_policies_deny_is_confirmed_and_what_they_admit_refuted(text: str) -> None:
    (denied,) = _claims(text, "front")
    assert denied.verdict is ClaimVerdict.CONFIRMED
    assert denied.evidence[0].subject.name == "stock"
    (admitted,) = _claims(text, "cart")
    assert admitted.verdict is ClaimVerdict.REFUTED


def test_policies_that_nobody_read_leave_it_unverifiable() -> None:
    (claim,) = _claims("the network policy blocks deployment cart from service stock", "cart", ("NetworkPolicy",))
    assert claim.verdict is ClaimVerdict.UNVERIFIABLE


def test_a_report_that_speaks_of_no_policy_asserts_nothing_about_one() -> None:
    assert _claims("deployment cart cannot reach service stock", "front") == []
