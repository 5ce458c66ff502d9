"""How objects of kinds that nobody here has heard of are doing, by the API conventions."""

from __future__ import annotations

import pytest
from pydantic import JsonValue

from cluster_doctor.snapshot.health.conditions import Polarity, polarity_of
from cluster_doctor.snapshot.health.manner import USUAL
from cluster_doctor.snapshot.health.manners import MANNERS
from cluster_doctor.snapshot.health.reading import health_of, manner_of
from cluster_doctor.snapshot.health.states import status_of
from cluster_doctor.snapshot.health.verdict import Health, HealthStatus
from cluster_doctor.snapshot.paths import resolve
from cluster_doctor.snapshot.views import Custom
from cluster_doctor.snapshot.yaml_text import load_yaml


def _health(written: str, kind: str = "Widget") -> Health:
    raw = next(iter(load_yaml(written)))
    assert isinstance(raw, dict)
    return health_of(Custom({"apiVersion": "example.dev/v1", "kind": kind, "metadata": {}, **raw}))


@pytest.mark.parametrize(
    ("status", "path", "written"),
    [
        ("Progressing", "status", "{}"),
        ("Progressing", "status", "{spec: {size: 1}, status: {}}"),
        ("Unknown", "status", "{status: {address: 10.0.0.1}}"),
        ("Healthy", "status.conditions[0]", "{status: {conditions: [{type: Ready, status: 'True'}]}}"),
        ("Healthy", "status.conditions[0]", "{status: {conditions: [{type: Ready, status: true}]}}"),
        ("Degraded", "status.conditions[1]",
         "{status: {conditions: [{type: Ready, status: 'True'}, {type: Synced, status: 'False', reason: Refused}]}}"),
        ("Progressing", "status.conditions[0]",
         "{status: {conditions: [{type: Ready, status: 'False', reason: Creating}]}}"),
        ("Degraded", "status.conditions[0]",
         "{status: {conditions: [{type: Ready, status: 'False', reason: Creating, message: failed to reach it}]}}"),
        ("Progressing", "status.conditions[0]", "{status: {conditions: [{type: Ready, status: Unknown}]}}"),
        ("Degraded", "status.conditions[0]",
         "{status: {conditions: [{type: Stalled, status: 'True'}, {type: Reconciling, status: 'True'}]}}"),
        ("Progressing", "status.conditions[1]",
         "{status: {conditions: [{type: Ready, status: 'True'}, {type: Reconciling, status: 'True'}]}}"),
        ("Healthy", "status.conditions[1]",
         "{status: {conditions: [{type: Degraded, status: 'False'}, {type: Available, status: 'True'}]}}"),
        ("Healthy", "status.conditions[0]", "{status: {conditions: [{type: Progressing, status: 'True',"
         " reason: NewReplicaSetAvailable}]}}"),
        ("Degraded", "status.conditions[0]", "{status: {conditions: [{type: Progressing, status: 'False',"
         " reason: ProgressDeadlineExceeded}]}}"),
        ("Healthy", "status.conditions[0]", "{status: {conditions: [{type: Ready, status: 'True'},"
         " {type: CacheReady, status: 'False', reason: Disabled}]}}"),
        ("Degraded", "status.conditions[0]",
         "{status: {conditions: [{type: CacheReady, status: 'False', reason: Refused}]}}"),
        ("Healthy", "status.conditions[0]", "{status: {conditions: [{type: Ready, status: 'True'},"
         " {type: Synced, status: 'False', severity: Info, reason: Skipped}]}}"),
        ("Suspended", "status.conditions[0]",
         "{status: {conditions: [{type: Paused, status: 'True'}, {type: Failed, status: 'True'}]}}"),
        ("Suspended", "status.conditions[0]",
         "{status: {conditions: [{type: Ready, status: 'False', reason: ReconciliationPaused}]}}"),
        ("Suspended", "spec.suspend", "{spec: {suspend: true}, status: {phase: Failed}}"),
        ("Suspended", "metadata.annotations['example.dev/paused']",
         "{metadata: {annotations: {example.dev/paused: 'true'}}, status: {phase: Failed}}"),
        ("Healthy", "status.phase", "{metadata: {annotations: {example.dev/paused: 'false'}}, status: {phase: Ready}}"),
        ("Progressing", "metadata.deletionTimestamp",
         "{metadata: {deletionTimestamp: '2026-01-01T10:00:00Z'}, status: {phase: Ready}}"),
        ("Degraded", "status.conditions[0]", "{metadata: {deletionTimestamp: '2026-01-01T10:00:00Z'},"
         " status: {conditions: [{type: Ready, status: 'False', reason: DeletionFailed}]}}"),
        ("Progressing", "status.observedGeneration",
         "{metadata: {generation: 3}, status: {observedGeneration: 2, phase: Failed}}"),
        ("Progressing", "status.conditions", "{metadata: {generation: 3}, status: {conditions:"
         " [{type: Ready, status: 'False', reason: Refused, observedGeneration: 2}]}}"),
        ("Healthy", "status.phase", "{metadata: {generation: 3}, status: {observedGeneration: 6d7f, phase: Ready}}"),
        ("Degraded", "status.parents[0].conditions[0]",
         "{status: {parents: [{conditions: [{type: Accepted, status: 'False', reason: NoMatch}]}]}}"),
        ("Degraded", "status.failureMessage", "{status: {failureMessage: out of quota, ready: true}}"),
        ("Degraded", "status.state", "{status: {state: ConfigError}}"),
        ("Progressing", "status.provisioningState", "{status: {provisioningState: Updating}}"),
        ("Healthy", "status.engineStatus.state", "{status: {engineStatus: {state: Running}}}"),
        ("Progressing", "status.readyReplicas", "{spec: {replicas: 3}, status: {replicas: 3, readyReplicas: 2}}"),
        ("Healthy", "status.readyReplicas", "{spec: {replicas: 3}, status: {replicas: 3, readyReplicas: 3}}"),
        ("Progressing", "status.ready", "{status: {ready: false}}"),
        ("Unknown", "status", "{status: {desiredState: Stopped, lastRunResult: Failed}}"),
        ("Unknown", "status", "{status: {error: none}}"),
    ],
)  # fmt: skip
def test_the_conventions_are_read_and_cited(status: str, path: str, written: str) -> None:
    health = _health(written)
    assert (health.status, health.path) == (status, path)


