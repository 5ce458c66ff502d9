"""What a workload logs since a change: told beside the causes, and only where the logs span the change."""

from __future__ import annotations

import pytest

from cluster_doctor.agents.diagnostician import find_root_causes
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.inference.log_changes import log_changes
from cluster_doctor.rules.example import snapshot_of

API = ObjectRef(kind="Deployment", name="api", namespace="shop", api_version="apps/v1")
ROLLOUT = """
kind: Deployment
metadata: {name: api}
spec:
  replicas: 1
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: app, envFrom: [{secretRef: {name: keys}}]}]}
status: {replicas: 2, readyReplicas: 1}
---
kind: ReplicaSet
metadata:
  name: api-1
  creationTimestamp: '2026-01-01T08:00:00Z'
  annotations: {deployment.kubernetes.io/revision: '1'}
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: api, controller: true}]
---
kind: ReplicaSet
metadata:
  name: api-2
  creationTimestamp: '2026-01-01T11:50:00Z'
  annotations: {deployment.kubernetes.io/revision: '2'}
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: api, controller: true}]
---
kind: Pod
metadata:
  name: api-1-a
  ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: api-1, controller: true}]
spec: {nodeName: n1, containers: [{name: app}]}
status:
  phase: Running
  podIP: 10.0.0.1
  conditions: [{type: Ready, status: 'True'}]
  containerStatuses: [{name: app, ready: true, restartCount: 0, state: {running: {}}}]
---
kind: Pod
metadata:
  name: api-2-a
  ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: api-2, controller: true}]
spec: {nodeName: n1, containers: [{name: app}]}
status:
  phase: Running
  conditions: [{type: Ready, status: 'False'}]
  containerStatuses:
  - name: app
    ready: false
    restartCount: 5
    state: {waiting: {reason: CrashLoopBackOff}}
    lastState: {terminated: {exitCode: 1, reason: Error, finishedAt: '2026-01-01T11:59:00Z'}}
"""
SERVED = "\n".join(f"- served item {number}" for number in range(14))


def _log(pod: str, lines: str, *, previous: bool = False) -> str:
    return f"\n---\nkind: Log\nsubject: Pod/{pod}\ncontainer: app\nprevious: {str(previous).lower()}\nlines:\n{lines}"


def _told(text: str) -> list[tuple[str, list[str]]]:
    found = log_changes(snapshot_of(text), [API])
    return [(change.change, [pattern.template for pattern in change.patterns]) for change in found]


def test_what_only_the_new_revision_says_is_told_with_the_rollout() -> None:
    text = ROLLOUT + _log("api-1-a", SERVED) + _log("api-2-a", "- served item 3\n- 'ledger format 7 is not supported'")
    assert _told(text) == [("rollout of ReplicaSet api-2", ["ledger format <n> is not supported"])]


def test_nothing_is_told_when_both_revisions_say_the_same() -> None:
    assert _told(ROLLOUT + _log("api-1-a", SERVED) + _log("api-2-a", "- served item 3")) == []


def test_nothing_is_told_of_a_rollout_whose_old_pods_left_no_log() -> None:
    assert _told(ROLLOUT + _log("api-2-a", "- 'ledger format 7 is not supported'")) == []


def test_lines_since_an_edit_of_a_secret_are_told_apart_by_their_time() -> None:
    edited = "\n---\n{kind: Secret, metadata: {name: keys}, keys: [a], changedAt: '2026-01-01T11:30:00Z'}"
    dated = "\n".join(f"- '2026-01-01T11:{minute:02}:00Z served item {minute}'" for minute in range(10, 40))
    lines = f"{dated}\n- '2026-01-01T11:41:00Z signature refused by the ledger'"
    assert _told(ROLLOUT + edited + _log("api-1-a", lines)) == [
        ("change of Secret keys", ["signature refused by the ledger"])
    ]


@pytest.mark.parametrize(
    ("current", "told"),
    [
        ("- served item 1\n- cannot open ledger", [("restart of the container", ["cannot open ledger"])]),
        ("- served item 1", []),
    ],
)
def test_a_restart_tells_what_the_instance_before_did_not_say(current: str, told: list[tuple[str, list[str]]]) -> None:
    assert _told(ROLLOUT + _log("api-2-a", SERVED, previous=True) + _log("api-2-a", current)) == told


def test_a_new_line_is_told_beside_the_causes_and_makes_none() -> None:
    quiet = ROLLOUT + _log("api-1-a", SERVED) + _log("api-2-a", "- served item 3")
    loud = ROLLOUT + _log("api-1-a", SERVED) + _log("api-2-a", "- served item 3\n- the moon is full")
    before, after = (find_root_causes(Incident(text=""), snapshot_of(text)) for text in (quiet, loud))
    assert [cause.rule for cause in after.root_causes] == [cause.rule for cause in before.root_causes]
    assert [cause.confidence for cause in after.root_causes] == [cause.confidence for cause in before.root_causes]
    assert [change.patterns[0].template for change in after.log_changes] == ["the moon is full"]
    assert before.log_changes == ()
