"""What changed is read off the traces that a cluster keeps, dated where they tell, and never made up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cluster_doctor.domain.change import Change, ChangeKind
from cluster_doctor.rules.example import NOW, snapshot_of
from cluster_doctor.snapshot.changes.changes import MOST_CHANGES, all_changes, changes_since
from cluster_doctor.snapshot.changes.difference import MOST_FIELDS, differences
from cluster_doctor.snapshot.door import Door

DAY = timedelta(hours=24)

ROLLOUT = """
kind: Deployment
metadata:
  name: web
  creationTimestamp: '2025-12-01T00:00:00Z'
  managedFields:
  - {manager: kube-controller-manager, operation: Update, subresource: status, time: '2026-01-01T11:59:00Z'}
  - {manager: argocd-controller, operation: Apply, time: '2026-01-01T11:50:01Z'}
---
kind: ReplicaSet
metadata:
  name: web-1
  creationTimestamp: '2025-12-01T00:00:00Z'
  annotations: {deployment.kubernetes.io/revision: '1'}
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]
spec:
  template:
    metadata: {labels: {app: web, pod-template-hash: '1'}}
    spec:
      containers:
      - name: app
        image: web:1
        env: [{name: MODE, value: old}, {name: KEEP, value: x}]
        resources: {limits: {memory: 512Mi}}
---
kind: ReplicaSet
metadata:
  name: web-2
  creationTimestamp: '2026-01-01T11:50:00Z'
  annotations: {deployment.kubernetes.io/revision: '2'}
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]
spec:
  template:
    metadata: {labels: {app: web, pod-template-hash: '2'}}
    spec:
      containers:
      - name: sidecar
        image: proxy:1
      - name: app
        image: web:1
        env: [{name: KEEP, value: x}, {name: MODE, value: new}]
        resources: {limits: {memory: 64Mi}}
"""
REVISIONS = """
kind: StatefulSet
metadata: {name: db, creationTimestamp: '2025-12-01T00:00:00Z'}
---
kind: ControllerRevision
metadata:
  name: db-a
  creationTimestamp: '2025-12-01T00:00:00Z'
  ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: db, controller: true}]
revision: 1
data: {spec: {template: {$patch: replace, spec: {containers: [{name: db, image: 'postgres:15'}]}}}}
---
kind: ControllerRevision
metadata:
  name: db-b
  creationTimestamp: '2026-01-01T11:00:00Z'
  ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: db, controller: true}]
revision: 2
data: {spec: {template: {$patch: replace, spec: {containers: [{name: db, image: 'postgres:16'}]}}}}
"""


def _only(text: str) -> Change:
    (change,) = changes_since(snapshot_of(text), DAY).changes
    return change


def test_a_rollout_tells_each_field_before_and_after_and_who_made_it() -> None:
    change = _only(ROLLOUT)
    assert (change.kind, str(change.subject)) == (ChangeKind.ROLLOUT, "Deployment shop/web")
    assert change.at == datetime(2026, 1, 1, 11, 50, tzinfo=UTC)
    assert change.by == "argocd-controller", "not the controller that reports the status"
    assert [(field.path, field.before, field.after) for field in change.fields] == [
        ("spec.template.spec.containers[0]", None, {"name": "sidecar", "image": "proxy:1"}),
        ("spec.template.spec.containers[1].env[1].value", "old", "new"),
        ("spec.template.spec.containers[1].resources.limits.memory", "512Mi", "64Mi"),
    ], "neither the order of members nor the hash is a change"


def test_controller_revisions_tell_what_stateful_sets_changed() -> None:
    change = _only(REVISIONS)
    assert [(field.path, field.before, field.after) for field in change.fields] == [
        ("spec.template.spec.containers[0].image", "postgres:15", "postgres:16")
    ]


@pytest.mark.parametrize(
    ("text", "older", "newer"),
    [
        (ROLLOUT, "revision: '2'}", "revision: '2', deployment.kubernetes.io/revision-history: '1'}"),
        (REVISIONS, "2026-01-01T11:00:00Z", "2025-11-01T00:00:00Z"),
    ],
)
def test_when_a_rollback_was_made_is_not_known(text: str, older: str, newer: str) -> None:
    change = _only(text.replace(older, newer))
    assert change.at is None
    assert change.fields


def test_a_restart_is_told_as_one() -> None:
    restarted = ROLLOUT.replace(
        "metadata: {labels: {app: web, pod-template-hash: '2'}}",
        "metadata: {labels: {app: web}, annotations: {kubectl.kubernetes.io/restartedAt: '2026-01-01T11:50:00Z'}}",
    )
    head, _, _ = restarted.rpartition("    spec:\n")
    template = ROLLOUT.partition("    spec:\n")[2].partition("---")[0]
    assert _only(f"{head}    spec:\n{template}").statement == "revision 2 restarts the Pods and changes nothing else"


def test_a_write_of_configuration_has_its_time_and_writer_and_no_values() -> None:
    change = _only("""
        kind: ConfigMap
        metadata:
          name: settings
          creationTimestamp: '2025-12-01T00:00:00Z'
          managedFields:
          - {manager: helm, operation: Update, time: '2025-12-01T00:00:00Z'}
          - {manager: kubectl-edit, operation: Update, time: '2026-01-01T11:30:00Z'}
        data: {a: b}
    """)
    assert (change.kind, change.by) == (ChangeKind.CONFIGURATION, "kubectl-edit")
    assert change.at == datetime(2026, 1, 1, 11, 30, tzinfo=UTC)
    assert change.fields == (), "what it held before is not on record"


def test_a_secret_is_dated_and_nothing_of_its_values_is_told() -> None:
    raw = {
        "kind": "Secret",
        "metadata": {
            "name": "db",
            "namespace": "shop",
            "creationTimestamp": "2025-12-01T00:00:00Z",
            "managedFields": [{"manager": "rotator", "time": "2026-01-01T11:40:00Z"}],
        },
        "data": {"password": "aHVudGVyMg=="},
    }
    admitted = Door().admit(raw)
    assert admitted is not None
    change = _only(str(admitted).replace("'", '"'))
    assert change.at == datetime(2026, 1, 1, 11, 40, tzinfo=UTC)
    assert "hunter2" not in change.model_dump_json()
    assert "aHVudGVyMg" not in change.model_dump_json()


def test_the_door_keeps_who_wrote_an_object_when_and_not_what() -> None:
    fields = [
        {"manager": "kubectl-edit", "operation": "Update", "time": "T", "fieldsV1": {"f:data": {}}, "apiVersion": "v1"},
        {"manager": "kubelet", "operation": "Update", "subresource": "status", "time": "T"},
    ]
    for kind, kept in (("ConfigMap", [{"manager": "kubectl-edit", "operation": "Update", "time": "T"}]), ("Pod", None)):
        admitted = Door().admit({"kind": kind, "metadata": {"name": "x", "managedFields": fields}})
        assert admitted is not None
        assert isinstance(admitted["metadata"], dict)
        assert admitted["metadata"].get("managedFields") == kept


NODES = """
kind: Node
metadata: {name: n1, creationTimestamp: '2025-12-01T00:00:00Z'}
spec:
  unschedulable: true
  taints:
  - {key: node.kubernetes.io/unschedulable, effect: NoSchedule, timeAdded: '2026-01-01T11:20:00Z'}
  - {key: example.com/drain, effect: NoExecute, timeAdded: '2026-01-01T11:25:00Z'}
