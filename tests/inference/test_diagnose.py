"""From findings to root causes: propagation, echoes, ranking, scope, and what may not be claimed."""

from __future__ import annotations

import pytest

from cluster_doctor.domain.diagnosis import Status
from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.inference.propagation import consequences, path_to
from cluster_doctor.rules.example import snapshot_of

DATABASE_DOWN = """
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, env: [{name: DB, value: 'db:5432'}]}]}
status: {replicas: 1, readyReplicas: 0, conditions: [{type: Available, status: 'False'}]}
---
kind: Pod
metadata:
  name: web-0
  labels: {app: web}
  creationTimestamp: '2026-01-01T11:00:00Z'
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]
spec: {nodeName: n1, containers: [{name: web}]}
status:
  phase: Running
  conditions: [{type: Ready, status: 'False'}]
  containerStatuses:
  - name: web
    ready: false
    restartCount: 6
    state: {waiting: {reason: CrashLoopBackOff}}
    lastState: {terminated: {exitCode: 1, reason: Error, finishedAt: '2026-01-01T11:59:00Z'}}
---
kind: Service
metadata: {name: db}
spec: {selector: {app: db}, ports: [{port: 5432}]}
---
kind: Endpoints
metadata: {name: db}
subsets: []
---
kind: Deployment
metadata: {name: db}
spec: {replicas: 0, template: {metadata: {labels: {app: db}}, spec: {containers: [{name: db}]}}}
status: {replicas: 0}
"""
UNREADY = """
kind: Deployment
metadata: {name: web}
spec: {replicas: 1, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web}]}}}
status: {replicas: 1, readyReplicas: 0, unavailableReplicas: 1, observedGeneration: 1,
  conditions: [{type: Available, status: 'False', lastTransitionTime: '2026-01-01T11:00:00Z'}]}
---
kind: Pod
metadata:
  name: web-0
  labels: {app: web}
  creationTimestamp: '2026-01-01T11:00:00Z'
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]
spec: {nodeName: n1, containers: [{name: web}]}
status:
  phase: Running
  conditions: [{type: Ready, status: 'False', lastTransitionTime: '2026-01-01T11:00:00Z'}]
  containerStatuses: [{name: web, ready: false, restartCount: 0, state: {running: {startedAt: '2026-01-01T11:00:00Z'}}}]
"""
HEALTHY = """
kind: Pod
metadata: {name: web-0, labels: {app: web}}
spec: {nodeName: n1, containers: [{name: web}]}
status:
  phase: Running
  conditions: [{type: Ready, status: 'True'}]
  containerStatuses: [{name: web, ready: true, restartCount: 0, state: {running: {}}}]
"""


def test_a_chain_runs_from_the_origin_to_the_victim() -> None:
    diagnosis = diagnose(snapshot_of(DATABASE_DOWN), Incident())
    (cause,) = diagnosis.root_causes
    assert (cause.rule, str(cause.subject)) == ("workload_is_scaled_to_zero", "Deployment shop/db")
    assert cause.chain[0].subject == cause.subject
    explained = {str(symptom.subject) for symptom in cause.explains}
    assert {"Deployment shop/web", "Service shop/db"} <= explained
    assert diagnosis.unexplained == ()


def test_the_victims_own_crash_is_an_echo_and_no_second_cause() -> None:
    rules = {cause.rule for cause in diagnose(snapshot_of(DATABASE_DOWN), Incident()).root_causes}
    assert "process_ends_by_itself" not in rules


def test_effects_follow_the_way_that_traffic_takes() -> None:
    cluster = snapshot_of(DATABASE_DOWN)
    database = ObjectRef("Deployment", "db", "shop", "apps/v1")
    web = ObjectRef("Deployment", "web", "shop", "apps/v1")
    reached = consequences(cluster, [Effect(EffectKind.WORKLOAD_UNAVAILABLE, database)], {})
    assert Effect(EffectKind.SERVICE_UNREACHABLE, ObjectRef("Service", "db", "shop")) in reached
    failing = Effect(EffectKind.CALLS_FAILING, web)
    assert path_to(failing, reached)[0] == Effect(EffectKind.WORKLOAD_UNAVAILABLE, database)
    back = consequences(cluster, [failing], {})
    assert Effect(EffectKind.WORKLOAD_UNAVAILABLE, database) not in back, "a caller brings down nobody whom it calls"


def test_an_echo_is_passed_on_to_what_explains_it() -> None:
    cluster = snapshot_of(HEALTHY)
    web, name = ObjectRef("Pod", "web-0", "shop"), ObjectRef("Service", "far", "shop")
    heard, said = Effect(EffectKind.CONTAINER_CRASHING, web), Effect(EffectKind.SERVICE_MISSING, name)
    reached = consequences(cluster, [heard], {heard: [said]})
    assert path_to(said, reached) == [heard, said]


def test_what_nothing_explains_is_unresolved_and_shown() -> None:
    diagnosis = diagnose(snapshot_of(UNREADY), Incident())
    assert diagnosis.status is Status.UNRESOLVED
    assert diagnosis.root_causes == ()
    assert "web" in {symptom.subject.name for symptom in diagnosis.unexplained}


