"""Custom resources that nobody can see to: what the controller's log says, and what that explains."""

from __future__ import annotations

from rules.causes import causes_of

STUCK = """
apiVersion: backup.example.com/v1
kind: Backup
metadata: {name: weekly, deletionTimestamp: '2026-01-01T10:00:00Z', finalizers: [backup.example.com/cleanup]}
---
kind: Deployment
metadata: {name: operator}
spec: {template: {metadata: {labels: {app: operator}}, spec: {containers: [{name: app}]}}}
---
kind: Pod
metadata:
  name: operator-0
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: operator, controller: true}]
spec: {nodeName: n1, containers: [{name: app}]}
status:
  phase: Running
  conditions: [{type: Ready, status: 'True'}]
  containerStatuses: [{name: app, ready: true, restartCount: 0, state: {running: {}}}]
"""
FORBIDDEN = (
    'backups.backup.example.com "weekly" is forbidden: User "system:serviceaccount:shop:operator" cannot update'
    ' resource "backups" in API group "backup.example.com" in the namespace "shop"'
)


def _logs(line: str, times: int) -> str:
    quoted = line.replace("'", "''")
    return (
        f"\n---\n{{kind: Log, subject: Pod/operator-0, container: app, lines: [{', '.join([repr(quoted)] * times)}]}}"
    )


def test_a_finalizer_that_nobody_removes_is_an_origin_of_its_own() -> None:
    assert causes_of(STUCK) == [("custom_resource_does_not_terminate", "weekly")]


def test_a_controller_that_may_not_remove_it_is_the_origin() -> None:
    assert causes_of(STUCK + _logs(FORBIDDEN, 3)) == [("api_access_is_forbidden", "operator")]


def test_one_refusal_of_a_running_controller_is_no_state() -> None:
    assert causes_of(STUCK + _logs(FORBIDDEN, 1)) == [("custom_resource_does_not_terminate", "weekly")]


def test_a_conflict_that_the_next_attempt_gets_over_is_no_failure() -> None:
    line = (
        'Reconciler error {"controllerGroup": "backup.example.com", "controllerKind": "Backup", "namespace": "shop",'
        ' "name": "weekly", "error": "the object has been modified; please apply your changes to the latest version"}'
    )
    fresh = STUCK.replace(", deletionTimestamp: '2026-01-01T10:00:00Z'", "")
    assert causes_of(fresh + _logs(line, 5)) == []
