"""Scenarios: manifests that bring a fault about, and what an expert would name as its cause.

A scenario is one YAML file. Its first document is the header:

    scenario: what happens, in a sentence
    expects:                 # the causes; faults that have nothing to do with each other in any order
    - {subject: Deployment/api | Secret/db, cause: what an expert would say, rule: one | another}
    healthy: true            # instead of `expects`: nothing is wrong
    also: [Node/node-4]      # causes that may be named as well
    alone: true              # touches what lives in no namespace, so nothing else may run
    later: 600               # the same picture, looked at that many seconds later: what does not heal by itself

Manifests follow; `NAMESPACE` in them is the scenario's own namespace, and what names no namespace goes there.
Between them stand steps, each with one of these keys:

    wait: [CONDITION, …]     # until all hold, or `within` seconds (30) are over, which fails the scenario
    patch: Kind/name         # merge `with` into an object
    delete: Kind/name
    heal: app=web            # the containers of these Pods are well from their next start on
    direct: app=web          # the containers of these Pods do what the annotations in `with` say, likewise
    backdate: app=web        # these Pods' states began two hours ago, and the Events of then are gone
    pause: 2                 # seconds

A CONDITION is one of `{waiting: REASON}` (a container waits), `{event: REASON}`, `{ready: N}` (Pods),
`{pods: N}`, `{phase: PHASE, count: N}`, `{object: Kind/name, path: status.x, is: value}` and `{restarts: N}`.
A recording is made when the last step is done.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from cluster.api import Json, TestCluster
from cluster.waiting import until
from cluster_doctor.snapshot.kinds import BY_KIND
from cluster_doctor.snapshot.paths import resolve
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.times import format_time, parse_time
from cluster_doctor.sources.live.source import KubernetesSource
from cluster_doctor.sources.live.target import Target
from cluster_doctor.sources.protocol import Scope

SETTLING = 1.5
"""Seconds in which controllers write down what Pods have reached."""
FOLDER = Path(__file__).with_name("scenarios")


@dataclass(frozen=True)
class Expected:
    """One cause, as an expert names it: any of the subjects. `rules` say the same, the first with most evidence."""

    subjects: tuple[str, ...]
    cause: str
    rules: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scenario:
    """One file."""

    name: str
    text: str
    expects: tuple[Expected, ...]
    also: tuple[str, ...]
    alone: bool
    steps: tuple[Json, ...]
    later: float = 0

    @property
    def namespace(self) -> str:
        """The scenario's own namespace."""
        return f"case-{self.name.replace('_', '-')}"

    @property
    def healthy(self) -> bool:
        """Whether nothing is wrong."""
        return not self.expects


def load(file: Path) -> Scenario:
    """Read a scenario."""
    name = file.stem
    text = file.read_text().replace("NAMESPACE", f"case-{name.replace('_', '-')}")
    header, *steps = [document for document in yaml.safe_load_all(text) if document]
    if bool(header.get("expects")) == bool(header.get("healthy")):
        raise ValueError(f"{file.name}: a scenario either expects causes or is healthy")
    expects = tuple(
        Expected(
            tuple(entry["subject"].split(" | ")),
            entry["cause"],
            tuple(entry["rule"].split(" | ")) if entry.get("rule") else (),
        )
        for entry in header.get("expects", [])
    )
    return Scenario(
        name,
        header["scenario"],
        expects,
        tuple(header.get("also", ())),
        bool(header.get("alone")),
        tuple(steps),
        float(header.get("later", 0)),
    )


def all_scenarios() -> list[Scenario]:
    """Every scenario, those that must be alone last."""
    return sorted((load(file) for file in FOLDER.glob("*.yaml")), key=lambda found: (found.alone, found.name))


