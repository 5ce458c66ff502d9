"""The live cluster and, where they are named, its metrics and alerts."""

from __future__ import annotations

from dataclasses import dataclass

from cluster_doctor.sources.protocol import Source


@dataclass(frozen=True, slots=True)
class LivePlace:
    """Where a live cluster is: kubectl's own words for it, and the URLs of Prometheus and Alertmanager."""

    kubeconfig: str | None = None
    context: str | None = None
    prometheus: str | None = None
    alertmanager: str | None = None


def live_source(place: LivePlace) -> Source:
    """Open a live cluster. Loading the Kubernetes client takes a second, which a recorded case need not wait for.

    Raises:
        ClusterUnavailable: there is no way in.
    """
    from cluster_doctor.sources.live.source import KubernetesSource  # noqa: PLC0415 - as above
    from cluster_doctor.sources.live.target import Target  # noqa: PLC0415 - as above

    cluster = KubernetesSource(Target(kubeconfig=place.kubeconfig, context=place.context))
    if not place.prometheus and not place.alertmanager:
        return cluster
    from cluster_doctor.sources.prometheus.source import MonitoredSource, Monitoring  # noqa: PLC0415 - seldom needed

    return MonitoredSource(cluster, Monitoring(prometheus=place.prometheus, alertmanager=place.alertmanager))
