"""A password that was changed while the process runs with the one of before."""

from __future__ import annotations

import pytest

from rules.causes import causes_of

STALE = """
kind: Deployment
metadata: {name: api}
spec:
  replicas: 1
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: app, envFrom: [{secretRef: {name: db}}]}]}
---
{kind: Secret, metadata: {name: db, creationTimestamp: 'MADE'}, keys: [PASSWORD]}
---
kind: Pod
metadata:
  name: api-0
  labels: {app: api}
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: api, controller: true}]
spec: {nodeName: n1, containers: [{name: app}]}
status:
  phase: Running
  conditions: [{type: Ready, status: 'False'}]
  containerStatuses:
  - {name: app, ready: false, restartCount: 0, state: {running: {startedAt: '2026-01-01T10:00:00Z'}}}
---
{kind: Log, subject: Pod/api-0, container: app, lines: ['FATAL: password authentication failed for user "api"']}
"""


@pytest.mark.parametrize(
    ("made", "cause"),
    [
        ("2026-01-01T11:30:00Z", ("secret_is_newer_than_pods", "api")),
        ("2026-01-01T09:30:00Z", ("database_refuses_credentials", "api")),
    ],
)
def test_credentials_are_wrong_only_where_the_process_has_those_of_today(made: str, cause: tuple[str, str]) -> None:
    assert causes_of(STALE.replace("MADE", made)) == [cause]
