"""Several accounts of one object are one object; the fuller account wins, and nothing else is lost."""

from __future__ import annotations

import itertools

from cluster_doctor.snapshot.builder import SnapshotBuilder
from cluster_doctor.sources.terminal.merge import JsonObject, deep_merge
from cluster_doctor.sources.terminal.partials import Detail, Partials, new_event, new_object


def _built(accounts: list[tuple[JsonObject, Detail]]) -> tuple[JsonObject, ...]:
    partials = Partials()
    for account, detail in accounts:
        partials.add(account, detail)
    builder = SnapshotBuilder("test")
    partials.flush(builder)
    return builder.build().objects


def _service(**spec: object) -> JsonObject:
    return {**new_object("Service", "web", "shop"), "spec": spec}  # type: ignore[dict-item]  # JSON by hand


def test_the_order_of_accounts_does_not_matter() -> None:
    accounts = [
        (_service(type="ClusterIP", clusterIP="10.0.0.1"), Detail.ROW),
        (_service(type="ClusterIP", clusterIP="10.0.0.2"), Detail.ROW),
        (_service(sessionAffinity="None", type="NodePort"), Detail.DESCRIBED),
        (_service(type="LoadBalancer", healthCheckNodePort=1), Detail.MANIFEST),
    ]
    results = {str(_built(list(order))) for order in itertools.permutations(accounts)}
    assert len(results) == 1
    (built,) = _built(accounts)
    assert built["spec"] == {
        "type": "NodePort", "healthCheckNodePort": 1, "clusterIP": "10.0.0.2", "sessionAffinity": "None",
    }  # fmt: skip


def test_a_manifest_alone_makes_no_object() -> None:
    assert _built([(new_object("ServiceAccount", "biller", "shop"), Detail.MANIFEST)]) == ()


def test_a_manifest_adds_what_a_description_cannot_show_and_no_more() -> None:
    manifest: JsonObject = {
        "spec": {
            "containers": [
                {
                    "name": "app",
                    "image": "old",
                    "env": [{"name": "GONE", "value": "x"}],
                    "livenessProbe": {"httpGet": {"port": 1}},
                    "securityContext": {"runAsUser": 7},
                    "ports": [{"containerPort": 80, "name": "http"}],
                },
                {"name": "removed"},
            ],
            "affinity": {"podAntiAffinity": {}},
            "nodeSelector": {"old": "yes"},
        }
    }
    described: JsonObject = {
        "spec": {
            "containers": [
                {
                    "name": "app",
                    "image": "new",
                    "env": None,
                    "livenessProbe": None,
                    "ports": [{"containerPort": 80, "protocol": "TCP"}],
                }
            ],
            "nodeSelector": {"new": "yes"},
        }
    }
    merged = deep_merge(manifest, described)
    assert merged["spec"] == {
        "containers": [
            {
                "name": "app",
                "image": "new",
                "env": None,
                "livenessProbe": None,
                "securityContext": {"runAsUser": 7},
                "ports": [{"containerPort": 80, "name": "http", "protocol": "TCP"}],
            }
        ],
        "affinity": {"podAntiAffinity": {}},
        "nodeSelector": {"new": "yes"},
    }


def test_a_probe_that_changed_its_kind_does_not_keep_the_old_one() -> None:
    merged = deep_merge(
        {"livenessProbe": {"httpGet": {"port": 80}, "terminationGracePeriodSeconds": 5}},
        {"livenessProbe": {"tcpSocket": {"port": 81}}},
    )
    assert merged == {"livenessProbe": {"tcpSocket": {"port": 81}, "terminationGracePeriodSeconds": 5}}


def test_sightings_of_one_event_join_their_times_and_counts() -> None:
    about: JsonObject = {"kind": "Pod", "name": "web-0", "namespace": "shop"}
    described = new_event(
        about, kind="Warning", reason="BackOff", message="m", component="kubelet", count=9,
        first="2026-03-04T11:00:00Z", last="2026-03-04T11:50:00Z",
    )  # fmt: skip
    listed = new_event(about, kind="Warning", reason="BackOff", message="m", last="2026-03-04T11:51:00Z")
    other = new_event(about, kind="Warning", reason="BackOff", message="another", last="2026-03-04T11:51:00Z")
    for order in itertools.permutations((described, listed, other)):
        partials = Partials()
        for event in order:
            partials.add_event(event)
        builder = SnapshotBuilder("test")
        partials.flush(builder)
        events = builder.build().objects
        assert len(events) == 2
        joined = next(event for event in events if event["message"] == "m")
        assert (joined["count"], joined["source"]) == (9, {"component": "kubelet"})
        assert (joined["firstTimestamp"], joined["lastTimestamp"]) == ("2026-03-04T11:00:00Z", "2026-03-04T11:51:00Z")
