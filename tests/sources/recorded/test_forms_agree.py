"""The same facts in any recorded form give the same root causes."""

from __future__ import annotations

from pathlib import Path

import pytest
from forms import written

from cluster_doctor.domain.errors import UnreadableInput
from cluster_doctor.domain.incident import Incident
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.sources.protocol import Scope
from cluster_doctor.sources.recognise import open_recorded

POD = """
apiVersion: v1
kind: Pod
metadata:
  name: {name}
  namespace: shop
  creationTimestamp: "2026-03-01T09:00:00Z"
  labels: {{app: {app}, pod-template-hash: 5d4f}}
  ownerReferences: [{{apiVersion: apps/v1, kind: ReplicaSet, name: {app}-5d4f, controller: true}}]
spec:
  nodeName: worker-1
  serviceAccountName: default
  containers: [{{name: {app}, image: "registry.example/{app}:1.4.2", resources: {{limits: {{memory: 64Mi}}}}}}]
status:
  phase: Running
  conditions: [{{type: Ready, status: "{healthy}"}}]
  containerStatuses:
  - {{name: {app}, ready: {ready}, restartCount: {restarts}, state: {state}, lastState: {last}}}
"""
KILLED = """{terminated: {reason: OOMKilled, exitCode: 137, startedAt: "2026-03-01T09:29:00Z",
      finishedAt: "2026-03-01T09:30:00Z"}}"""
WAITING = "{waiting: {reason: CrashLoopBackOff, message: back-off 5m0s restarting failed container}}"
RUNNING = '{running: {startedAt: "2026-03-01T09:00:05Z"}}'

STATE = (
    """
apiVersion: v1
kind: Node
metadata: {name: worker-1, creationTimestamp: "2026-01-01T00:00:00Z"}
spec: {}
status:
  conditions: [{type: Ready, status: "True"}]
  allocatable: {cpu: "4", memory: 16Gi, pods: "110"}
---
apiVersion: v1
kind: Service
metadata: {name: storefront, namespace: shop, creationTimestamp: "2026-03-01T09:00:00Z"}
spec: {selector: {app: storefront}, ports: [{port: 80, targetPort: "8080"}], clusterIP: 10.0.0.7}
---
apiVersion: v1
kind: Service
metadata: {name: orders, namespace: shop, creationTimestamp: "2026-03-01T09:00:00Z"}
spec: {selector: {app: orders}, ports: [{port: 80, targetPort: "8080"}], clusterIP: 10.0.0.8}
"""
    + "".join(
        f"""---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {app}, namespace: shop, uid: d-{app}, creationTimestamp: "2026-03-01T09:00:00Z", generation: 1}}
spec:
  replicas: 1
  selector: {{matchLabels: {{app: {app}}}}}
  template:
    metadata: {{labels: {{app: {app}}}}}
    spec: {{containers: [{{name: {app}, image: "registry.example/{app}:1.4.2"}}]}}
status: {{replicas: 1, readyReplicas: 1, availableReplicas: 1, updatedReplicas: 1, observedGeneration: 1}}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata:
  name: {app}-5d4f
  namespace: shop
  creationTimestamp: "2026-03-01T09:00:00Z"
  ownerReferences: [{{apiVersion: apps/v1, kind: Deployment, name: {app}, uid: d-{app}, controller: true}}]
spec: {{replicas: 1, selector: {{matchLabels: {{app: {app}}}}}, template: {{metadata: {{labels: {{app: {app}}}}}}}}}
status: {{replicas: 1, readyReplicas: 1}}
---"""
        + POD.format(
            name=f"{app}-5d4f-x1",
            app=app,
            ready=ready,
            healthy=ready.title(),
            restarts=restarts,
            state=state,
            last=last,
        )
        for app, ready, restarts, state, last in (
            ("storefront", "false", 7, WAITING, KILLED),
            ("orders", "true", 0, RUNNING, "{}"),
        )
    )
    + """---
apiVersion: v1
kind: Event
metadata: {name: storefront-5d4f-x1.1, namespace: shop, creationTimestamp: "2026-03-01T09:10:00Z"}
involvedObject: {apiVersion: v1, kind: Pod, name: storefront-5d4f-x1, namespace: shop}
reason: BackOff
type: Warning
message: Back-off restarting failed container storefront in pod storefront-5d4f-x1
count: "12"
lastTimestamp: "2026-03-01T09:31:00Z"
---
apiVersion: v1
kind: Endpoints
metadata: {name: storefront, namespace: shop, creationTimestamp: "2026-03-01T09:00:00Z"}
---
apiVersion: v1
kind: Endpoints
metadata: {name: orders, namespace: shop, creationTimestamp: "2026-03-01T09:00:00Z"}
subsets: [{addresses: [{ip: 10.1.0.4, targetRef: {kind: Pod, name: orders-5d4f-x1}}], ports: [{port: 8080}]}]
"""
)
LOGS = {
    ("shop", "storefront-5d4f-x1", "storefront"): "listening on 8080\nready\n",
    ("shop", "orders-5d4f-x1", "orders"): "listening on 8080\nGET http://storefront failed: connection refused\n",
}
FILES = {
    "cluster-info dump": written.cluster_dump(written.load(STATE), LOGS),
    "must-gather": written.must_gather(written.load(STATE), LOGS),
    "support bundle": written.support_bundle(written.load(STATE), LOGS),
    "manifests": written.manifests(written.load(STATE)),
}
SINGLE = {
    "snapshot": written.snapshot(written.load(STATE), LOGS),
    "dump stream": written.dump_stream(written.load(STATE), LOGS),
    "kubectl get": written.got(written.load(STATE)),
}
WITH_LOGS = {"cluster-info dump", "must-gather", "support bundle", "snapshot", "dump stream"}


