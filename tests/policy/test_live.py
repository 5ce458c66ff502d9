"""A policy is asked about the object as it is right before a write, with what is on record of earlier writes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import JsonValue

from cluster_doctor.domain.errors import RunError
from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.remediation import RemediationStep
from cluster_doctor.domain.steps import StepType
from cluster_doctor.history.history import History
from cluster_doctor.history.write_log import WriteKind, WriteLog, WriteState
from cluster_doctor.remediation.policy import live_judge, writes_on_record
from cluster_doctor.remediation.policy.facts import NamespaceLabels
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from policy.given import WEB, policy, step

HERE = "uid-1"
ANYTHING = "allow: [{name: all, routes: [cluster], ENTRY}]"
SEEN = """
kind: Deployment
metadata: {name: web, namespace: shop, labels: {app: old}}
---
kind: Namespace
metadata: {name: shop, labels: {team: shop}}
"""
LIVE: dict[str, JsonValue] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "namespace": "shop", "labels": {"app": "web"}},
}
NODE, OTHER_NODE = ObjectRef("Node", "n1"), ObjectRef("Node", "n2")
POD, OTHER_POD = ObjectRef("Pod", "web-0", "shop"), ObjectRef("Pod", "web-1", "shop")
UNSCHEDULABLE = ("spec", "unschedulable")


@pytest.fixture
def log(tmp_path: Path) -> Iterator[WriteLog]:
    with History(tmp_path) as history:
        history.log.begin("r", "", "")
        yield history.writes


def picture(uid: str | None = HERE) -> ClusterSnapshot:
    seen = snapshot_of(SEEN)
    seen.identity = ClusterIdentity(system_uid=uid)
    return seen


def refused(
    entry: str,
    log: WriteLog,
    judged: RemediationStep,
    live: dict[str, JsonValue] | None,
    uid: str | None = HERE,
    labels_now: NamespaceLabels | None = None,
) -> str:
    found = live_judge(policy(ANYTHING.replace("ENTRY", entry)), log)(picture(uid), labels_now)(judged, live)
    return "" if found.allowed else "; ".join(found.reasons)


def wrote(
    log: WriteLog,
    target: ObjectRef,
    state: WriteState = WriteState.DONE,
    *,
    body: dict[str, JsonValue] | None = None,
    diff: list[JsonValue] | None = None,
    cluster: str = HERE,
) -> None:
    """Put a write on record as the protocol does."""
    digest = str(len(log.of_run("r")))
    number = log.intend("r", "1.1", WriteKind.APPLY, target, digest, body or {}, cluster=cluster, approver="ada")
    if state is not WriteState.INTENDED:
        log.settle(number, state, "", {"diff": diff or []})


def test_labels_are_those_that_the_object_has_now_and_namespaces_those_of_the_picture(log: WriteLog) -> None:
    assert not refused("labels: {matchLabels: {app: web}}", log, step(), LIVE)
    assert "does not have the labels" in refused("labels: {matchLabels: {app: old}}", log, step(), LIVE)
    assert not refused("namespace_labels: {matchLabels: {team: shop}}", log, step(), LIVE)


@pytest.mark.parametrize(
    ("now", "told"),
    [({"team": "shop"}, ""), ({"team": "pay"}, "its namespace does not have the labels"), (None, "are not known")],
)
def test_labels_of_a_namespace_that_can_be_read_are_those_of_now(
    now: dict[str, str] | None, told: str, log: WriteLog
) -> None:
    asked: list[str] = []

    def labels(namespace: str) -> dict[str, str] | None:
        asked.append(namespace)
        return now

    selector = "namespace_labels: {matchLabels: {team: shop}}"
    said = refused(selector, log, step(), LIVE, labels_now=labels)
    assert (told in said, bool(said), asked) == (True, bool(told), ["shop"])


@pytest.mark.parametrize(
    "entry",
    ["namespaces: [shop]", "kinds: [StatefulSet], namespace_labels: {matchLabels: {team: shop}}"],
)
def test_labels_of_a_namespace_are_not_read_where_no_verdict_depends_on_them(entry: str, log: WriteLog) -> None:
    asked: list[str] = []
    refused(entry, log, step(), LIVE, labels_now=asked.append)
    assert asked == []


def test_a_keeper_that_came_since_is_seen(log: WriteLog) -> None:
    marks: JsonValue = {"argocd.argoproj.io/tracking-id": "shop:apps/Deployment:shop/web"}
    kept = {**LIVE, "metadata": {"name": "web", "namespace": "shop", "annotations": marks}}
    assert "Argo CD application shop keeps" in refused("types: [scale]", log, step(), kept)
    assert not refused("types: [scale]", log, step(), LIVE)


@pytest.mark.parametrize(
    ("state", "counts"),
    [
        (WriteState.DONE, True),
        (WriteState.INTENDED, True),
        (WriteState.UNKNOWN, True),
        (WriteState.REFUSED, False),
        (WriteState.FAILED, False),
    ],
)
def test_a_write_counts_if_it_happened_or_may_have(state: WriteState, counts: bool, log: WriteLog) -> None:  # noqa: FBT001 - a table
    wrote(log, WEB, state)
    assert bool(refused("rate: {per_object: {writes: 1, within: 1h}}", log, step(), LIVE)) is counts


def test_writes_to_another_cluster_do_not_count(log: WriteLog) -> None:
    wrote(log, WEB, cluster="uid-2")
    assert not refused("rate: {overall: {writes: 1, within: 1h}}", log, step(), LIVE)
    assert "which cluster this is is not known" in refused("types: [scale]", log, step(), LIVE, uid=None)


def test_nodes_and_pods_are_told_by_what_is_on_record(log: WriteLog) -> None:
    cordon = step(StepType.CORDON, NODE, (UNSCHEDULABLE, None, True))
    node: dict[str, JsonValue] = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1"}}
    wrote(log, OTHER_NODE, diff=[{"path": [*UNSCHEDULABLE], "was": None, "becomes": True}])
    assert "cordoned by us already" in refused("types: [cordon]", log, cordon, node)
    wrote(log, OTHER_NODE, diff=[{"path": [*UNSCHEDULABLE], "was": True, "becomes": None}])
    assert not refused("types: [cordon]", log, cordon, node)
    wrote(log, OTHER_NODE, WriteState.UNKNOWN)
    assert "cordoned by us already" in refused("types: [cordon]", log, cordon, node), "it may be"

    evict = step(StepType.EVICT_POD, POD)
    pod: dict[str, JsonValue] = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web-0", "namespace": "shop"}}
    assert not refused("types: [evict_pod]", log, evict, pod)
    wrote(log, OTHER_POD, body={"method": "POST", "path": "/api/v1/namespaces/shop/pods/web-1/eviction"})
    assert "1 Pod was evicted or deleted" in refused("types: [evict_pod]", log, evict, pod)
    past = writes_on_record(log, HERE, datetime(2000, 1, 1, tzinfo=UTC))
    assert [write.type for write in past] == [StepType.CORDON, StepType.UNCORDON, None, StepType.EVICT_POD]


def test_a_record_that_cannot_be_read_denies(log: WriteLog, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: datetime) -> None:
        raise RunError("the record is damaged")

    monkeypatch.setattr(log, "since", broken)
    assert "the writes on record cannot be read: the record is damaged" in refused("types: [scale]", log, step(), LIVE)