status:
  conditions:
  - {type: Ready, status: 'True', reason: KubeletReady, lastTransitionTime: '2025-12-01T00:00:30Z'}
  - {type: DiskPressure, status: 'True', reason: NoRoom, lastTransitionTime: '2026-01-01T11:10:00Z'}
---
kind: Event
metadata: {name: e1}
involvedObject: {kind: Node, name: n1}
reason: Starting
message: Starting kubelet.
source: {component: kubelet}
lastTimestamp: '2026-01-01T11:00:00Z'
---
kind: Event
metadata: {name: e2}
involvedObject: {kind: Node, name: n1}
reason: Starting
source: {component: kube-proxy}
lastTimestamp: '2026-01-01T11:00:10Z'
"""


def test_a_node_tells_what_was_done_to_it() -> None:
    told = [change.statement for change in changes_since(snapshot_of(NODES), DAY).changes]
    assert told == [
        "taint example.com/drain:NoExecute was added",
        "it was cordoned",
        "condition DiskPressure became True (NoRoom)",
        "its kubelet started",
    ], "it joined a month ago, was ready at once, and kube-proxy is not the kubelet"


@pytest.mark.parametrize(
    ("text", "kind", "statement"),
    [
        (
            "{kind: HorizontalPodAutoscaler, metadata: {name: web}, "
            "spec: {scaleTargetRef: {kind: Deployment, name: web}}, "
            "status: {lastScaleTime: '2026-01-01T11:00:00Z', desiredReplicas: 7}}",
            ChangeKind.SCALING,
            "autoscaler web scaled it; it wants 7",
        ),
        (
            "{kind: NetworkPolicy, metadata: {name: deny, creationTimestamp: '2026-01-01T11:00:00Z'}}",
            ChangeKind.POLICY,
            "was created",
        ),
        (
            "{kind: Job, metadata: {name: migrate}, status: {startTime: '2026-01-01T11:00:00Z'}}",
            ChangeKind.JOB,
            "it began",
        ),
        (
            "{kind: Application, apiVersion: argoproj.io/v1alpha1, metadata: {name: web}, status: {history: ["
            "{id: 4, revision: 0a1b2c, deployedAt: '2026-01-01T11:00:00Z', initiatedBy: {username: ann}}]}}",
            ChangeKind.DELIVERY,
            "Argo CD deployed 0a1b2c",
        ),
        (
            "{kind: Application, apiVersion: argoproj.io/v1alpha1, metadata: {name: web}, status: {operationState: "
            "{phase: Failed, message: one or more objects failed, finishedAt: '2026-01-01T11:00:00Z', "
            "syncResult: {revision: 0a1b2c}}}}",
            ChangeKind.DELIVERY,
            "Argo CD's sync of 0a1b2c ended with Failed: one or more objects failed",
        ),
        (
            "{kind: Kustomization, apiVersion: kustomize.toolkit.fluxcd.io/v1, metadata: {name: apps}, status: "
            "{history: [{firstReconciled: '2026-01-01T11:00:00Z', lastReconciled: '2026-01-01T11:50:00Z', "
            "lastReconciledStatus: ReconciliationSucceeded, metadata: {revision: 'main@sha1:0a1b2c'}}]}}",
            ChangeKind.DELIVERY,
            "Flux applied main@sha1:0a1b2c: ReconciliationSucceeded",
        ),
        (
            "{kind: HelmRelease, apiVersion: helm.toolkit.fluxcd.io/v2, metadata: {name: web}, status: {history: "
            "[{chartName: web, chartVersion: 1.4.0, version: 7, status: deployed, "
            "lastDeployed: '2026-01-01T11:00:00Z'}]}}",
            ChangeKind.DELIVERY,
            "Flux released chart web 1.4.0 as revision 7: deployed",
        ),
        (
            "{kind: Secret, type: helm.sh/release.v1, metadata: {name: sh.helm.release.v1.web.v7, "
            "creationTimestamp: '2026-01-01T11:00:00Z', "
            "labels: {owner: helm, name: web, version: '7', status: deployed}}}",
            ChangeKind.DELIVERY,
            "Helm made revision 7 of release web (deployed)",
        ),
    ],
)
def test_each_source_of_changes_is_read_and_dated(text: str, kind: ChangeKind, statement: str) -> None:
    change = _only(text)
    assert (change.kind, change.statement) == (kind, statement)
    assert change.at == datetime(2026, 1, 1, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize("text", [ROLLOUT, REVISIONS, NODES])
def test_every_change_cites_what_the_snapshot_holds(text: str) -> None:
    cluster = snapshot_of(text)
    for change in all_changes(cluster):
        assert change.evidence
        assert all(map(cluster.holds, change.evidence))


def test_what_flux_applied_without_a_time_has_none_and_comes_last() -> None:
    undated = (
        "{kind: Kustomization, apiVersion: kustomize.toolkit.fluxcd.io/v1, metadata: {name: apps}, "
        "status: {lastAppliedRevision: 'main@sha1:0a1b2c'}}"
    )
    changes = changes_since(snapshot_of(f"{undated}\n---\n{ROLLOUT}"), DAY).changes
    assert [change.at is None for change in changes] == [False, True]


def test_a_time_after_the_picture_is_not_believed() -> None:
    ahead = "{kind: NetworkPolicy, metadata: {name: deny, creationTimestamp: '2026-01-01T13:00:00Z'}}"
    assert _only(ahead).at is None
    near = ahead.replace("13:00:00", "12:00:30")
    assert _only(near).at is not None, "clocks differ by seconds"


def test_what_is_older_than_asked_for_or_elsewhere_is_left_out() -> None:
    cluster = snapshot_of(ROLLOUT)
    assert changes_since(cluster, timedelta(minutes=5)).changes == ()
    assert changes_since(cluster, DAY, ["other"]).changes == ()
    assert len(changes_since(cluster, DAY, ["shop"]).changes) == 1


def test_what_was_only_written_down_has_no_history() -> None:
    assert all_changes(snapshot_of("{kind: ConfigMap, metadata: {name: a}, data: {}}")) == ()


def test_a_list_of_changes_is_bounded() -> None:
    many = "\n---\n".join(
        f"{{kind: ConfigMap, metadata: {{name: c{n}, creationTimestamp: '2026-01-01T11:00:00Z'}}}}"
        for n in range(MOST_CHANGES + 3)
    )
    found = changes_since(snapshot_of(many), DAY)
    assert (len(found.changes), found.left_out) == (MOST_CHANGES, 3)
    anew = differences({f"k{n}": 1 for n in range(200)}, {f"k{n}": 2 for n in range(200)})
    assert len(anew) == MOST_FIELDS


@pytest.mark.parametrize(
    "odd",
    [
        "{kind: ReplicaSet, metadata: {name: r, annotations: {deployment.kubernetes.io/revision: '9'}}, spec: 5}",
        "{kind: Node, metadata: {name: n, creationTimestamp: soon}, spec: {taints: 1}, status: {conditions: [1, {}]}}",
        "{kind: Application, apiVersion: argoproj.io/v1, metadata: {name: a}, status: {history: [{deployedAt: 7}, 3]}}",
        "{kind: Job, metadata: {name: j}, status: [1]}",
        "{kind: ConfigMap, metadata: {name: c, managedFields: {time: 1}}}",
    ],
)
def test_odd_objects_break_nothing(odd: str) -> None:
    assert all(change.at is None or change.at <= NOW for change in all_changes(snapshot_of(odd)))
