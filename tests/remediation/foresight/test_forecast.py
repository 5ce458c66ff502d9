"""What the rules say to a change before it is made."""

from __future__ import annotations

import pytest
from pydantic import JsonValue

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.steps import FieldEdit
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.remediation.fields import edited, value_at
from cluster_doctor.remediation.foresight.forecast import Forecast, forecast
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.snapshot.snapshot import ClusterSnapshot

GONE = "scanned with the change made: the finding is gone, no new fault of its gravity"
UNKNOWN = "scanned with the change made: whether the finding goes away is unknown"
WELL = """
kind: Deployment
metadata: {name: web, uid: d1, generation: 1}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: "registry.example.com/web:1", ports: [{containerPort: 8080}]}]
status: {observedGeneration: 1, replicas: 1, readyReplicas: 1, availableReplicas: 1, updatedReplicas: 1}
---
kind: ReplicaSet
metadata:
  name: web-1
  uid: r1
  annotations: {deployment.kubernetes.io/revision: "1"}
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: d1, controller: true}]
spec: {replicas: 1, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}}}
status: {replicas: 1, readyReplicas: 1}
---
kind: Pod
metadata:
  name: web-1-a
  labels: {app: web}
  ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-1, uid: r1, controller: true}]
spec:
  nodeName: n1
  containers: [{name: web, image: "registry.example.com/web:1", ports: [{containerPort: 8080}]}]
status:
  phase: Running
  podIP: 10.0.0.7
  conditions: [{type: Ready, status: "True"}]
  containerStatuses: [{name: web, ready: true, restartCount: 0, state: {running: {}}}]
"""
SERVICE = """
---
kind: Service
metadata: {name: web}
spec: {selector: {app: website}, ports: [{port: 80, targetPort: 8080}]}
---
kind: Endpoints
metadata: {name: web}
subsets: []
"""
MISDIRECTED = SERVICE.replace("app: website", "app: web").replace("8080", "9090")


def picture(text: str, rule: str) -> tuple[ClusterSnapshot, RootCause]:
    """A cluster, and the cause that a rule finds in it."""
    cluster = snapshot_of(text)
    causes = diagnose(cluster, Incident()).root_causes
    return cluster, next(cause for cause in causes if cause.rule == rule)


def said(cluster: ClusterSnapshot, cause: RootCause, target: ObjectRef, *path: str, becomes: JsonValue) -> Forecast:
    """What is said to setting one field."""
    view = cluster.find(target)
    assert view is not None
    edit = FieldEdit(path=path, was=value_at(view.raw, path), becomes=becomes)
    return forecast(cluster, cause, {target: edited(view.raw, [edit])})


def ref(kind: str, name: str = "web") -> ObjectRef:
    group = {"Deployment": "apps/v1"}.get(kind, "v1")
    return ObjectRef(kind=kind, name=name, namespace="shop", api_version=group)


def test_a_selector_that_selects_the_pods_makes_the_finding_go_away() -> None:
    cluster, cause = picture(WELL + SERVICE, "service_selects_no_pods")
    assert said(cluster, cause, ref("Service"), "spec", "selector", "app", becomes="web") == Forecast(GONE)


def test_a_selector_that_selects_nothing_either_does_not_help() -> None:
    cluster, cause = picture(WELL + SERVICE, "service_selects_no_pods")
    found = said(cluster, cause, ref("Service"), "spec", "selector", "app", becomes="webs")
    assert found.problem.startswith("it would not help: with it made, still so: Service web selects app=webs")


def test_a_selector_that_leads_to_a_port_where_nobody_listens_brings_a_new_fault() -> None:
    cluster, cause = picture(WELL + SERVICE.replace("8080", "9090"), "service_selects_no_pods")
    found = said(cluster, cause, ref("Service"), "spec", "selector", "app", becomes="web")
    assert found.problem.startswith("it would bring a new fault: Service web sends port 80 to target port 9090")


@pytest.mark.parametrize(
    ("port", "problem"), [(8080, ""), (9191, "it would not help: with it made, still so: Service")]
)
def test_a_target_port_helps_only_if_somebody_listens_there(port: int, problem: str) -> None:
    cluster, cause = picture(WELL + MISDIRECTED, "service_targets_wrong_port")
    found = said(cluster, cause, ref("Service"), "spec", "ports", "[port=80]", "targetPort", becomes=port)
    assert found.problem.startswith(problem)
    assert bool(found.problem) is bool(problem)
    assert found.note == ("" if problem else GONE)


