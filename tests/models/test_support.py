"""Two independent kinds of observed evidence carry a cause; one does not, and what says nothing carries none."""

from __future__ import annotations

import pytest

from cluster_doctor.domain.effects import EffectKind
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.inquiry import Lead, Support
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.inference.reach import with_leads
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Deployment

from .incidents import NEVER_READY

PATH = "spec.template.spec.containers[0].env[0].value"
PEERS = "".join(
    f"""
---
kind: Deployment
metadata: {{name: peer-{number}}}
spec:
  replicas: 1
  selector: {{matchLabels: {{app: peer-{number}}}}}
  template:
    metadata: {{labels: {{app: peer-{number}}}}}
    spec:
      containers:
        - name: peer
          image: registry.example/peer:1
          env: [{{name: LEVEL, value: debug}}, {{name: REGION, value: {{region}}}}]
status: {{replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1}}
"""
    for number in range(3)
)


def lead(cluster: ClusterSnapshot, path: str = PATH, name: str = "ledger") -> Lead:
    view = next(view for view in cluster.all(Deployment) if view.name == name)
    wrong = view.cite(path)
    return Lead(
        subject=view.ref, statement="it is wrong", brings_about=EffectKind.POD_NOT_READY, wrong=wrong, evidence=(wrong,)
    )


def weighed(cluster: ClusterSnapshot, *leads: Lead) -> tuple[list[str], list[Lead]]:
    found = with_leads(cluster, diagnose(cluster, Incident()), leads)
    return [cause.statement for cause in found.root_causes], list(found.leads)


def test_said_by_a_failure_and_changed_before_it_carry_a_cause() -> None:
    cluster = snapshot_of(NEVER_READY)
    causes, (told,) = weighed(cluster, lead(cluster))
    assert causes == ["it is wrong"]
    assert told.supports == (Support.STATED, Support.CHANGED)


def test_said_by_a_failure_alone_is_a_lead() -> None:
    cluster = snapshot_of(NEVER_READY.replace("eu-west-1", "eu-wset-1"))
    causes, (told,) = weighed(cluster, lead(cluster))
    assert not causes
    assert told.supports == (Support.STATED,)
    assert "2 independent kinds" in told.outcome


def test_changed_alone_is_a_lead() -> None:
    cluster = snapshot_of(NEVER_READY.replace("no shard map for region eu-wset-1", "waiting"))
    causes, (told,) = weighed(cluster, lead(cluster))
    assert not causes
    assert told.supports == (Support.CHANGED,)


def test_a_change_after_the_symptom_is_no_support() -> None:
    late = NEVER_READY.replace('"2026-01-01T11:30:00Z"', '"2026-01-01T11:58:00Z"')
    cluster = snapshot_of(late)
    _, (told,) = weighed(cluster, lead(cluster))
    assert Support.CHANGED not in told.supports


def test_peers_that_are_well_agree_on_another_value() -> None:
    cluster = snapshot_of(NEVER_READY.replace("eu-west-1", "eu-wset-1") + PEERS.replace("{region}", "eu-west-1"))
    causes, (told,) = weighed(cluster, lead(cluster))
    assert causes == ["it is wrong"]
    assert told.supports == (Support.STATED, Support.ODD)


def test_peers_that_share_the_value_or_differ_among_each_other_say_nothing() -> None:
    for regions in (("eu-wset-1",) * 3, ("a", "b", "c")):
        peers = PEERS
        for region in regions:
            peers = peers.replace("{region}", region, 1)
        cluster = snapshot_of(NEVER_READY.replace("eu-west-1", "eu-wset-1") + peers)
        _, (told,) = weighed(cluster, lead(cluster))
        assert Support.ODD not in told.supports


@pytest.mark.parametrize("path", ["status.replicas", "metadata.name", "spec.template.spec.containers[0].name"])
def test_what_nobody_sets_and_what_is_somebodys_name_is_no_wrong_value(path: str) -> None:
    cluster = snapshot_of(NEVER_READY)
    causes, (told,) = weighed(cluster, lead(cluster, path))
    assert not causes
    assert Support.STATED not in told.supports


def test_two_that_are_carried_as_well_are_both_leads() -> None:
    both = NEVER_READY.replace('value: "12"', 'value: "77"', 1)
    both = both.replace("for region eu-wset-1", "for region eu-wset-1 with 77 workers")
    cluster = snapshot_of(both)
    causes, told = weighed(cluster, lead(cluster), lead(cluster, PATH.replace("env[0]", "env[1]")))
    assert len(told) == 2
    assert len(causes) <= 1


def test_an_object_that_the_symptoms_do_not_depend_on_is_no_cause() -> None:
    cluster = snapshot_of(NEVER_READY + PEERS.replace("{region}", "eu-wset-1"))
    causes, (told,) = weighed(cluster, lead(cluster, PATH.replace("env[0]", "env[1]"), "peer-1"))
    assert not causes
    assert "lead from it to none" in told.outcome


def test_what_was_refuted_is_told_as_that() -> None:
    cluster = snapshot_of(NEVER_READY)
    causes, (told,) = weighed(cluster, lead(cluster).model_copy(update={"refuted": True}))
    assert not causes
    assert told.outcome == "looking into it refuted it"
