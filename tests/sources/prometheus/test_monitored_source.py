"""Series and alerts of a real Prometheus and Alertmanager, beside a picture of a cluster."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
import yaml

from cluster_doctor.domain.coverage import GapReason
from cluster_doctor.domain.errors import ClusterUnavailable
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.inference.predict import predict
from cluster_doctor.snapshot.builder import SnapshotBuilder
from cluster_doctor.snapshot.records import Anomaly, Metric
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Claim, Node, Pod
from cluster_doctor.sources.prometheus.client import Bounds
from cluster_doctor.sources.prometheus.source import MonitoredSource, Monitoring
from cluster_doctor.sources.protocol import Progress, Scope, Want, silent
from prometheus.conftest import NOW

CLUSTER = """
{apiVersion: v1, kind: Pod, metadata: {name: api-0, namespace: shop}, spec: {nodeName: node-1}}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data, namespace: shop}}
---
apiVersion: v1
kind: Node
metadata: {name: node-1}
status: {addresses: [{type: InternalIP, address: 10.0.0.7}]}
"""
QUICK = Bounds(connect=1, read=2, total=5, attempts=2)
API = Pod.ref_to("shop", "api-0")


class Recorded:
    """A source that shows one picture."""

    description = "a recording"

    def __init__(self, *objects: object) -> None:
        self.objects = objects or tuple(yaml.safe_load_all(CLUSTER))

    def collect(self, scope: Scope, progress: Progress = silent) -> ClusterSnapshot:
        """Show it, whatever is asked."""
        del scope, progress
        builder = SnapshotBuilder("a recording")
        builder.taken_at = NOW
        builder.add_all(self.objects)
        return builder.build()

    def fetch(self, cluster: ClusterSnapshot, wants: Iterable[Want], progress: Progress = silent) -> ClusterSnapshot:
        """Have nothing more."""
        del wants, progress
        return cluster


def _collect(monitoring: Monitoring, namespace: str = "shop") -> ClusterSnapshot:
    return MonitoredSource(Recorded(), monitoring, bounds=QUICK).collect(Scope(namespaces=(namespace,)))


def _last(cluster: ClusterSnapshot, ref: ObjectRef, metric: Metric) -> float:
    series = cluster.series(ref, metric)
    assert series is not None
    assert len(series.times) > 60
    assert series.query
    return round(series.values[-1], 3)


def test_series_of_the_objects_at_hand_are_read_in_canonical_units(prometheus: str) -> None:
    found = _collect(Monitoring(prometheus=prometheus))
    assert _last(found, API, Metric.CPU_CORES) == 0.5
    assert _last(found, API, Metric.CPU_THROTTLED) == 0.1
    assert _last(found, API, Metric.MEMORY_BYTES) == 121e6
    assert _last(found, API, Metric.RECEIVED) == 10.0
    assert _last(found, API, Metric.SENT) == 1.0
    assert _last(found, Node.ref_to(None, "node-1"), Metric.RETRANSMITS) == 2.0
    assert _last(found, Node.ref_to(None, "node-1"), Metric.NODE_DISK_USED) == 0.8, "the fullest of the kubelet's disks"
    assert _last(found, Node.ref_to(None, "node-1"), Metric.NODE_MEMORY_USED) == 0.75
    assert _last(found, Claim.ref_to("shop", "data"), Metric.VOLUME_USED) == 0.95
    assert found.covers("Metric", "shop")
    assert not found.covers("Metric", "other")


def test_what_is_read_foretells_when_the_disk_is_full(prometheus: str) -> None:
    (found,) = predict(_collect(Monitoring(prometheus=prometheus)), Incident(namespaces=("shop",)))
    assert (found.rule, found.subject.name) == ("node_disk_will_be_full", "node-1")
    assert "80.0% now, +15.00% per hour" in found.arithmetic


def test_what_nobody_scrapes_is_a_gap_and_not_a_zero(prometheus: str) -> None:
    quiet = {"kind": "Pod", "metadata": {"name": "quiet", "namespace": "other"}, "spec": {}}
    source = MonitoredSource(Recorded(quiet), Monitoring(prometheus=prometheus), bounds=QUICK)
    found = source.collect(Scope(namespaces=("other",)))
    assert found.metrics == ()
    assert not found.covers("Metric", "other")
    assert [(gap.kind, gap.reason) for gap in found.coverage.gaps] == [("Metric", GapReason.NOT_RECORDED)]


def test_names_from_the_cluster_cannot_change_the_query(prometheus: str) -> None:
    metadata = {"name": 'x"} or vector(1) or up{a="', "namespace": 'n"} or up{a="'}
    hostile = Recorded({"kind": "Pod", "metadata": metadata, "spec": {}})
    source = MonitoredSource(hostile, Monitoring(prometheus=prometheus), bounds=QUICK)
    found = source.collect(Scope(namespaces=('n"} or up{a="',)))
    assert found.metrics == ()
    assert {gap.reason for gap in found.coverage.gaps} == {GapReason.NOT_RECORDED}


def test_firing_alerts_become_records_with_their_subject(alertmanager: str) -> None:
    began = datetime.now(UTC) - timedelta(minutes=5)
    alerts = [
        {
            "labels": {"alertname": "CPUThrottlingHigh", "namespace": "shop", "pod": "api-0", "severity": "warning"},
            "annotations": {"summary": "Processes are throttled.", "description": "41% throttling in shop."},
        },
        {
            "labels": {
                "alertname": "KubeDeploymentReplicasMismatch", "namespace": "shop", "deployment": "web",
                "pod": "kube-state-metrics-0", "job": "kube-state-metrics", "instance": "10.0.0.1:8080",
            },
            "annotations": {},
        },
        {"labels": {"alertname": "Watchdog"}, "annotations": {"message": "always firing"}},
    ]  # fmt: skip
    body = json.dumps([{**alert, "startsAt": began.isoformat()} for alert in alerts]).encode()
    request = urllib.request.Request(  # noqa: S310 - loopback
        f"{alertmanager}/api/v2/alerts", body, {"Content-Type": "application/json"}
    )
    assert urllib.request.urlopen(request, timeout=5).status == 200  # noqa: S310 - loopback

    found = _collect(Monitoring(alertmanager=alertmanager))
    assert found.covers("Alert", "shop")
    by_name = {alert.name: alert for alert in found.alerts}
    throttled = by_name["CPUThrottlingHigh"]
    assert throttled.subject == API
    assert throttled.anomaly is Anomaly.CPU
    assert throttled.text == "Processes are throttled. 41% throttling in shop."
    assert throttled.severity == "warning"
    assert throttled.started_at is not None
    assert abs(throttled.started_at - began) < timedelta(seconds=2)
    assert str(by_name["KubeDeploymentReplicasMismatch"].subject) == "Deployment shop/web", "not the exporter's Pod"
    assert by_name["Watchdog"].subject is None


def test_more_can_be_fetched_later(prometheus: str) -> None:
    source = MonitoredSource(Recorded(), Monitoring(prometheus=prometheus), bounds=QUICK)
    before = Recorded().collect(Scope())
    assert source.fetch(before, [Want("Service", "shop")]).metrics == ()
    assert source.fetch(before, [Want("Metric", "shop")]).covers("Metric", "shop")
    assert before.metrics == ()


@pytest.mark.parametrize("part", ["prometheus", "alertmanager"])
def test_monitoring_that_does_not_answer_leaves_a_gap_and_the_picture(part: str) -> None:
    found = _collect(Monitoring(**{part: "http://127.0.0.1:1"}))
    kind = "Metric" if part == "prometheus" else "Alert"
    assert [(gap.kind, gap.reason) for gap in found.coverage.gaps] == [(kind, GapReason.UNREACHABLE)]
    assert not found.covers(kind, "shop")
    assert found.exists(Pod, "shop", "api-0") is True


def test_a_url_that_is_none_is_an_error_before_anything_is_sent() -> None:
    with pytest.raises(ClusterUnavailable, match="'prometheus:9090'"):
        _collect(Monitoring(prometheus="prometheus:9090"))
