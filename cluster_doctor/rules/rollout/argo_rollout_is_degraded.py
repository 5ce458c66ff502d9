"""An Argo Rollout that was aborted or does not get on."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.health.reading import health_of
from cluster_doctor.snapshot.health.verdict import HealthStatus
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Custom


@rule(Severity.ERROR, subject=Custom, directness=Directness.STATED)
def argo_rollout_is_degraded(rollout: Custom, cluster: ClusterSnapshot) -> Matches:
    """The Argo Rollout is degraded: its analysis failed, it was aborted, or its Pods do not become available.

    Why it matters:
        Traffic stays on the old version, or on a part of the new one, until somebody decides.

    Fires on:
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: web}
        status:
          phase: Degraded
          message: 'RolloutAborted: metric "errors" assessed Failed due to failed (3) > failureLimit (2)'
          abort: true

    Stays quiet on:
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: web}
        status:
          phase: Progressing
          message: more replicas need to be updated
          conditions: [{type: Healthy, status: 'False'}]

    Remedy:
        Read the AnalysisRun that failed; correct the new version and retry, or undo the Rollout.

    References:
        https://argo-rollouts.readthedocs.io/en/stable/features/analysis/
    """
    if (rollout.ref.kind, rollout.ref.group) != ("Rollout", "argoproj.io"):
        return
    health = health_of(rollout)
    if health.status is not HealthStatus.DEGRADED:
        return
    yield Match(
        message=f"Rollout {rollout.name} is degraded: {health.message}".rstrip(": "),
        evidence=(rollout.cite(health.path),),
        blame=rollout.ref,
        effects=(Effect(EffectKind.ROLLOUT_STUCK, rollout.ref), Effect(EffectKind.NOT_RECONCILED, rollout.ref)),
        because=(Effect(EffectKind.WORKLOAD_UNAVAILABLE, rollout.ref),),
    )
