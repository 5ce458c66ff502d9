"""Whether a change healed, told by pictures taken after it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.policy import PolicyVerdict
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.rehearsal import Rehearsal
from cluster_doctor.domain.remediation import RemediationPlan, RemediationStep, Risk, Route
from cluster_doctor.domain.steps import StepType
from cluster_doctor.history.history import History
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.remediation.cluster.access import WriteAccess
from cluster_doctor.remediation.cluster.carrying_out import Mandate
from cluster_doctor.remediation.cluster.confirming import Confirmation, Patience, confirm
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.sources.live.target import Target
from cluster_doctor.tools.writing import confirm as watch

AT_ONCE = Patience(within=timedelta(), lasting=timedelta(), every=timedelta())
DATABASE = """
kind: Pod
metadata: {name: db-0}
spec: {nodeName: n1, containers: [{name: app}]}
status:
  phase: Running
  conditions: [{type: Ready, status: 'READY'}]
  containerStatuses:
  - name: app
    ready: READY
    restartCount: 5
    state: STATE
    lastState: {terminated: {exitCode: 1, finishedAt: 'ENDED'}}
---
{kind: Log, subject: Pod/db-0, container: app, previous: true, lines: ['write /data/wal: no space left on device']}
"""
SERVICE = "{kind: Service, metadata: {name: web}, spec: {selector: {app: LABEL}, ports: [{port: 80}]}}"
PODS = """
---
kind: Pod
metadata: {name: web-0, labels: {app: web}}
spec: {containers: [{name: app}]}
status: {phase: Running, conditions: [{type: Ready, status: 'True'}]}
"""
CRON = """
kind: CronJob
metadata: {name: nightly, generation: 2}
spec: {schedule: '0 2 * * *', suspend: true}
status: {}
"""
AGENT = """
kind: DaemonSet
metadata: {name: agent, generation: 2}
spec: {template: {spec: {containers: [{name: app}]}}}
status: {observedGeneration: 2, desiredNumberScheduled: 3, numberReady: 3, updatedNumberScheduled: UPDATED}
"""

DEPLOYMENT = """
kind: Deployment
metadata: {{name: {name}, generation: 1}}
spec: {{replicas: 1, selector: {{matchLabels: {{app: {name}}}}}, template: {{spec: {{containers: [{{name: app}}]}}}}}}
status: {{observedGeneration: 1, replicas: 1, readyReplicas: {ready}, updatedReplicas: 1}}
"""
NAMES = {"well": 1, "ill": 0, "other": 0}


def moment(ago: timedelta) -> str:
    return f"{datetime.now(UTC) - ago:%Y-%m-%dT%H:%M:%SZ}"


def database(*, ready: bool, ended: timedelta) -> ClusterSnapshot:
    state = "{running: {}}" if ready else "{waiting: {reason: CrashLoopBackOff}}"
    text = DATABASE.replace("READY", str(ready).lower()).replace("STATE", state).replace("ENDED", moment(ended))
    return snapshot_of(text, now=datetime.now(UTC))


def service(label: str, **given: object) -> ClusterSnapshot:
    return snapshot_of(SERVICE.replace("LABEL", label) + PODS, **given)  # type: ignore[arg-type]  # as given


def confirmed(before: ClusterSnapshot, look: Callable[[], ClusterSnapshot], *concerned: ObjectRef) -> Confirmation:
    causes = [cause.fingerprint for cause in diagnose(before, Incident()).root_causes]
    return confirm(look, causes, concerned, AT_ONCE, before)


def test_ends_of_before_the_change_are_no_sign_that_it_did_not_heal() -> None:
    before = database(ready=False, ended=timedelta(seconds=50))
    assert diagnose(before, Incident()).root_causes
    assert confirmed(before, lambda: database(ready=True, ended=timedelta(seconds=50))).healed


def test_an_end_after_the_change_is() -> None:
    before = database(ready=False, ended=timedelta(seconds=50))
    seen = confirmed(before, lambda: database(ready=True, ended=timedelta(seconds=-5)))
    assert not seen.healed
    assert "no space left" in seen.note


def test_a_container_that_still_waits_has_not_healed() -> None:
    before = database(ready=False, ended=timedelta(seconds=50))
    assert not confirmed(before, lambda: database(ready=False, ended=timedelta(seconds=50))).healed


def test_a_cause_that_is_gone_has_healed() -> None:
    assert confirmed(service("website"), lambda: service("web")).healed


def test_a_cause_that_nobody_can_look_for_any_more_is_not_gone() -> None:
    seen = confirmed(service("website"), lambda: service("website", hidden=["Pod"]))
    assert not seen.healed
    assert seen.note == "Pod could not be read in namespace shop"


def test_what_was_never_read_is_not_asked_for() -> None:
    before = service("website", hidden=["Node", "Event"])
    assert confirmed(before, lambda: service("web", hidden=["Node", "Event"])).healed


def test_a_cron_job_keeps_no_replicas_that_could_be_well() -> None:
    cron = ObjectRef("CronJob", "nightly", "shop", "batch/v1")
    assert confirm(lambda: snapshot_of(CRON), [], [cron], AT_ONCE, snapshot_of(CRON)).healed


def test_a_daemon_set_is_well_once_every_node_has_the_new_pod() -> None:
    agent = ObjectRef("DaemonSet", "agent", "shop", "apps/v1")
    for updated, healed in (("1", False), ("3", True)):
        cluster = snapshot_of(AGENT.replace("UPDATED", updated))
        assert confirm(lambda cluster=cluster: cluster, [], [agent], AT_ONCE, cluster).healed is healed  # type: ignore[misc]  # a default binds it


def step_for(name: str) -> RemediationStep:
    return RemediationStep(
        title=f"restart {name}", type=StepType.RESTART, route=Route.CLUSTER,
        target=ObjectRef("Deployment", name, "shop", "apps/v1"), risk=Risk.LOW, precondition="", instruction="",
        undo="", check="",
    )  # fmt: skip


def mandate_for(before: ClusterSnapshot, plan: RemediationPlan, home: Path) -> Mandate:
    verdict = PolicyVerdict(allowed=False, reasons=("nothing is written here",))
    with History(home) as history:
        access = WriteAccess(Target(), history.writes, lambda *_: lambda *_: verdict, patience=AT_ONCE)
    return Mandate(access, "run-1", "ada", [plan], Rehearsal(plan_digest="d"), before)


def test_what_was_approved_is_watched_and_nothing_else(tmp_path: Path) -> None:
    cluster = snapshot_of("\n---\n".join(DEPLOYMENT.format(name=name, ready=ready) for name, ready in NAMES.items()))
    plan = RemediationPlan(
        cause="c", fingerprint="f", summary="s", steps=(step_for("well"), step_for("ill")),
        alternatives=(step_for("other"),),
    )  # fmt: skip
    mandate = mandate_for(cluster, plan, tmp_path)
    assert watch(mandate, ["1.1"], lambda: cluster).healed
    for keys, name in ((["1.1", "1.2"], "ill"), (["1.or1"], "other")):
        seen = watch(mandate, keys, lambda: cluster)
        assert (seen.healed, seen.note) == (False, f"Deployment shop/{name} has 0 of 1 replicas ready")


STUCK = """
kind: Node
metadata: {name: n1}
spec: {}
status: {conditions: [{type: KernelDeadlock, status: 'True', reason: DockerHung}, {type: Ready, status: 'True'}]}
---
kind: Pod
metadata:
  name: well-0
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: NAME, controller: true}]
spec: {nodeName: n1, containers: [{name: app}]}
status: {phase: Running}
---
"""


def taken_out(fingerprint: str) -> RemediationPlan:
    """A plan whose other way takes the node out of service."""
    cordon, evict = (
        step_for("well").model_copy(update={"type": step_type, "target": target})
        for step_type, target in (
            (StepType.CORDON, ObjectRef("Node", "n1", None, "v1")),
            (StepType.EVICT_POD, ObjectRef("Pod", "well-0", "shop", "v1")),
        )
    )
    return RemediationPlan(
        cause="the kernel of n1 is stuck", fingerprint=fingerprint, summary="s", steps=(), alternatives=(cordon, evict)
    )


@pytest.mark.parametrize(("name", "healed"), [("well", True), ("ill", False)])
def test_relief_needs_the_workloads_to_be_well_and_leaves_the_cause(name: str, healed: bool, tmp_path: Path) -> None:  # noqa: FBT001 - a case
    cluster = snapshot_of(STUCK.replace("NAME", name) + DEPLOYMENT.format(name=name, ready=NAMES[name]))
    (stuck,) = [cause for cause in diagnose(cluster, Incident()).root_causes if cause.subject.kind == "Node"]
    mandate = mandate_for(cluster, taken_out(stuck.fingerprint), tmp_path)
    seen = watch(mandate, ["1.or1", "1.or2"], lambda: cluster)
    assert (seen.healed, seen.left) == (healed, "the kernel of n1 is stuck")
    restarted = taken_out(stuck.fingerprint).model_copy(update={"steps": (step_for(name),)})
    both = watch(mandate_for(cluster, restarted, tmp_path), ["1.1", "1.or1"], lambda: cluster)
    assert (both.healed, both.left) == (False, ""), "what was to make the cause go away has to do so"
