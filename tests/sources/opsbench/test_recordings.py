"""A recorded case becomes a snapshot, and its label is never opened."""

from __future__ import annotations

import builtins
import io
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cluster_doctor.domain.errors import UnreadableInput
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.records import Anomaly, Metric
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import ConfigMap, Deployment, Event, Node, Pod, Secret, ServiceAccount
from cluster_doctor.sources.opsbench.layout import READ
from cluster_doctor.sources.opsbench.source import OpsBenchSource
from cluster_doctor.sources.protocol import Scope, Source, Want
from opsbench.recording import key, parts, shuffled, write

CART = ObjectRef(kind="Deployment", name="cart", namespace="market", api_version="apps/v1")


@pytest.fixture
def cluster(tmp_path: Path) -> ClusterSnapshot:
    return OpsBenchSource(write(tmp_path, parts())).collect(Scope())


def test_outputs_of_both_files_are_one_set_of_objects(cluster: ClusterSnapshot) -> None:
    (pod,) = cluster.all(Pod)
    assert (pod.name, pod.node_name, pod.ready) == ("cart-7f9-aaaaa", "node-b", True)
    assert pod.containers[0].env == {"STOCK_ADDR": "stock:8080"}
    (event,) = cluster.all(Event)
    assert (event.reason, event.count) == ("Unhealthy", 1)
    assert not cluster.unparsed


def test_a_manifest_adds_fields_but_neither_objects_nor_old_values(cluster: ClusterSnapshot) -> None:
    (deployment,) = cluster.all(Deployment)
    assert deployment.template.affinity == {"podAntiAffinity": {}}
    container = deployment.template.containers[0]
    assert (container.image, container.env) == ("cart:2", {"STOCK_ADDR": "stock:8080"})
    assert container.raw["securityContext"] == {"runAsUser": 7}
    assert deployment.wanted == 1
    assert cluster.exists(ServiceAccount, "market", "cart") is False
    assert [secret.keys for secret in cluster.all(Secret)] == [{"user"}]


def test_nodes_join_the_description_and_the_configuration(cluster: ClusterSnapshot) -> None:
    (node,) = cluster.all(Node)
    assert node.raw["status"]["allocatable"] == {"cpu": "8", "memory": "15Gi"}  # type: ignore[index, call-overload]
    assert node.condition("Ready")["reason"] == "KubeletReady"
    assert "taints" not in node.mapping("spec")


def test_printing_is_dated_by_the_latest_lease_in_the_zone_of_the_descriptions(cluster: ClusterSnapshot) -> None:
    assert cluster.taken_at == datetime(2026, 3, 4, 11, 59, 30, tzinfo=UTC)
    (event,) = cluster.all(Event)
    assert event.last_seen == datetime(2026, 3, 4, 11, 58, 26, tzinfo=UTC)


def test_without_a_fitting_lease_the_stamp_counts(tmp_path: Path) -> None:
    files = parts()
    files["tool_cache.json"]["collection_timestamp"] = "2026-03-05T09:00:00"
    cluster = OpsBenchSource(write(tmp_path, files)).collect(Scope())
    assert cluster.taken_at == datetime(2026, 3, 5, 1, 0, 0, tzinfo=UTC)


def test_lists_that_were_recorded_are_covered_and_others_are_not(cluster: ClusterSnapshot) -> None:
    assert cluster.exists(Secret, "market", "db") is False
    assert cluster.exists(ConfigMap, "market", "settings") is False
    assert cluster.covers("Pod", "market")
    assert not cluster.covers("Ingress", "market")
    assert not cluster.covers("Pod", "elsewhere")
    for records in ("Log", "Metric", "Alert", "NodeService", "ConnectionProbe"):
        assert cluster.covers(records)


def test_what_was_not_recorded_is_not_covered(tmp_path: Path) -> None:
    files = parts()
    files["raw_data/alert.json"] = {}
    files["raw_data/logs.json"] = {}
    files["tool_cache.json"] = {"collection_timestamp": "2026-03-04T20:00:00"}
    cluster = OpsBenchSource(write(tmp_path, files, metrics="")).collect(Scope())
    for records in ("Log", "Metric", "Alert", "NodeService", "ConnectionProbe"):
        assert not cluster.covers(records)


def test_events_of_a_namespace_are_covered_once_everything_in_it_was_described(tmp_path: Path) -> None:
    files = parts()
    del files["raw_data/k8s_states.json"]["kubectl get services -n market"]
    cluster = OpsBenchSource(write(tmp_path / "a", files)).collect(Scope())
    assert cluster.covers("Event", "market")
    files["raw_data/k8s_states.json"]["kubectl get statefulsets -n market"] = "NAME   READY   AGE\nq      1/1     5d\n"
    cluster = OpsBenchSource(write(tmp_path / "b", files)).collect(Scope())
    assert not cluster.covers("Event", "market")


def test_every_statement_of_an_alert_is_a_record_with_its_figures(cluster: ClusterSnapshot) -> None:
    found = {(alert.name, alert.subject, alert.anomaly, alert.before, alert.now) for alert in cluster.alerts}
    stock = ObjectRef(kind="Service", name="stock", namespace="market")
    assert found == {
        ("LATENCY_DEGRADATION", CART, Anomaly.LATENCY, 3.0, 900.0),
        ("THROUGHPUT_DROP", CART, Anomaly.TRAFFIC_DROP, 10.0, 2.5),
        ("FAILED_REQUEST", stock, Anomaly.ERRORS, None, 4.0),
    }
    latency = next(alert for alert in cluster.alerts if alert.anomaly is Anomaly.LATENCY)
    assert latency.started_at == datetime(2026, 3, 4, 11, 55, tzinfo=UTC)


