"""An Argo CD Application that is not in sync or not healthy."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.health.reading import health_of
from cluster_doctor.snapshot.health.verdict import HealthStatus
from cluster_doctor.snapshot.paths import mapping, text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Custom

_HERE = frozenset({"", "https://kubernetes.default.svc", "in-cluster"})
"""How an Application names the cluster that Argo CD runs in."""
_PHASE = ("status", "operationState", "phase")


@rule(Severity.ERROR, subject=Custom)
def argo_application_is_unwell(application: Custom, cluster: ClusterSnapshot) -> Matches:
    """The Argo CD Application cannot be synchronised, or what it deploys is degraded or missing.

    Why it matters:
        What is in Git is not what runs; changes do not reach the cluster.

    Fires on:
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {name: shop}
        status:
          sync: {status: Unknown}
          health: {status: Healthy}
          conditions:
          - {type: ComparisonError, message: 'app path does not exist: overlays/prd'}

    Stays quiet on:
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {name: shop}
        status:
          sync: {status: Synced}
          health: {status: Healthy}

    Remedy:
        Correct the source's path, revision or repository; read the conditions and the last operation.

    References:
        https://argo-cd.readthedocs.io/en/stable/operator-manual/health/
    """
    if application.ref.kind != "Application" or application.ref.group != "argoproj.io":
        return
    found = health_of(application)
    if found.status not in {HealthStatus.DEGRADED, HealthStatus.MISSING}:
        return
    sync, health = application.text("status", "sync", "status"), application.text("status", "health", "status")
    of_resources = found.path.startswith("status.health")
    if of_resources and health == "Missing" and _is_being_deployed(application):
        return
    told = f"health is {health}" if of_resources else found.message
    yield Match(
        message=f"Application {application.name} (sync {sync or 'unknown'}, health {health or 'unknown'}): {told}",
        evidence=(application.cite(found.path), application.cite("status.sync.status")),
        blame=application.ref,
        effects=(Effect(EffectKind.NOT_RECONCILED, application.ref),),
        directness=_directness(application, health) if of_resources else Directness.STATED,
    )


def _directness(application: Custom, health: str) -> Directness:
    """What is degraded here tells more by itself; what is gone, or in another cluster, only Argo CD can tell of."""
    if health == "Missing":
        return Directness.COMPARED
    place = mapping(application.raw, "spec", "destination")
    is_here = text(place, "server") in _HERE and text(place, "name") in _HERE
    return Directness.REPORTED if is_here else Directness.STATED


def _is_being_deployed(application: Custom) -> bool:
    """Whether what is missing was never there, or is being made just now."""
    never = not application.objects("status", "history")
    return never or bool(application.raw.get("operation")) or application.text(*_PHASE) == "Running"
