"""Plans that a program can carry out, made from an incident as it is found."""

from __future__ import annotations

import pytest

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.remediation import RemediationPlan
from cluster_doctor.domain.steps import StepType, Verb
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.remediation.fields import edited
from cluster_doctor.remediation.planner import plan_for
from cluster_doctor.remediation.policy.shapes import misfits
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.snapshot.snapshot import ClusterSnapshot

WEB = """
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: SPEC
---
kind: ReplicaSet
metadata:
  name: web-2
  annotations: {deployment.kubernetes.io/revision: "2"}
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]
spec:
  template:
    metadata: {labels: {app: web, pod-template-hash: b}}
    spec: SPEC
---
kind: Pod
metadata:
  name: web-2-x
  labels: {app: web, pod-template-hash: b}
  ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-2, controller: true}]
spec: SPEC
STATUS
"""
PENDING = """status:
  phase: Pending
  conditions:
  - type: PodScheduled
    status: "False"
    reason: Unschedulable
    message: "MESSAGE"
"""
CRASHING = """status:
  phase: Running
  conditions: [{type: Ready, status: "False"}]
  containerStatuses:
  - name: app
    ready: false
    restartCount: 5
    state: {waiting: {reason: CrashLoopBackOff}}
    lastState: {terminated: {exitCode: 1, reason: Error, finishedAt: "2026-01-01T11:59:00Z"}}
"""
UNREADY = """status:
  phase: Running
  conditions: [{type: Ready, status: "False"}]
  containerStatuses:
  - {name: app, ready: false, restartCount: 0, state: {running: {startedAt: "2026-01-01T11:30:00Z"}}}
"""
TAINTED = """
---
kind: Node
metadata: {name: n1, labels: {disk: ssd}}
spec: {taints: [{key: team, value: db, effect: NoSchedule}]}
status:
  allocatable: {cpu: "8", memory: 16Gi, pods: "110"}
  conditions: [{type: Ready, status: "True"}]
"""
READY_NODE = TAINTED.replace("spec: {taints: [{key: team, value: db, effect: NoSchedule}]}", "spec: {}")


def _web(spec: str, status: str, more: str = "") -> str:
    return WEB.replace("SPEC", spec).replace("STATUS", status) + more


