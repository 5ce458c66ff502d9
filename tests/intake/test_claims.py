"""Assertions of a report, held against what was observed."""

from __future__ import annotations

import pytest

from cluster_doctor.domain.incident import Claim, ClaimVerdict, Incident
from cluster_doctor.intake.claims import check_claims
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.snapshot.snapshot import ClusterSnapshot

CLUSTER = """
kind: Namespace
metadata: {name: shop}
---
kind: Deployment
metadata: {name: web, creationTimestamp: "2025-11-01T00:00:00Z"}
---
kind: ReplicaSet
metadata:
  name: web-1
  creationTimestamp: "WHEN"
  annotations: {deployment.kubernetes.io/revision: "2"}
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]
---
kind: Pod
metadata:
  name: web-1-a
  ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-1, controller: true}]
spec: {containers: [{name: web}]}
status:
  phase: Running
  containerStatuses: [{name: web, state: {waiting: {reason: CrashLoopBackOff, message: "back-off 5m0s restarting"}}}]
---
kind: Node
metadata: {name: worker-1}
status: {conditions: [{type: Ready, status: "True"}]}
---
kind: Log
subject: Pod/web-1-a
container: web
lines: ["starting", "dial tcp 10.0.0.9:5432: connect: connection refused"]
"""
HOUR_AGO, MONTH_AGO = "2026-01-01T11:00:00Z", "2025-12-01T12:00:00Z"


def _cluster(when: str = HOUR_AGO, *, hidden: tuple[str, ...] = ()) -> ClusterSnapshot:
    return snapshot_of(CLUSTER.replace("WHEN", when), hidden=hidden)


def _claim(text: str, asserts: str, cluster: ClusterSnapshot) -> Claim:
    claims = check_claims(Incident(text=text), cluster)
    return next(claim for claim in claims if asserts in claim.asserts)


@pytest.mark.parametrize(
    ("text", "asserts", "verdict"),
    [
        ("deployment web in shop is down", "Deployment shop/web exists", ClaimVerdict.CONFIRMED),
        ("deployment api in shop is down", "Deployment shop/api exists", ClaimVerdict.REFUTED),
        ("deployment web in prod", "Deployment prod/web exists", ClaimVerdict.REFUTED),
        ("namespace nowhere is empty", "namespace nowhere", ClaimVerdict.REFUTED),
        ("namespace shop is empty", "namespace shop", ClaimVerdict.CONFIRMED),
        ("deployment web in shop is crash looping", "CrashLoopBackOff", ClaimVerdict.CONFIRMED),
        ("deployment web in shop is OOMKilled", "OOMKilled", ClaimVerdict.REFUTED),
        ("node worker-1 is NotReady", "NotReady on Node", ClaimVerdict.REFUTED),
        ('svc says "connect: connection refused"', "connection refused", ClaimVerdict.CONFIRMED),
        ('svc says "no such host at all"', "no such host", ClaimVerdict.UNVERIFIABLE),
        ("deployment web in shop fails, works in staging", "works in staging", ClaimVerdict.UNVERIFIABLE),
    ],
)
def test_each_assertion_gets_its_verdict(text: str, asserts: str, verdict: ClaimVerdict) -> None:
    cluster = _cluster()
    claim = _claim(text, asserts, cluster)
    assert claim.verdict is verdict
    assert claim.reason
    if verdict is not ClaimVerdict.UNVERIFIABLE:
        assert claim.evidence
    assert all(cluster.holds(evidence) for evidence in claim.evidence)


@pytest.mark.parametrize(
    ("text", "when", "verdict"),
    [
        ("deployment web in shop fails since the last deploy", HOUR_AGO, ClaimVerdict.CONFIRMED),
        ("deployment web in shop fails since the last deploy", MONTH_AGO, ClaimVerdict.REFUTED),
        ("deployment web in shop fails, no changes were made", HOUR_AGO, ClaimVerdict.REFUTED),
        ("deployment web in shop fails, nothing was changed", MONTH_AGO, ClaimVerdict.UNVERIFIABLE),
    ],
)
def test_what_is_said_of_changes_is_held_against_the_age_of_revisions(
    text: str, when: str, verdict: ClaimVerdict
) -> None:
    claims = check_claims(Incident(text=text), _cluster(when))
    (claim,) = [claim for claim in claims if "deploy lately" in claim.asserts or "nothing was changed" in claim.asserts]
    assert claim.verdict is verdict


def test_a_revision_that_a_rollback_took_up_again_tells_nothing() -> None:
    text = CLUSTER.replace("WHEN", MONTH_AGO).replace(
        "annotations: {", 'annotations: {deployment.kubernetes.io/revision-history: "1", '
    )
    claim = _claim("deployment web in shop fails since the last deploy", "deploy lately", snapshot_of(text))
    assert claim.verdict is ClaimVerdict.UNVERIFIABLE


def test_what_nobody_read_is_unverifiable_never_refuted() -> None:
    blind = _cluster(hidden=("Deployment", "Pod", "ReplicaSet", "Namespace", "Node", "Log"))
    text = 'deployment web in shop is OOMKilled since the last deploy, "connection refused now"; node worker-1 NotReady'
    claims = check_claims(Incident(text=text), blind)
    assert len(claims) >= 5
    assert {claim.verdict for claim in claims} == {ClaimVerdict.UNVERIFIABLE}


def test_refuted_claims_come_first_and_each_once() -> None:
    claims = check_claims(
        Incident(text="deployment web in shop, deployment api in shop, deployment web in shop fail"), _cluster()
    )
    assert [claim.asserts for claim in claims] == [
        "Deployment shop/api exists",
        "Deployment shop/web exists",
        "namespace shop exists",
    ]
    assert claims[0].verdict is ClaimVerdict.REFUTED


def test_no_text_asserts_nothing() -> None:
    assert check_claims(Incident(), _cluster()) == ()
