"""Random changes of random objects on a real API server: shown is what is stored, and the way back leads back."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from cluster.api import TestCluster
from cluster.writes.killed import allowed
from cluster.writes.steps import Json
from cluster_doctor.domain.outcome import StepState
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.remediation import RemediationStep, Risk, Route
from cluster_doctor.domain.steps import FieldEdit, StepType
from cluster_doctor.history.history import History
from cluster_doctor.remediation.cluster.announcing import Announcements
from cluster_doctor.remediation.cluster.applying import Applier
from cluster_doctor.remediation.cluster.difference import bare, difference
from cluster_doctor.remediation.cluster.rehearsing import rehearse_step
from cluster_doctor.remediation.cluster.writer import ApiWriter, open_writer
from cluster_doctor.remediation.fields import edit_of, edited
from cluster_doctor.sources.live.target import Target

pytestmark = pytest.mark.cluster
SPACE = "there-and-back"
NUMBERS = count()
Path_ = tuple[str, ...]
IN_POD: Path_ = ("spec", "template", "spec")
WORDS = some.sampled_from(["a", "b", "", "ü, [x]=y", "line\nline"])
NAMES = some.sampled_from(["a", "b.c", "d-e"])
ENV = some.fixed_dictionaries({"name": some.sampled_from(["A", "B", "C"])}, optional={"value": WORDS})
PORTS = some.fixed_dictionaries(
    {"port": some.integers(80, 82), "protocol": some.sampled_from(["TCP", "UDP"]), "targetPort": some.integers(1, 3)}
)


def _named(members: some.SearchStrategy[Json], *keys: str, most: int = 3) -> some.SearchStrategy[list[Json]]:
    """Members of a list that the API tells apart by some fields."""
    return some.lists(members, min_size=1, max_size=most, unique_by=lambda one: tuple(one[key] for key in keys))


def _ports(ports: list[Json]) -> list[Json]:
    return [{**port, "name": f"p{port['port']}{port['protocol'].lower()}"} for port in ports]


def _manifest(kind: str, version: str, **rest: object) -> Json:
    return {"apiVersion": version, "kind": kind, "metadata": {"namespace": SPACE}, **rest}


def _paused(containers: list[Json]) -> Json:
    labels = {"app": "x"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": containers}}
    spec = {"replicas": 0, "paused": True, "selector": {"matchLabels": labels}, "template": template}
    return _manifest("Deployment", "apps/v1", spec=spec)


CONTAINERS = _named(
    some.fixed_dictionaries(
        {"name": some.sampled_from(["web", "side"]), "image": some.sampled_from(["i:1", "i:2"])},
        optional={"env": _named(ENV, "name"), "args": some.lists(WORDS, min_size=1, max_size=2)},
    ),
    "name",
)
OBJECTS = (
    some.builds(
        lambda data: _manifest("ConfigMap", "v1", data=data), some.dictionaries(NAMES, WORDS, min_size=1, max_size=3)
    )
    | some.builds(
        lambda ports: _manifest("Service", "v1", spec={"selector": {"app": "x"}, "ports": _ports(ports)}),
        _named(PORTS, "port", "protocol"),
    )
    | some.builds(_paused, CONTAINERS)
)
TOLERATIONS = some.just([{"key": "a", "operator": "Exists", "effect": "NoSchedule"}])
WEB: Path_ = (*IN_POD, "containers", "[0]")
CHANGES: dict[str, some.SearchStrategy[Any]] = {
    "ConfigMap": some.tuples(some.builds(lambda key: ("data", key), NAMES), some.none() | WORDS),
    "Service": some.tuples(some.just(("spec", "ports")), some.builds(_ports, _named(PORTS, "port", "protocol")))
    | some.tuples(some.just(("spec", "ports", "[0]", "targetPort")), some.integers(1, 9) | some.just("http"))
    | some.tuples(some.just(("spec", "selector", "app")), some.sampled_from(["x", "y"]))
    | some.tuples(some.just(("spec", "selector", "tier")), some.sampled_from(["x", None])),
    "Deployment": some.tuples(some.just(("spec", "replicas")), some.integers(0, 3))
    | some.tuples(some.just((*WEB, "image")), some.sampled_from(["i:1", "i:3"]))
    | some.tuples(some.just((*WEB, "env")), some.none() | _named(ENV, "name"))
    | some.tuples(some.just((*WEB, "args")), some.none() | some.lists(WORDS, min_size=1, max_size=3))
    | some.tuples(some.just((*WEB, "resources", "limits", "memory")), some.none() | some.just("64Mi"))
    | some.tuples(some.just((*IN_POD, "tolerations")), some.none() | TOLERATIONS)
    | some.tuples(some.just(("metadata", "annotations", "example.com/a")), some.none() | WORDS)
    | some.tuples(some.just(("metadata", "labels", "tier")), some.none() | some.just("x")),
}


@pytest.fixture(scope="module", autouse=True)
def space(cluster: TestCluster) -> Iterator[None]:
    cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SPACE}}, SPACE)
    yield
    cluster.delete("Namespace", None, SPACE)


@pytest.fixture(scope="module")
def writer(cluster: TestCluster) -> Iterator[ApiWriter]:
    with open_writer(Target(kubeconfig=str(cluster.kubeconfig))) as opened:
        yield opened


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    with History(Path(tmp_path_factory.mktemp("history"))) as opened:
        opened.log.begin("run-1", "", "")
        yield opened


def _own(raw: Json) -> Json:
    kept: Json = copy.deepcopy(bare(raw))
    kept["metadata"].get("annotations", {}).pop("deployment.kubernetes.io/revision", None)
    if not kept["metadata"].get("annotations"):
        kept["metadata"].pop("annotations", None)
    return kept


@given(manifest=OBJECTS, data=some.data())
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
def test_shown_is_done_and_undone_leads_back(
    manifest: Json, data: some.DataObject, cluster: TestCluster, writer: ApiWriter, history: History
) -> None:
    name = f"x-{next(NUMBERS)}"
    manifest["metadata"]["name"] = name
    cluster.create(manifest, SPACE)
    before = cluster.get(manifest["kind"], SPACE, name)
    assert before is not None
    changes = data.draw(some.lists(CHANGES[manifest["kind"]], min_size=1, max_size=3, unique_by=lambda one: one[0][:4]))
    planned, edits = before, list[FieldEdit]()
    for path, becomes in changes:
        edits.append(edit_of(planned, path, becomes))
        planned = edited(planned, edits[-1:])
    target = ObjectRef(manifest["kind"], name, SPACE, manifest["apiVersion"])
    step = RemediationStep(
        title="", type=StepType.PATCH_ENV, route=Route.CLUSTER, target=target, risk=Risk.LOW, precondition="",
        instruction="", undo="", check="", edits=tuple(edits),
    )  # fmt: skip

    def there() -> Json:
        found = cluster.get(target.kind, SPACE, name)
        assert found is not None
        return _own(found)

    settled = there()
    shown = rehearse_step(writer, name, step, allowed)
    assert there() == settled, "a rehearsal stores nothing"
    if shown.problem:
        assert shown.problem.startswith(("it would change nothing", "the server refuses it")), shown.problem
        return
    applier = Applier(writer, Announcements(history.writes, "run-1", "sre", writer.identity()), allowed)
    done = applier.apply(shown, step)
    assert (done.state, done.note, done.diff) == (StepState.APPLIED, "", shown.diff)
    assert difference(settled, there()) == shown.diff
    undone = applier.undo(shown, step)
    assert (undone.state, undone.note) == (StepState.UNDONE, "")
    assert there() == settled