def test_columns_of_samples_are_series_without_their_holes(cluster: ClusterSnapshot) -> None:
    node = ObjectRef(kind="Node", name="node-b")
    assert {(series.subject, series.metric, series.values) for series in cluster.metrics} == {
        (CART, Metric.CPU_CORES, (0.5, 0.7)),
        (CART, Metric.CPU_THROTTLED, (0.1,)),
        (CART, Metric.LATENCY_HIGH, (20.0,)),
        (node, Metric.RETRANSMITS, (0.0, 3.5)),
    }
    assert cluster.metrics[0].times[0] == datetime(2026, 3, 4, 11, 55, tzinfo=UTC).timestamp()


def test_logs_lose_the_stamp_of_kubectl_and_samples_are_not_repeated(cluster: ClusterSnapshot) -> None:
    logs = {log.previous: log for log in cluster.logs}
    assert logs[False].subject == CART
    assert logs[False].lines == ("listening", "ERROR no stock")
    assert logs[True].lines == ("bye",)


def test_the_service_graph_probes_and_node_services_are_records(cluster: ClusterSnapshot) -> None:
    stock = ObjectRef(kind="Service", name="stock", namespace="market")
    gate = ObjectRef(kind="Service", name="gate", namespace="market")
    assert {(edge.caller, edge.callee) for edge in cluster.call_edges} == {(gate, CART), (CART, stock), (gate, stock)}
    assert {
        (probe.target.name, probe.port, probe.from_node, probe.succeeded) for probe in cluster.connection_probes
    } == {
        ("cart", 7070, "node-a", False),
        ("cart", 7070, "node-b", True),
        ("stock", 8080, "", False),
    }
    (service,) = cluster.node_services
    assert (service.node, service.service, service.active, service.detail) == ("node-b", "kubelet", "inactive", "dead")
    assert service.since == datetime(2026, 3, 4, 11, 41, tzinfo=UTC)
    assert service.lines == ("Mar 04 19:41:00 node-b systemd[1]: Stopped Kubernetes Kubelet.",)


def _picture(cluster: ClusterSnapshot) -> tuple[object, ...]:
    return (
        cluster.objects, cluster.coverage, cluster.logs, cluster.alerts, cluster.metrics, cluster.call_edges,
        cluster.connection_probes, cluster.node_services, cluster.taken_at,
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_keys_does_not_change_the_picture(tmp_path: Path, seed: int) -> None:
    straight = OpsBenchSource(write(tmp_path / "a", parts())).collect(Scope())
    mixed = OpsBenchSource(write(tmp_path / "b", shuffled(parts(), seed))).collect(Scope())
    assert _picture(mixed) == _picture(straight)


def test_facts_that_both_files_hold_count_once(tmp_path: Path, cluster: ClusterSnapshot) -> None:
    files = parts()
    for name in list(files["tool_cache.json"]):
        if name.startswith(("GetResources", "DescribeResource")):
            del files["tool_cache.json"][name]
    lone = OpsBenchSource(write(tmp_path / "lone", files)).collect(Scope())
    assert _picture(lone) == _picture(cluster)


def test_optional_probes_do_not_change_the_objects(tmp_path: Path, cluster: ClusterSnapshot) -> None:
    files = parts()
    for name in list(files["tool_cache.json"]):
        if name.startswith("Check"):
            del files["tool_cache.json"][name]
    lone = OpsBenchSource(write(tmp_path / "lone", files)).collect(Scope())
    assert lone.objects == cluster.objects
    assert not lone.covers("NodeService")


def test_the_label_is_never_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(tmp_path, parts())
    (folder / "metadata.json").write_text("not even JSON", encoding="utf-8")
    opened: list[str] = []
    real = io.open

    def watched(file: str | os.PathLike[str] | int, *args: object, **kwargs: object) -> object:
        opened.append(os.fspath(file) if not isinstance(file, int) else "")
        return real(file, *args, **kwargs)  # type: ignore[call-overload]  # passed on as it came

    monkeypatch.setattr(io, "open", watched)
    monkeypatch.setattr(builtins, "open", watched)
    source = OpsBenchSource(folder)
    cluster = source.collect(Scope())
    source.fetch(cluster, [Want("Secret", "market", "db")])
    assert {Path(path).relative_to(folder).as_posix() for path in opened if path.startswith(str(folder))} == set(READ)


def test_an_empty_log_file_is_no_error(tmp_path: Path) -> None:
    folder = write(tmp_path, parts())
    (folder / "raw_data/logs.json").write_bytes(b"")
    cluster = OpsBenchSource(folder).collect(Scope())
    assert [log.lines for log in cluster.logs] == [("ERROR no stock",)]


def test_a_broken_file_and_an_empty_folder_say_so(tmp_path: Path) -> None:
    folder = write(tmp_path / "broken", parts())
    (folder / "tool_cache.json").write_text("{", encoding="utf-8")
    with pytest.raises(UnreadableInput, match="not JSON"):
        OpsBenchSource(folder).collect(Scope())
    with pytest.raises(UnreadableInput, match="holds neither"):
        OpsBenchSource(tmp_path / "nowhere").collect(Scope())


def test_a_recording_cannot_be_asked_for_more(tmp_path: Path, cluster: ClusterSnapshot) -> None:
    source: Source = OpsBenchSource(tmp_path)
    assert source.fetch(cluster, [Want("Secret", "market", "db")]) is cluster


def test_a_failed_command_says_nothing(tmp_path: Path) -> None:
    files = parts()
    files["raw_data/k8s_states.json"]["kubectl get jobs -n market"] = "Unable to connect to the server: EOF\n"
    files["tool_cache.json"][key("GetResources", resource_type="jobs", namespace="market")] = 7
    cluster = OpsBenchSource(write(tmp_path, files)).collect(Scope())
    assert not cluster.covers("Job", "market")
