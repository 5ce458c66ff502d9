"""One state of a cluster, read live and in each recorded form, has one diagnosis wherever the facts are the same.

A form holds less than the cluster: a dump has no ConfigMaps, `kubectl get` has no logs. So each form is compared with
the live picture cut down to what the form holds: the same objects as the API server gave them, the logs that are there,
and what the form shows to be absent. Whatever the reader of a form loses, garbles or makes up then tells a difference.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from control_plane import binaries
from forms import written

from cluster.api import TestCluster
from cluster.conftest import Recordings
from cluster.scenario import Scenario, Stage, all_scenarios
from cluster_doctor.domain.incident import Incident
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.snapshot.kinds import BY_KIND
from cluster_doctor.snapshot.records import ContainerLog
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.tables import view_of
from cluster_doctor.sources.live.source import KubernetesSource
from cluster_doctor.sources.live.target import Target
from cluster_doctor.sources.protocol import Scope
from cluster_doctor.sources.recognise import open_recorded

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]

FORMS: dict[str, Callable[[list[written.Json], written.Logs], bytes]] = {
    "snapshot": written.snapshot,
    "cluster-info dump, a stream": written.dump_stream,
    "cluster-info dump, a folder": lambda state, logs: written.tarred(written.cluster_dump(state, logs)),
    "must-gather": lambda state, logs: written.tarred(written.must_gather(state, logs)),
    "support bundle": lambda state, logs: written.tarred(written.support_bundle(state, logs)),
    "kubectl get -o yaml": lambda state, _: written.got(state),
    "kubectl get -o json": lambda state, _: written.printed(written.listed_together(state)),
}
_LEFT_OUT = frozenset({"ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding", "APIService", "PriorityClass"})
"""What every cluster is full of and no scenario is about; writing it in six forms takes most of the time."""


@pytest.mark.parametrize("scenario", all_scenarios(), ids=lambda scenario: scenario.name)
def test_every_form_gives_the_causes_of_the_live_cluster_as_far_as_it_holds_the_facts(
    scenario: Scenario, recordings: Recordings
) -> None:
    live = recordings.of(scenario)
    state = [raw for raw in live.objects if raw["kind"] not in _LEFT_OUT and raw["kind"] in BY_KIND]
    logs = {key: "".join(f"{line}\n" for line in log.lines) for key, log in _logs(live)}
    for form, write in FORMS.items():
        read = open_recorded(write(state, logs)).collect(Scope())
        assert _causes(read, scenario) == _causes(_cut_down(live, read), scenario), form
        assert not [gap for gap in read.coverage.gaps if gap.kind == "File"], form
        assert not read.unparsed, form


_PLAYED = ("config_map_lacks_key", "dependency_scaled_to_zero", "cpu_fits_no_node", "command_missing", "healthy_shop")


@pytest.mark.parametrize("name", _PLAYED)
def test_what_kubectl_itself_writes_gives_the_causes_of_the_live_cluster(
    name: str, cluster: TestCluster, tmp_path: Path
) -> None:
    scenario = next(found for found in all_scenarios() if found.name == name)
    scenario = replace(scenario, name=f"{name}_by_kubectl", steps=_renamed(scenario))
    stage = Stage(cluster, scenario)
    try:
        stage.play()
        live = KubernetesSource(Target(kubeconfig=str(cluster.kubeconfig))).collect(Scope((scenario.namespace,)))
        inside = ("--namespaces", scenario.namespace)
        _kubectl(cluster, "cluster-info", "dump", *inside, "--output-directory", str(tmp_path / "dump"))
        tmp_path.joinpath("stream").write_bytes(_kubectl(cluster, "cluster-info", "dump", *inside))
        for form in ("yaml", "json"):
            got = _kubectl(cluster, "get", _ASKED, "-n", scenario.namespace, "-o", form)
            tmp_path.joinpath(f"got.{form}").write_bytes(got)
    finally:
        stage.clean()
    for form in ("dump", "stream", "got.yaml", "got.json"):
        read = open_recorded(tmp_path / form).collect(Scope())
        found = [cause[:2] for cause in _causes(read, scenario)]
        assert found == [cause[:2] for cause in _causes(_cut_down(live, read), scenario)], form
        assert bool(found) is not scenario.healthy, form


_ASKED = (
    "pods,services,endpoints,endpointslices,configmaps,secrets,serviceaccounts,persistentvolumeclaims,events,"
    "deployments,replicasets,statefulsets,daemonsets,jobs,cronjobs"
)


def _kubectl(cluster: TestCluster, *words: str) -> bytes:
    command = [str(binaries.assets() / "kubectl"), "--kubeconfig", str(cluster.kubeconfig), *words]
    return subprocess.run(command, capture_output=True, check=True, timeout=60).stdout


def _renamed(scenario: Scenario) -> tuple[dict[str, Any], ...]:
    """The steps in a namespace of their own."""
    written_as = json.dumps(scenario.steps).replace(scenario.namespace, f"{scenario.namespace}-by-kubectl")
    return tuple(json.loads(written_as))


def _logs(cluster: ClusterSnapshot) -> Iterator[tuple[tuple[str, str, str], ContainerLog]]:
    for log in cluster.logs:
        if not log.previous and log.subject.namespace and "\n" not in "".join(log.lines):
            yield (log.subject.namespace, log.subject.name, log.container), log


def _causes(cluster: ClusterSnapshot, scenario: Scenario) -> list[tuple[str, str, str]]:
    found = diagnose(cluster, Incident(namespaces=(scenario.namespace,)))
    return [(cause.rule, str(cause.subject), cause.statement) for cause in found.root_causes]


def _cut_down(live: ClusterSnapshot, read: ClusterSnapshot) -> ClusterSnapshot:
    """The live picture, as far as a recorded form of it goes."""
    held = {view_of(raw).ref for raw in read.objects}
    logged = {(log.subject, log.container): log.truncated for log in read.logs}
    return ClusterSnapshot(
        taken_at=read.taken_at,
        objects=[raw for raw in live.objects if view_of(raw).ref in held],
        coverage=read.coverage,
        logs=[
            log.model_copy(update={"truncated": logged[(log.subject, log.container)]})
            for _, log in _logs(live)
            if (log.subject, log.container) in logged
        ],
        server_version=read.server_version,
    )
