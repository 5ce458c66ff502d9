"""Programs that run on although the API server refuses them."""

from __future__ import annotations

from rules.causes import causes_of

RUNNING = """
kind: Pod
metadata: {name: meter-0}
spec: {nodeName: n1, serviceAccountName: meter, containers: [{name: app}]}
status:
  phase: Running
  podIP: 10.0.0.9
  conditions: [{type: Ready, status: 'True'}]
  containerStatuses: [{name: app, ready: true, restartCount: 0, state: {running: {}}}]
---
{kind: ServiceAccount, metadata: {name: meter}}
---
kind: Log
subject: Pod/meter-0
container: app
lines: LINES
"""
REFUSED = 'pods is forbidden: User "system:serviceaccount:shop:meter" cannot list resource "pods" at the cluster scope'
BINDING = """
---
{kind: ClusterRole, metadata: {name: reader}, rules: []}
---
kind: ClusterRoleBinding
metadata: {name: meter}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
subjects: [{kind: ServiceAccount, name: meter, namespace: PLACE}]
"""


def _meter(times: int) -> str:
    return RUNNING.replace("LINES", repr([REFUSED] * times))


def test_what_is_refused_again_and_again_is_a_fault_though_the_pod_is_ready() -> None:
    assert causes_of(_meter(5)) == [("api_access_is_forbidden", "meter-0")]


def test_what_was_refused_once_is_none() -> None:
    assert causes_of(_meter(1)) == []


def test_a_binding_that_names_the_account_in_another_namespace_is_why() -> None:
    elsewhere = BINDING.replace("PLACE", "monitoring")
    assert causes_of(_meter(5) + elsewhere) == [("cluster_role_binding_is_dangling", "meter")]
    assert causes_of(_meter(1) + elsewhere) == []


def test_a_binding_that_is_whole_is_not_blamed() -> None:
    assert causes_of(_meter(5) + BINDING.replace("PLACE", "shop")) == [("api_access_is_forbidden", "meter-0")]