def test_what_runs_to_an_end_is_not_done_while_it_runs() -> None:
    running = "{status: {phase: Running}}"
    assert _health(running, "Widget").status is HealthStatus.HEALTHY
    assert _health(running, "WidgetBackup").status is HealthStatus.PROGRESSING
    done = "{status: {phase: Completed, conditions: [{type: CopyCreated, status: Unknown, reason: Pending}]}}"
    assert _health(done, "WidgetBackup").status is HealthStatus.HEALTHY


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Ready", "Healthy"), ("IN_SYNC", "Healthy"), ("Cluster is healthy", "Healthy"), ("Succeeded", "Healthy"),
        ("ScalingDown", "Progressing"), ("in-progress", "Progressing"), ("Waiting for Pods", "Progressing"),
        ("ClusterRollingUpgrade", "Progressing"), ("CrashLoopBackOff", "Degraded"), ("PartiallyFailed", "Degraded"),
        ("NonCompliant", "Degraded"), ("Not ready", "Progressing"), ("red", "Degraded"), ("Paused", "Suspended"),
        ("NotFound", "Missing"), ("Unknown", "Unknown"), ("", None), ("turquoise", None), ("Installed", "Healthy"),
    ],
)  # fmt: skip
def test_states_are_read_by_families_of_words(word: str, status: str | None) -> None:
    assert status_of(word) == status


@pytest.mark.parametrize(
    ("kind", "polarity"),
    [
        ("Ready", Polarity.GOOD), ("example.dev/app-ready", Polarity.PART), ("FetchFailed", Polarity.BAD),
        ("DependenciesInstalled", Polarity.PART), ("RolloutProgressing", Polarity.BUSY), ("Paused", Polarity.AT_REST),
        ("HasErrors", Polarity.BAD), ("Active", None), ("Upgradeable", None),
    ],
)  # fmt: skip
def test_condition_types_are_read_by_families_of_names(kind: str, polarity: Polarity | None) -> None:
    assert polarity_of(kind) is polarity


def test_a_domain_lends_its_manner_to_groups_below_it_and_not_to_others() -> None:
    assert manner_of("s3.aws.crossplane.io", "Bucket") is manner_of("ec2.aws.crossplane.io", "Instance")
    assert manner_of("notcrossplane.io", "Bucket") is manner_of("example.dev", "Widget")


def test_what_is_cited_is_there() -> None:
    raw: dict[str, JsonValue] = {"kind": "Widget", "metadata": {}}
    raw["status"] = {"conditions": [{"type": "Failed", "status": "True"}]}
    health = health_of(Custom(raw))
    assert resolve(raw, health.path) == {"type": "Failed", "status": "True"}


def test_no_row_of_a_manner_repeats_what_is_usual() -> None:
    for where, manner in MANNERS.items():
        assert manner != USUAL, where
        for kind, polarity in manner.conditions.items():
            assert (polarity_of(kind) or Polarity.SILENT) is not polarity, (where, kind)
        for word, status in manner.words.items():
            shorter = any(other != word and word.startswith(other) for other in manner.words)
            assert shorter or status_of(word) is not status, (where, word)