PULLING = (
    WELL.replace("readyReplicas: 1", "readyReplicas: 0")
    .replace("availableReplicas: 1", "availableReplicas: 0")
    .replace('status: "True"', 'status: "False"')
    .replace("phase: Running", "phase: Pending")
    .replace(
        "ready: true, restartCount: 0, state: {running: {}}",
        "ready: false, restartCount: 0, state: {waiting: {reason: ImagePullBackOff}}",
    )
    + """
---
kind: Event
metadata: {name: e1}
involvedObject: {kind: Pod, name: web-1-a}
reason: Failed
type: Warning
message: 'Failed to pull image "registry.example.com/web:1": manifest for registry.example.com/web:1 not found:
  manifest unknown'
lastTimestamp: "2026-01-01T11:59:00Z"
"""
)
IMAGE = ("spec", "template", "spec", "containers", "[name=web]", "image")


def test_whether_another_image_can_be_pulled_is_unknown_and_said_to_be() -> None:
    cluster, cause = picture(PULLING, "image_does_not_exist")
    found = said(cluster, cause, ref("Deployment"), *IMAGE, becomes="registry.example.com/web:0")
    assert found.problem == ""
    assert found.note.startswith(UNKNOWN)


def test_a_template_whose_labels_leave_its_service_behind_brings_a_new_fault() -> None:
    served = SERVICE.replace("app: website", "app: web")
    cluster, cause = picture(PULLING + served, "image_does_not_exist")
    labels = ("spec", "template", "metadata", "labels", "app")
    found = said(cluster, cause, ref("Deployment"), *labels, becomes="shopfront")
    assert found.problem.startswith("it would bring a new fault: Service web selects app=web, which no Pod")


QUOTA = """
kind: ResourceQuota
metadata: {name: team}
spec: {hard: {requests.memory: 1Gi}}
status: {hard: {requests.memory: 1Gi}, used: {requests.memory: 1Gi}}
---
kind: Deployment
metadata: {name: web, uid: d1}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web, resources: {requests: {memory: 1Gi}}}]}
status: {replicas: 0}
---
kind: ReplicaSet
metadata:
  name: web-1
  uid: r1
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: d1, controller: true}]
spec: {replicas: 1}
status: {replicas: 0}
---
kind: Event
metadata: {name: e1}
involvedObject: {kind: ReplicaSet, name: web-1, apiVersion: apps/v1}
reason: FailedCreate
type: Warning
message: 'Error creating: pods "web-1-abc" is forbidden: exceeded quota: team, requested: requests.memory=1Gi,
  used: requests.memory=1Gi, limited: requests.memory=1Gi'
lastTimestamp: "2026-01-01T11:59:00Z"
"""


def test_whether_a_raised_quota_is_enough_is_unknown_because_only_a_refusal_told() -> None:
    cluster, cause = picture(QUOTA, "namespace_memory_quota_is_exceeded")
    found = said(cluster, cause, ref("ResourceQuota", "team"), "spec", "hard", "requests.memory", becomes="2Gi")
    assert found.problem == ""
    assert found.note.startswith(UNKNOWN)


STOPPED = """
kind: Deployment
metadata: {name: web, uid: d1}
spec:
  replicas: 0
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web, ports: [{containerPort: 80}]}]}
status: {replicas: 0}
---
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
kind: Endpoints
metadata: {name: web}
subsets: []
---
kind: Ingress
metadata: {name: web}
spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}
"""


def test_replicas_make_a_workload_that_was_scaled_to_zero_come_back() -> None:
    cluster, cause = picture(STOPPED, "workload_is_scaled_to_zero")
    assert said(cluster, cause, ref("Deployment"), "spec", "replicas", becomes=2) == Forecast(GONE)


WAITING = """
kind: Deployment
metadata: {name: web, uid: d1}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: web, env: [{name: URL, valueFrom: {configMapKeyRef: {name: settings, key: url}}}]}
status: {replicas: 1, readyReplicas: 0}
---
kind: Pod
metadata:
  name: web-1
  labels: {app: web}
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: d1, controller: true}]
spec:
  nodeName: n1
  containers: [{name: web, image: web, env: [{name: URL, valueFrom: {configMapKeyRef: {name: settings, key: url}}}]}]
status:
  phase: Pending
  containerStatuses:
  - {name: web, ready: false, state: {waiting: {reason: CreateContainerConfigError, message: couldn't find key url}}}
---
{kind: ConfigMap, metadata: {name: settings}, data: {uri: x}}
"""


@pytest.mark.parametrize(("key", "problem"), [("url", ""), ("ulr", "it would not help: with it made, still so:")])
def test_a_key_helps_only_if_it_is_the_one_that_is_wanted(key: str, problem: str) -> None:
    cluster, cause = picture(WAITING, "config_map_lacks_key")
    found = said(cluster, cause, ref("ConfigMap", "settings"), "data", key, becomes="http://db")
    assert found.problem.startswith(problem)
    assert found.note == ("" if problem else GONE)


def test_the_picture_that_was_taken_stays_as_it_is() -> None:
    cluster, cause = picture(WELL + SERVICE, "service_selects_no_pods")
    before = [dict(raw) for raw in cluster.objects]
    said(cluster, cause, ref("Service"), "spec", "selector", "app", becomes="web")
    assert [dict(raw) for raw in cluster.objects] == before
