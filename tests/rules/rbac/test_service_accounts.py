"""A workload whose Pods are not made because their ServiceAccount does not exist, Events or none."""

from __future__ import annotations

import pytest

from cluster_doctor.domain.incident import Incident
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.rules.example import snapshot_of

LEDGER = """
kind: Deployment
metadata: {name: ledger}
spec:
  replicas: 2
  selector: {matchLabels: {app: ledger}}
  template:
    metadata: {labels: {app: ledger}}
    spec: {serviceAccountName: book-keeper, containers: [{name: app}]}
status:
  replicas: MADE
  conditions:
  - {type: Available, status: 'False'}
  - {type: ReplicaFailure, status: 'True', reason: FailedCreate, message: "SAYS"}
"""
EVENT = """
---
kind: Event
metadata: {name: e1}
type: Warning
reason: FailedCreate
involvedObject: {kind: ReplicaSet, name: ledger-6f}
message: 'Error creating: pods "ledger-6f-" is forbidden: error looking up service account shop/book-keeper:
  serviceaccount "book-keeper" not found'
---
kind: ReplicaSet
metadata:
  name: ledger-6f
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: ledger, controller: true}]
spec: {replicas: 2}
status: {replicas: 0}
"""
ACCOUNT = "\n---\n{kind: ServiceAccount, metadata: {name: book-keeper}}"
LOOKED_UP = 'pods \\"ledger-6f-\\" is forbidden: serviceaccount \\"book-keeper\\" not found'


def _causes(says: str, *more: str, made: int = 0) -> list[tuple[str, str]]:
    text = LEDGER.replace("SAYS", says).replace("MADE", str(made)) + "".join(more)
    causes = diagnose(snapshot_of(text), Incident(namespaces=("shop",))).root_causes
    return [(cause.rule, cause.subject.name) for cause in causes]


@pytest.mark.parametrize("says", ["", LOOKED_UP], ids=["the condition was printed bare", "the condition tells"])
def test_the_missing_account_is_named_when_the_events_are_gone(says: str) -> None:
    assert _causes(says) == [("pods_lack_their_service_account", "ledger")]


def test_the_api_servers_own_words_are_said_once() -> None:
    assert _causes(LOOKED_UP, EVENT) == [("service_account_does_not_exist", "ledger")]


def test_an_account_that_exists_is_not_blamed_and_a_bare_condition_is_not_quoted_as_none() -> None:
    text = LEDGER.replace("SAYS", "").replace("MADE", "0") + ACCOUNT
    (cause,) = diagnose(snapshot_of(text), Incident(namespaces=("shop",))).root_causes
    assert cause.rule == "pods_are_not_created"
    assert cause.statement == "the API server rejects the Pods of Deployment shop/ledger"


def test_pods_that_are_refused_for_something_else_are_not_laid_to_the_account() -> None:
    assert _causes('pods \\"ledger-6f-x\\" is forbidden: exceeded quota: team') != [
        ("pods_lack_their_service_account", "ledger")
    ]


def test_pods_that_were_made_before_the_account_went_run_on() -> None:
    assert not any(rule == "pods_lack_their_service_account" for rule, _ in _causes("", made=2))