PROBE = "{containers: [{name: app, ports: [{containerPort: 8080}], readinessProbe: {httpGet: {port: 9090, path: /}}}]}"
TWO_PORTS = PROBE.replace("[{containerPort: 8080}]", "[{containerPort: 8080}, {containerPort: 8081}]")
ASKED = """
---
kind: Event
metadata: {name: e}
type: Warning
reason: Unhealthy
count: 9
lastTimestamp: "2026-01-01T11:59:30Z"
message: 'Readiness probe failed: Get "http://10.0.0.9:9090/": dial tcp 10.0.0.9:9090: connect: connection refused'
involvedObject: {kind: Pod, name: web-2-x, fieldPath: "spec.containers{app}"}
"""
CALLS = "{containers: [{name: app, env: [{name: LEVEL, value: info}, {name: CART_URL, value: 'http://NAME:PORT/v1'}]}]}"
CART = """
---
kind: Service
metadata: {name: cart}
spec: {selector: {app: cart}, ports: [{port: 7070}]}
---
kind: Deployment
metadata: {name: cart}
spec: {replicas: 1, template: {metadata: {labels: {app: cart}}, spec: {containers: [{name: c}]}}}
"""
OLD = """
---
kind: ReplicaSet
metadata:
  name: web-1
  annotations: {deployment.kubernetes.io/revision: "1"}
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]
spec:
  template:
    metadata: {labels: {app: web, pod-template-hash: a}}
    spec: {containers: [{name: app, image: "web:1", args: [--fast]}]}
---
kind: Pod
metadata:
  name: web-1-x
  labels: {app: web, pod-template-hash: a}
  ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-1, controller: true}]
spec: {containers: [{name: app, image: "web:1", args: [--fast]}]}
status:
  phase: Running
  conditions: [{type: Ready, status: "True"}]
  containerStatuses:
  - {name: app, ready: true, restartCount: 0, state: {running: {startedAt: "2026-01-01T09:00:00Z"}}}
"""
FULL = "{containers: [{name: app, volumeMounts: [{name: d, mountPath: /data}]}], volumes: [{name: d, VOLUME}]}"
ON_CLAIM = FULL.replace("VOLUME", "persistentVolumeClaim: {claimName: data}")
CLAIMED = """
---
kind: Log
subject: Pod/web-2-x
container: app
lines: ["write /data/wal/0001: no space left on device"]
---
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {storageClassName: grows, resources: {requests: {storage: 10Gi}}}
status: {phase: Bound}
---
kind: StorageClass
metadata: {name: grows}
provisioner: example.com/d
allowVolumeExpansion: EXPANDS
"""
SCALER = """
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec: {maxReplicas: 5, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}
status:
  conditions: [{type: ScalingLimited, status: "True", reason: TooManyReplicas, message: m}]
---
kind: Deployment
metadata: {name: web}
spec: {replicas: 5}
"""
INGRESS = """
kind: Ingress
metadata: {name: shop}
spec:
  rules:
  - http:
      paths:
      - {path: /, backend: {service: {name: web, port: {number: 8080}}}}
      - {path: /api, backend: {service: {name: web, port: {number: 80}}}}
---
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
"""
NO_SUCH_NODE = "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector."
UNTOLERATED = "0/1 nodes are available: 1 node(s) had untolerated taint {team: db}."
PICKY = "{containers: [{name: app}], nodeSelector: {disk: fast}}"
POD = "spec.template.spec"
TOLERATION = "{'key': 'team', 'effect': 'NoSchedule', 'operator': 'Equal', 'value': 'db'}"
INCIDENTS: list[tuple[str, str, StepType, str]] = [
    (
        "readiness_probe_asks_wrong_port",
        _web(PROBE, UNREADY, ASKED),
        StepType.PATCH_PROBE,
        f"{POD}.containers[name=app].readinessProbe.httpGet.port: 9090 -> 8080",
    ),
    (
        "address_names_unknown_service",
        _web(CALLS.replace("NAME", "carts").replace("PORT", "7070"), CRASHING, CART),
        StepType.PATCH_ENV,
        f"{POD}.containers[name=app].env[name=CART_URL].value: http://carts:7070/v1 -> http://cart:7070/v1",
    ),
    (
        "address_names_unserved_port",
        _web(CALLS.replace("NAME", "cart").replace("PORT", "707"), CRASHING, CART),
        StepType.PATCH_ENV,
        f"{POD}.containers[name=app].env[name=CART_URL].value: http://cart:707/v1 -> http://cart:7070/v1",
    ),
    (
        "taint_is_not_tolerated",
        _web("{containers: [{name: app}]}", PENDING.replace("MESSAGE", UNTOLERATED), TAINTED),
        StepType.PATCH_TOLERATION,
        f"{POD}.tolerations: nothing -> [{TOLERATION}]",
    ),
    (
        "node_selector_matches_no_node",
        _web(PICKY, PENDING.replace("MESSAGE", NO_SUCH_NODE), READY_NODE),
        StepType.PATCH_AFFINITY,
        f"{POD}.nodeSelector.disk: fast -> ssd",
    ),
    (
        "new_revision_crashes",
        _web('{containers: [{name: app, image: "web:2", args: [--slow, --new]}]}', CRASHING, OLD),
        StepType.ROLL_BACK,
        f"{POD}.containers[name=app].image: web:2 -> web:1; "
        f"{POD}.containers[name=app].args: ['--slow', '--new'] -> ['--fast']",
    ),
    (
        "volume_is_full",
        _web(ON_CLAIM, CRASHING, CLAIMED.replace("EXPANDS", "true")),
        StepType.EXPAND_CLAIM,
        "spec.resources.requests.storage: 10Gi -> 15Gi",
    ),
    ("autoscaler_is_at_its_maximum", SCALER, StepType.ADJUST_AUTOSCALER, "spec.maxReplicas: 5 -> 8"),
    (
        "ingress_backend_port_does_not_exist",
        INGRESS,
        StepType.PATCH_PORT,
        "spec.rules[0].http.paths[0].backend.service.port: {'number': 8080} -> {'number': 80}",
    ),
]


def _planned(rule: str, text: str) -> tuple[ClusterSnapshot, RemediationPlan]:
    cluster = snapshot_of(text)
    found = diagnose(cluster, Incident())
    causes = [cause for cause in found.root_causes if cause.rule == rule]
    assert causes, [(cause.rule, str(cause.subject)) for cause in found.root_causes]
    plan = plan_for(cluster, causes[0])
    assert plan is not None
    return cluster, plan


