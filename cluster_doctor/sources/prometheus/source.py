"""Metrics and alerts for a picture of a cluster that somebody else took."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cluster_doctor.domain.coverage import Gap, GapReason
from cluster_doctor.snapshot.builder import SnapshotBuilder
from cluster_doctor.snapshot.merge import merge
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Pod
from cluster_doctor.sources.prometheus.alerts import read_alerts
from cluster_doctor.sources.prometheus.client import Bounds, MonitoringClient
from cluster_doctor.sources.prometheus.queries import QUERIES, About
from cluster_doctor.sources.prometheus.series import AtHand, at_hand, expression, read_series, span
from cluster_doctor.sources.protocol import Progress, Scope, Source, Want, silent
from cluster_doctor.sources.wire.failure import ReadFailure

MOST_NAMESPACES = 10
_RANGE, _ALERTS = "/api/v1/query_range", "/api/v2/alerts"


@dataclass(frozen=True, slots=True)
class Monitoring:
    """Where metrics and alerts are; either may be None."""

    prometheus: str | None = None
    alertmanager: str | None = None
    token: str | None = None
    ca_file: str | None = None


class MonitoredSource:
    """A source, with the metrics and alerts of what it shows.

    Monitoring that cannot be read leaves gaps; it never spoils the picture itself.

    Example:
        >>> source = MonitoredSource(KubernetesSource(), Monitoring("http://prometheus:9090"))  # doctest: +SKIP
    """

    def __init__(self, cluster: Source, monitoring: Monitoring, *, bounds: Bounds | None = None) -> None:
        """Name both.

        Args:
            cluster: shows the objects.
            monitoring: where their metrics and alerts are.
            bounds: how long and how much.
        """
        self._inner = cluster
        self.monitoring = monitoring
        self.bounds = bounds or Bounds()

    @property
    def description(self) -> str:
        """What a person would call it."""
        return self._inner.description

    def collect(self, scope: Scope, progress: Progress = silent) -> ClusterSnapshot:
        """Read the cluster, then series and alerts of what is at hand.

        Raises:
            SourceError: the cluster could not be read at all, or a URL of the monitoring is none.
        """
        seen = self._inner.collect(scope, progress)
        namespaces = scope.namespaces or _troubled(seen)
        return self._enrich(seen, namespaces, progress)

    def fetch(self, cluster: ClusterSnapshot, wants: Iterable[Want], progress: Progress = silent) -> ClusterSnapshot:
        """Read what is still missing; kinds "Metric" and "Alert" are asked of the monitoring.

        Raises:
            SourceError: the cluster cannot be reached any more.
        """
        missing = list(dict.fromkeys(wants))
        measured = [want for want in missing if want.kind in {"Metric", "Alert"}]
        seen = self._inner.fetch(cluster, [want for want in missing if want not in measured], progress)
        if not measured:
            return seen
        places = tuple(sorted({want.namespace for want in measured if want.namespace})) or _troubled(seen)
        return self._enrich(seen, places, progress)

    def _enrich(self, seen: ClusterSnapshot, namespaces: tuple[str, ...], progress: Progress) -> ClusterSnapshot:
        builder = SnapshotBuilder(seen.source)
        builder.taken_at = seen.taken_at
        if self.monitoring.alertmanager:
            progress(f"Asking {self.monitoring.alertmanager} for alerts")
            self._read_alerts(builder, self.monitoring.alertmanager)
        if self.monitoring.prometheus:
            progress(f"Asking {self.monitoring.prometheus} for series of {', '.join(namespaces) or 'nothing'}")
            self._read_series(builder, self.monitoring.prometheus, seen, namespaces)
        return merge(seen, builder.build())

    def _client(self, url: str) -> MonitoringClient:
        return MonitoringClient(url, token=self.monitoring.token, ca_file=self.monitoring.ca_file, bounds=self.bounds)

    def _read_alerts(self, builder: SnapshotBuilder, url: str) -> None:
        client = self._client(url)
        try:
            answer = client.json(_ALERTS, {"active": "true", "silenced": "false", "inhibited": "false"})
        except ReadFailure as failure:
            builder.gap(Gap(kind="Alert", reason=failure.reason, detail=failure.detail))
            return
        finally:
            client.close()
        if not isinstance(answer, list):
            detail = f"{url} answered with something that is no list of alerts"
            builder.gap(Gap(kind="Alert", reason=GapReason.UNREADABLE, detail=detail))
            return
        door = builder.door
        for alert in read_alerts(answer):
            builder.alerts.append(alert.model_copy(update={"text": door.mask_text(alert.text)}))
        builder.cover("Alert")

    def _read_series(
        self, builder: SnapshotBuilder, url: str, seen: ClusterSnapshot, namespaces: tuple[str, ...]
    ) -> None:
        client = self._client(url)
        try:
            for namespace in namespaces[:MOST_NAMESPACES]:
                self._read_namespace(client, builder, seen, at_hand(seen, namespace))
            for namespace in namespaces[MOST_NAMESPACES:]:
                detail = f"series of {MOST_NAMESPACES} namespaces were read"
                builder.gap(Gap(kind="Metric", namespace=namespace, reason=GapReason.OUT_OF_SCOPE, detail=detail))
        finally:
            client.close()

    def _read_namespace(
        self, client: MonitoringClient, builder: SnapshotBuilder, seen: ClusterSnapshot, hand: AtHand
    ) -> None:
        absent: list[str] = []
        for query in QUERIES:
            asked = expression(query, hand, seen)
            if asked is None:
                continue
            try:
                answer = client.json(_RANGE, {"query": asked, **span(seen.taken_at)})
            except ReadFailure as failure:
                gap = Gap(kind="Metric", namespace=hand.namespace, reason=failure.reason, detail=failure.detail)
                builder.gap(gap)
                return
            found = list(read_series(query, asked, answer, hand, seen))
            builder.metrics += found
            if not found and query.about is About.POD:
                absent.append(query.series)
        if absent:
            # No sample is not a measurement of zero: perhaps nobody scrapes it.
            detail = f"no samples of {', '.join(absent)}"
            builder.gap(Gap(kind="Metric", namespace=hand.namespace, reason=GapReason.NOT_RECORDED, detail=detail))
        elif hand.pods:
            builder.cover("Metric", hand.namespace)


def _troubled(seen: ClusterSnapshot) -> tuple[str, ...]:
    """Namespaces with a Pod that is not well, the most such Pods first."""
    counts: dict[str, int] = {}
    for pod in seen.all(Pod):
        if pod.expected_to_run and not pod.ready and pod.namespace:
            counts[pod.namespace] = counts.get(pod.namespace, 0) + 1
    return tuple(sorted(counts, key=lambda name: (-counts[name], name)))