class Stage:
    """Plays a scenario on a cluster and records what is to be seen."""

    def __init__(self, cluster: TestCluster, scenario: Scenario) -> None:
        self.cluster, self.scenario = cluster, scenario
        self._undo: list[tuple[str, str | None, str]] = []
        self._restore: list[tuple[str, str | None, str, Json]] = []

    def record(self) -> ClusterSnapshot:
        """Play, record, clean up."""
        try:
            self.play()
            source = KubernetesSource(Target(kubeconfig=str(self.cluster.kubeconfig)))
            seen = source.collect(Scope(namespaces=(self.scenario.namespace,)))
            return without_stage_directions(seen, later=timedelta(seconds=self.scenario.later))
        finally:
            self.clean()

    def play(self) -> None:
        """Do every step."""
        self._create({"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": self.scenario.namespace}})
        for step in self.scenario.steps:
            if "kind" in step:
                self._create(step)
            elif "wait" in step:
                self._wait(step["wait"], float(step.get("within", 30)))
            elif "patch" in step:
                self._patch(step["patch"], step["with"])
            elif "delete" in step:
                kind, _, name = step["delete"].partition("/")
                self.cluster.delete(kind, self._place(kind), name)
            elif "heal" in step:
                self._direct(step["heal"], {"sim/behaviour": "running"})
            elif "direct" in step:
                self._direct(step["direct"], step["with"])
            elif "backdate" in step:
                self._backdate(step["backdate"])
            else:
                time.sleep(float(step["pause"]))
        time.sleep(SETTLING)

    def _labelled(self, label: str) -> list[Json]:
        key, _, value = label.partition("=")
        pods = self.cluster.pods(self.scenario.namespace)
        return [pod for pod in pods if pod["metadata"].get("labels", {}).get(key) == value]

    def _direct(self, label: str, annotations: Json) -> None:
        for pod in self._labelled(label):
            body = {"metadata": {"annotations": annotations}}
            self.cluster.patch("Pod", self.scenario.namespace, pod["metadata"]["name"], body)

    def _backdate(self, label: str) -> None:
        for pod in self._labelled(label):
            body = {"status": _earlier(pod["status"], timedelta(hours=2))}
            self.cluster.patch("Pod", self.scenario.namespace, f"{pod['metadata']['name']}/status", body)
        events = self.cluster.get("Event", self.scenario.namespace) or {"items": []}
        for event in events["items"]:
            self.cluster.delete("Event", self.scenario.namespace, event["metadata"]["name"])

    def clean(self) -> None:
        """Take back what was done; namespaces go away in the background."""
        for kind, place, name, body in reversed(self._restore):
            self.cluster.patch(kind, place, name, body)
        for kind, place, name in reversed(self._undo):
            self.cluster.delete(kind, place, name)

    def _place(self, kind: str) -> str | None:
        known = BY_KIND.get(kind)
        return self.scenario.namespace if known is None or known.namespaced else None

    def _create(self, manifest: Json) -> None:
        kind, name = manifest["kind"], manifest["metadata"]["name"]
        if self._place(kind) is None:
            self._undo.append((kind, None, name))
        self.cluster.create(manifest, self.scenario.namespace)

    def _patch(self, target: str, body: Json) -> None:
        kind, _, name = target.partition("/")
        if kind == "Node":
            self._restore.append((kind, None, name, _opposite(body)))
        self.cluster.patch(kind, self._place(kind), name, body)

    def _wait(self, conditions: list[Json], within: float) -> None:
        until(lambda: all(map(self._holds, conditions)), f"{self.scenario.name}: {conditions}", within=within)

    def _holds(self, condition: Json) -> bool:
        space = self.scenario.namespace
        if "object" in condition:
            kind, _, name = condition["object"].partition("/")
            found = self.cluster.get(kind, self._place(kind), name)
            wanted: object = condition["is"]
            return found is not None and resolve(found, condition["path"]) == wanted
        if "event" in condition:
            events = (self.cluster.get("Event", space) or {"items": []})["items"]
            return condition["event"] in {event["reason"] for event in events}
        pods = list(self.cluster.pods(space))
        match condition:
            case {"waiting": reason}:
                return any((status["state"].get("waiting") or {}).get("reason") == reason for status in _statuses(pods))
            case {"restarts": count}:
                return any(int(status["restartCount"]) >= int(count) for status in _statuses(pods))
            case {"ready": count}:
                return sum(map(_is_ready, pods)) >= int(count)
            case {"phase": phase, "count": count}:
                return len([pod for pod in pods if pod["status"].get("phase") == phase]) >= int(count)
            case {"pods": count}:
                return len(pods) >= int(count)
            case _:
                raise ValueError(f"{self.scenario.name}: unknown condition {condition}")


def _statuses(pods: list[Json]) -> list[Json]:
    return [
        status
        for pod in pods
        for field in ("initContainerStatuses", "containerStatuses")
        for status in pod["status"].get(field, [])
    ]


def _is_ready(pod: Json) -> bool:
    conditions = pod["status"].get("conditions", [])
    return any(entry["type"] == "Ready" and entry["status"] == "True" for entry in conditions)


def _earlier(value: Any, by: timedelta) -> Any:
    """Move every moment in a status back."""
    if isinstance(value, dict):
        return {key: _earlier(inner, by) for key, inner in value.items()}
    if isinstance(value, list):
        return [_earlier(inner, by) for inner in value]
    moment = parse_time(value)
    return format_time(moment - by) if moment else value


def _opposite(body: Any) -> Any:
    """A merge patch that removes every field that another sets."""
    return {key: _opposite(value) if isinstance(value, dict) else None for key, value in body.items()}


def without_stage_directions(cluster: ClusterSnapshot, *, later: timedelta = timedelta()) -> ClusterSnapshot:
    """Leave out the annotations that tell the simulated kubelet what to do: an engine must not see the script."""
    return ClusterSnapshot(
        taken_at=cluster.taken_at + later,
        objects=[_stripped(raw) for raw in cluster.objects],
        coverage=cluster.coverage,
        identity=cluster.identity,
        logs=cluster.logs,
        metrics=cluster.metrics,
        alerts=cluster.alerts,
        server_version=cluster.server_version,
        source=cluster.source,
    )


def _stripped(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _stripped(inner) for key, inner in value.items() if not key.removeprefix("f:").startswith("sim/")}
    return [_stripped(inner) for inner in value] if isinstance(value, list) else value