@pytest.mark.parametrize(("rule", "text", "kind", "shown"), INCIDENTS, ids=[incident[0] for incident in INCIDENTS])
def test_the_exact_fields_are_planned_and_fit_their_type(rule: str, text: str, kind: StepType, shown: str) -> None:
    cluster, plan = _planned(rule, text)
    (step,) = plan.steps
    assert (step.type, step.verb) == (kind, Verb.PATCH)
    assert "; ".join(map(str, step.edits)) == shown
    assert not list(misfits(step))
    target = cluster.find(step.target)
    assert target is not None
    assert edited(target.raw, step.edits) != target.raw


QUIET = {
    "a probe of a container that declares two ports": (
        "readiness_probe_asks_wrong_port",
        _web(TWO_PORTS, UNREADY, ASKED),
    ),
    "a class whose claims cannot grow": (
        "volume_is_full",
        _web(ON_CLAIM, CRASHING, CLAIMED.replace("EXPANDS", "false")),
    ),
    "a full volume that is no claim": (
        "volume_is_full",
        _web(FULL.replace("VOLUME", "emptyDir: {}"), CRASHING, CLAIMED.replace("EXPANDS", "true")),
    ),
    "a label that nodes hold two values of": (
        "node_selector_matches_no_node",
        _web(
            PICKY,
            PENDING.replace("MESSAGE", NO_SUCH_NODE),
            READY_NODE + READY_NODE.replace("n1", "n2").replace("ssd", "hdd"),
        ),
    ),
    "an Ingress whose Service offers two ports": (
        "ingress_backend_port_does_not_exist",
        INGRESS.replace("[{port: 80}]", "[{port: 80, name: a}, {port: 81, name: b}]").replace(
            "number: 80}", "name: a}"
        ),
    ),
}


@pytest.mark.parametrize("case", QUIET)
def test_what_only_a_person_knows_is_left_to_a_person(case: str) -> None:
    _, plan = _planned(*QUIET[case])
    assert [step.type for step in plan.steps] == [None]


UNKNOWN_FLAG = """
---
kind: Log
subject: Pod/web-2-x
container: app
lines: ["flag provided but not defined: -slow"]
"""


def test_going_back_to_what_serves_is_offered_beside_the_repair() -> None:
    broken = _web('{containers: [{name: app, image: "web:1", args: [-slow]}]}', CRASHING, OLD + UNKNOWN_FLAG)
    _, plan = _planned("command_line_is_not_understood", broken)
    assert [step.type for step in plan.alternatives] == [StepType.ROLL_BACK]
    assert not list(misfits(plan.alternatives[0]))
    nobody = broken.replace("ready: true", "ready: false").replace('status: "True"', 'status: "False"')
    _, alone = _planned("command_line_is_not_understood", nobody)
    assert alone.alternatives == (), "no older revision serves"


BLOCKED = """
kind: CronJob
metadata: {name: report, uid: c}
spec: {schedule: "*/5 * * * *", concurrencyPolicy: Forbid, jobTemplate: {spec: {template: {spec: {containers: []}}}}}
---
kind: Job
metadata:
  name: report-1
  creationTimestamp: "2025-12-31T11:00:00Z"
  ownerReferences: [{apiVersion: batch/v1, kind: CronJob, name: report, uid: c, controller: true}]
spec: {}
status: {active: 1, startTime: "2025-12-31T11:00:00Z"}
---
kind: Event
metadata: {name: e}
reason: JobAlreadyActive
count: 9
lastTimestamp: "2026-01-01T11:59:30Z"
message: Not starting job because prior execution is running and concurrency policy is Forbid
involvedObject: {kind: CronJob, name: report, uid: c}
"""


def test_the_run_that_blocks_others_is_deleted_and_nothing_else() -> None:
    _, plan = _planned("earlier_run_blocks_cron_job", BLOCKED)
    (step,) = plan.steps
    assert (step.type, step.verb, step.target.name) == (StepType.DELETE_JOB, Verb.DELETE, "report-1")
    assert not list(misfits(step))


def test_a_restart_changes_the_template_and_nothing_else() -> None:
    cluster = snapshot_of(_web("{containers: [{name: app}]}", CRASHING))
    cause = RootCause(
        subject=ObjectRef("Deployment", "web", "shop", "apps/v1"), rule="secret_is_newer_than_pods", severity="ERROR",
        statement="s", confidence=0.9, confidence_basis="", evidence=(), chain=(), facts={"secret": "db"},
    )  # fmt: skip
    plan = plan_for(cluster, cause)
    assert plan is not None
    (step,) = plan.steps
    assert step.type is StepType.RESTART
    assert [edit.place for edit in step.edits] == [
        "spec.template.metadata.annotations.kubectl.kubernetes.io/restartedAt"
    ]
    assert not list(misfits(step))
