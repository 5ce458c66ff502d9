"""Each step type on a real API server: rehearsed, applied once, taken back, compared field by field."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cluster.api import TestCluster
from cluster.definitions import forget
from cluster.waiting import until
from cluster.writes.comparing import own
from cluster.writes.killed import allowed
from cluster.writes.steps import DEFINITIONS, EXAMPLES, SPACE, Example, Json
from cluster_doctor.domain.outcome import StepState
from cluster_doctor.domain.steps import StepType, Verb
from cluster_doctor.history.history import History
from cluster_doctor.remediation.cluster.announcing import Announcements
from cluster_doctor.remediation.cluster.applying import Applier
from cluster_doctor.remediation.cluster.difference import MARK, difference
from cluster_doctor.remediation.cluster.rehearsing import rehearse_step
from cluster_doctor.remediation.cluster.writer import ApiWriter, open_writer
from cluster_doctor.remediation.policy.shapes import misfits
from cluster_doctor.sources.live.target import Target

pytestmark = pytest.mark.cluster
THE_WRITE_AND_ITS_DRY_RUN = 2
OVERHEAD = 4
"""Calls beyond these that one approved step may cost."""


@pytest.fixture(scope="module", autouse=True)
def space(cluster: TestCluster) -> Iterator[None]:
    cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SPACE}}, SPACE)
    for made in DEFINITIONS:
        cluster.create(made, "")
    yield
    for kind, name in (("Node", "spare-1"), ("Node", "spare-2"), ("PersistentVolume", "volume")):
        cluster.delete(kind, None, name)
    cluster.delete("StorageClass", None, "grows")
    cluster.delete("Namespace", None, SPACE)
    forget(cluster, *DEFINITIONS)


@pytest.fixture
def writer(cluster: TestCluster) -> Iterator[ApiWriter]:
    with open_writer(Target(kubeconfig=str(cluster.kubeconfig))) as opened:
        yield opened


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with History(tmp_path) as opened:
        opened.log.begin("run-1", "", "")
        yield opened


def there(cluster: TestCluster, example: Example) -> Json | None:
    about = example.target
    return cluster.get(about.kind, about.namespace, about.name, about.api_version)


def put_there(cluster: TestCluster, example: Example) -> None:
    for manifest in (*example.others, example.manifest):
        if manifest:
            cluster.create(manifest, SPACE)
    if example.type is StepType.EXPAND_CLAIM:
        until(lambda: _status(cluster, example).get("phase") == "Bound", "the claim is bound")
    until(lambda: _is_at_rest(cluster, example), "no controller writes it any more")


def _is_at_rest(cluster: TestCluster, example: Example) -> bool:
    before = (there(cluster, example) or {"metadata": {}})["metadata"].get("resourceVersion")
    time.sleep(1)
    now = (there(cluster, example) or {"metadata": {}})["metadata"].get("resourceVersion")
    return bool(before == now)


def _status(cluster: TestCluster, example: Example) -> Json:
    return (there(cluster, example) or {}).get("status") or {}


def test_every_step_type_has_an_example() -> None:
    assert {example.type for example in EXAMPLES} == set(StepType)


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.type.value for example in EXAMPLES])
def test_every_example_is_what_a_policy_takes_its_type_for(example: Example) -> None:
    assert not list(misfits(example.step))


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.type.value for example in EXAMPLES])
def test_a_step_does_what_was_shown_once_and_can_be_taken_back(
    example: Example, cluster: TestCluster, writer: ApiWriter, history: History
) -> None:
    put_there(cluster, example)
    before = there(cluster, example)

    with open_writer(Target(kubeconfig=str(cluster.kubeconfig))) as rehearsing:
        shown = rehearse_step(rehearsing, "1.1", example.step, allowed)
    assert shown.problem == ""
    assert own(there(cluster, example)) == own(before), "a rehearsal stores nothing"

    applier = Applier(writer, Announcements(history.writes, "run-1", "sre", writer.identity()), allowed)
    sent = writer.requests_sent
    outcome = applier.apply(shown, example.step)
    attempts = len(history.writes.of_run("run-1"))
    assert writer.requests_sent - sent <= attempts * (THE_WRITE_AND_ITS_DRY_RUN + OVERHEAD)
    assert (outcome.state, outcome.note) == (StepState.APPLIED, "")
    assert outcome.diff == shown.diff
    after = there(cluster, example)
    if example.verb is Verb.PATCH:
        assert before is not None
        assert after is not None
        assert difference(own(before), own(after)) == shown.diff
        assert shown.diff
    elif example.verb is Verb.CREATE:
        assert after is not None
    else:
        assert before is not None
        assert after is None or "deletionTimestamp" in after["metadata"]

    assert applier.apply(shown, example.step) == outcome, "a step that was applied is not applied again"
    assert [write.state for write in history.writes.of_run("run-1") if write.state != "refused"] == ["done"]

    undone = applier.undo(shown, example.step)
    if not example.type.is_reversible:
        assert undone.state is StepState.REFUSED
        return
    assert (undone.state, undone.note) == (StepState.UNDONE, "")
    back = there(cluster, example)
    if example.verb is Verb.CREATE:
        assert back is None
    else:
        assert own(back) == own(before)
        assert MARK not in str(back)


def test_an_eviction_that_a_budget_forbids_is_refused(cluster: TestCluster, writer: ApiWriter) -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "guarded", "labels": {"app": "guarded"}},
           "spec": {"containers": [{"name": "a", "image": "registry.example.com/a:1"}]}}  # fmt: skip
    budget = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "guard"},
              "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "guarded"}}}}  # fmt: skip
    cluster.create(budget, SPACE)
    cluster.create(pod, SPACE)
    example = Example(StepType.EVICT_POD, pod, verb=Verb.EVICT)
    until(lambda: ((there(cluster, example) or {}).get("status") or {}).get("phase") == "Running", "the Pod runs")
    shown = rehearse_step(writer, "1.1", example.step, allowed)
    assert "disruption budget" in shown.problem
    assert not shown.is_offered
