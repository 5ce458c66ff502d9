"""A volume that fills up."""

from __future__ import annotations

from cluster_doctor.domain.findings import Directness, Match, Severity, Stage
from cluster_doctor.rules.prediction.trend import rising_to
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.snapshot.records import Metric
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Claim


@rule(
    Severity.ERROR,
    subject=Claim,
    needs=(Records.METRICS,),
    stage=Stage.PREDICTION,
    directness=Directness.MEASURED,
)
def volume_will_be_full(claim: Claim, cluster: ClusterSnapshot) -> Matches:
    """The volume behind the claim fills steadily, and at this pace is full within a week.

    Why it matters:
        A full volume stops databases and anything that must write before it answers.

    Fires on:
        {kind: PersistentVolumeClaim, metadata: {name: db}, status: {phase: Bound, capacity: {storage: 10Gi}}}
        ---
        kind: Metric
        subject: PersistentVolumeClaim/db
        metric: volume_used_ratio
        times: [1767261600, 1767263040, 1767264480, 1767265920, 1767267360, 1767268800]
        values: [0.80, 0.81, 0.82, 0.83, 0.84, 0.85]

    Stays quiet on:
        {kind: PersistentVolumeClaim, metadata: {name: db}, status: {phase: Bound, capacity: {storage: 10Gi}}}
        ---
        kind: Metric
        subject: PersistentVolumeClaim/db
        metric: volume_used_ratio
        times: [1767261600, 1767263040, 1767264480, 1767265920, 1767267360, 1767268800]
        values: [0.80, 0.85, 0.90, 0.70, 0.75, 0.80]

    Remedy:
        Expand the claim, if its class allows it, or remove what is not needed, before it is full.

    References:
        https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims
    """
    series = cluster.series(claim.ref, Metric.VOLUME_USED)
    trend = rising_to(1.0, series, cluster.taken_at)
    if series is None or trend is None:
        return
    size = claim.text("status", "capacity", "storage")
    yield Match(
        message=f"PersistentVolumeClaim {claim.name}{f' of {size}' if size else ''} will be full on "
        f"{trend.due:%Y-%m-%d %H:%M} UTC",
        evidence=(series.cite("latest", series.values[-1]),),
        blame=claim.ref,
        due=trend.due,
        arithmetic=trend.arithmetic,
    )