def test_a_well_cluster_is_healthy_only_if_its_pods_were_looked_at() -> None:
    assert diagnose(snapshot_of(HEALTHY), Incident()).status is Status.HEALTHY
    assert diagnose(snapshot_of(HEALTHY, hidden=["Pod"]), Incident()).status is Status.UNRESOLVED


def test_rules_that_could_not_judge_say_what_they_lacked() -> None:
    diagnosis = diagnose(snapshot_of(DATABASE_DOWN, hidden=["NetworkPolicy"]), Incident())
    assert "NetworkPolicy" in diagnosis.rules_unknown["network_policy_blocks_dns"]


@pytest.mark.parametrize(("namespaces", "found"), [((), True), (("shop",), True), (("bank",), False)])
def test_what_is_wrong_elsewhere_is_not_what_was_asked_about(namespaces: tuple[str, ...], found: bool) -> None:  # noqa: FBT001
    causes = diagnose(snapshot_of(DATABASE_DOWN), Incident(namespaces=namespaces)).root_causes
    assert bool(causes) is found


def test_a_cause_in_another_namespace_is_found_from_its_victims() -> None:
    far = DATABASE_DOWN.replace("db:5432", "db.data.svc:5432")
    for kind in ("Service", "Endpoints", "Deployment"):
        far = far.replace(
            f"kind: {kind}\nmetadata: {{name: db}}", f"kind: {kind}\nmetadata: {{name: db, namespace: data}}"
        )
    (cause,) = diagnose(snapshot_of(far), Incident(namespaces=("shop",))).root_causes
    assert str(cause.subject) == "Deployment data/db"


def test_what_the_report_names_comes_first() -> None:
    other = UNREADY.replace("web", "mail").replace(
        "state: {running: {startedAt: '2026-01-01T11:00:00Z'}}",
        "state: {waiting: {reason: ImagePullBackOff, message: 'manifest unknown'}}",
    )
    cluster = snapshot_of(DATABASE_DOWN + "\n---\n" + other)
    mail, web = ObjectRef("Deployment", "mail", "shop", "apps/v1"), ObjectRef("Deployment", "web", "shop", "apps/v1")
    assert diagnose(cluster, Incident(), [mail]).root_causes[0].subject == mail
    assert diagnose(cluster, Incident(), [web]).root_causes[0].subject.name == "db"


def test_confidence_falls_with_the_share_that_is_left_unexplained() -> None:
    alone = diagnose(snapshot_of(DATABASE_DOWN), Incident()).root_causes[0].confidence
    beside = diagnose(snapshot_of(DATABASE_DOWN + "\n---\n" + UNREADY.replace("web", "mail")), Incident())
    cause = next(cause for cause in beside.root_causes if cause.subject.name == "db")
    assert cause.confidence < alone <= 1


def test_the_same_picture_gives_the_same_diagnosis_in_any_order() -> None:
    shuffled = "\n---\n".join(reversed(DATABASE_DOWN.strip().split("\n---\n")))
    first, second = (diagnose(snapshot_of(text), Incident()) for text in (DATABASE_DOWN, shuffled))
    assert [(c.rule, c.subject, c.confidence) for c in first.root_causes] == [
        (c.rule, c.subject, c.confidence) for c in second.root_causes
    ]


CRASHING = """
kind: Deployment
metadata: {name: press}
spec:
  replicas: 1
  template: {metadata: {labels: {app: press}}, spec: {containers: [{name: press, env: []}]}}
status: {replicas: 1, readyReplicas: 0, conditions: [{type: Available, status: 'False'}]}
---
kind: Pod
metadata:
  name: press-0
  labels: {app: press}
  creationTimestamp: '2026-01-01T11:00:00Z'
  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: press, controller: true}]
spec: {nodeName: n1, containers: [{name: press}]}
status:
  phase: Running
  conditions: [{type: Ready, status: 'False'}]
  containerStatuses:
  - name: press
    ready: false
    restartCount: 6
    state: {waiting: {reason: CrashLoopBackOff}}
    lastState: {terminated: {exitCode: 3, reason: Error, finishedAt: '2026-01-01T11:59:00Z'}}
"""
SPOKEN = """
---
kind: Log
subject: Pod/press-0
container: press
lines: [LINE]
"""


@pytest.mark.parametrize(
    ("own", "named"),
    [
        (CRASHING + SPOKEN.replace("LINE", "plate 9 is upside down"), True),
        (CRASHING + SPOKEN.replace("LINE", "'dial tcp 10.0.0.9:80: connect: connection refused'"), False),
        (
            CRASHING.replace("env: []", "env: [{name: DB, value: 'db:5432'}]")
            + SPOKEN.replace("LINE", "plate 9 is upside down"),
            False,
        ),
        (CRASHING, False),
    ],
    ids=[
        "its logs tell of itself",
        "its logs tell of a call",
        "it is known to call somebody",
        "its logs were not read",
    ],
)
def test_a_suggestion_beside_another_fault_is_named_if_it_can_be_no_effect_of_it(own: str, *, named: bool) -> None:
    cluster = snapshot_of(DATABASE_DOWN + "\n---\n" + own)
    assert ("press" in {cause.subject.name for cause in diagnose(cluster, Incident()).root_causes}) is named