def causes(cluster: ClusterSnapshot) -> list[tuple[str, str]]:
    return [(cause.rule, str(cause.subject)) for cause in diagnose(cluster, Incident()).root_causes]


def check(cluster: ClusterSnapshot, form: str) -> None:
    assert causes(cluster) == expected()
    assert {log.subject.name: log.lines for log in cluster.logs} == (
        {pod: tuple(log.splitlines()) for (_, pod, _), log in LOGS.items()} if form in WITH_LOGS else {}
    )
    assert not cluster.unparsed
    assert not [gap for gap in cluster.coverage.gaps if gap.kind == "File"]
    assert cluster.covers("Pod", "shop")
    assert cluster.covers("Node")
    assert not cluster.covers("Pod", "elsewhere")


def expected() -> list[tuple[str, str]]:
    return causes(open_recorded(SINGLE["snapshot"]).collect(Scope()))


def test_the_state_has_one_cause() -> None:
    assert [rule for rule, _ in expected()] == ["memory_limit_is_exceeded"]


@pytest.mark.parametrize("form", FILES)
def test_a_folder_gives_the_same_causes(form: str, tmp_path: Path) -> None:
    check(open_recorded(written.spread(FILES[form], tmp_path)).collect(Scope()), form)


@pytest.mark.parametrize("packing", written.PACKINGS)
@pytest.mark.parametrize("form", FILES)
def test_an_archive_of_a_folder_gives_the_same_causes(form: str, packing: str) -> None:
    check(open_recorded(written.PACKINGS[packing](FILES[form])).collect(Scope()), form)


@pytest.mark.parametrize("packing", [None, *written.PACKINGS])
@pytest.mark.parametrize("form", SINGLE)
def test_a_file_and_its_archive_give_the_same_causes(form: str, packing: str | None, tmp_path: Path) -> None:
    content = SINGLE[form]
    path = tmp_path / "recording"
    path.write_bytes(written.PACKINGS[packing]({"one": content}) if packing else content)
    check(open_recorded(path).collect(Scope()), form)


def test_a_dump_covers_what_kubectl_dumps_and_no_more() -> None:
    cluster = open_recorded(SINGLE["dump stream"]).collect(Scope())
    assert cluster.covers("DaemonSet", "shop")
    assert cluster.covers("Event", "shop")
    for kind in ("ConfigMap", "Secret", "StatefulSet", "PersistentVolumeClaim", "Endpoints"):
        assert not cluster.covers(kind, "shop"), kind


def test_a_must_gather_without_its_version_file_covers_nodes_by_name_only() -> None:
    files = {name: content for name, content in FILES["must-gather"].items() if not name.endswith("version")}
    cluster = open_recorded(written.tarred(files)).collect(Scope())
    assert cluster.covers("Node", None, "worker-1")
    assert not cluster.covers("Node")


def test_errors_in_a_support_bundle_become_gaps() -> None:
    files = dict(FILES["support bundle"])
    top = "support-bundle-2026-03-01T10_00_00/cluster-resources/"
    del files[f"{top}events/shop.json"]
    files[f"{top}events-errors.json"] = b'{"shop": "events is forbidden: User cannot list resource"}'
    files[f"{top}pods/logs/shop/orders-5d4f-x1/orders-logs-errors.log"] = b"failed to get log stream"
    cluster = open_recorded(written.zipped(files)).collect(Scope())
    assert not cluster.covers("Event", "shop")
    assert {(gap.kind, gap.reason.value) for gap in cluster.coverage.gaps} == {
        ("Event", "forbidden"),
        ("Log", "not recorded"),
    }
    assert cluster.server_version == "v1.33.1"


def test_one_broken_list_costs_that_list_only(tmp_path: Path) -> None:
    files = {**FILES["cluster-info dump"], "shop/services.json": b'{"kind": "ServiceList", "items": [{'}
    cluster = open_recorded(written.spread(files, tmp_path)).collect(Scope())
    assert cluster.covers("Pod", "shop")
    assert not cluster.covers("Service", "shop")
    assert [(gap.kind, gap.reason.value) for gap in cluster.coverage.gaps] == [("Service", "unreadable")]
    assert causes(cluster) == expected()


def test_a_recording_of_terminal_answers_is_read_from_an_archive() -> None:
    answers = b'{"metadata": {}}'
    files = {"case/tool_cache.json": b"[", "case/raw_data/k8s_states.json": answers}
    with pytest.raises(UnreadableInput, match=r"tool_cache\.json is not JSON"):
        open_recorded(written.tarred(files)).collect(Scope())
