"""What is asked of Prometheus, in the names that cAdvisor, the kubelet, node_exporter and Istio give their series."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from cluster_doctor.snapshot.records import Metric

RATE = "[5m]"


class About(StrEnum):
    """What the series of a query are about, which tells how their labels are read."""

    POD = "pod"
    CLAIM = "persistentvolumeclaim"
    NODE = "instance"
    WORKLOAD = "destination_workload"


@dataclass(frozen=True, slots=True)
class Query:
    """One canonical metric. `expression` has `%s` where the label matchers go.

    Attributes:
        metric: what the result is called.
        about: what its series are about.
        expression: PromQL.
        series: the series that it is computed from; without one of them there is nothing to ask.
        factor: turns Prometheus' unit into ours.
    """

    metric: Metric
    about: About
    expression: str
    series: str
    factor: float = 1.0


def _pod_rate(metric: Metric, series: str) -> Query:
    return Query(metric, About.POD, f"sum by (namespace, pod) (rate({series}{{%s}}{RATE}))", series)


def _latency(metric: Metric, quantile: str) -> Query:
    series = "istio_request_duration_milliseconds_bucket"
    rate = f'rate({series}{{reporter="destination",%s}}{RATE})'
    inner = f"sum by (le, destination_workload, destination_workload_namespace) ({rate})"
    return Query(metric, About.WORKLOAD, f"histogram_quantile({quantile}, {inner})", series)


_REQUESTS = "istio_requests_total"
_BY_WORKLOAD = "sum by (destination_workload, destination_workload_namespace)"

_KUBELET_DISK = 'mountpoint=~"/|/var|/var/lib|/var/lib/(kubelet|containers|containerd|docker)"'
"""Where kubelet and container runtime keep what counts as ephemeral storage; the fullest of them counts."""

QUERIES = (
    Query(
        Metric.CPU_CORES, About.POD,
        f'sum by (namespace, pod) (rate(container_cpu_usage_seconds_total{{container!="",%s}}{RATE}))',
        "container_cpu_usage_seconds_total",
    ),
    Query(
        Metric.CPU_THROTTLED, About.POD,
        f'sum by (namespace, pod) (rate(container_cpu_cfs_throttled_seconds_total{{container!="",%s}}{RATE}))',
        "container_cpu_cfs_throttled_seconds_total",
    ),
    Query(
        Metric.MEMORY_BYTES, About.POD,
        'sum by (namespace, pod) (container_memory_working_set_bytes{container!="",%s})',
        "container_memory_working_set_bytes",
    ),
    _pod_rate(Metric.RECEIVED, "container_network_receive_packets_total"),
    _pod_rate(Metric.SENT, "container_network_transmit_packets_total"),
    Query(
        Metric.VOLUME_USED, About.CLAIM,
        "max by (namespace, persistentvolumeclaim) (kubelet_volume_stats_used_bytes{%s})"
        " / max by (namespace, persistentvolumeclaim) (kubelet_volume_stats_capacity_bytes{%s})",
        "kubelet_volume_stats_used_bytes",
    ),
    Query(
        Metric.RETRANSMITS, About.NODE,
        f"max by (instance, node) (rate(node_netstat_Tcp_RetransSegs{{%s}}{RATE}))",
        "node_netstat_Tcp_RetransSegs",
    ),
    Query(
        Metric.NODE_DISK_USED, About.NODE,
        f"max by (instance, node) (1 - node_filesystem_avail_bytes{{{_KUBELET_DISK},%s}}"
        f" / node_filesystem_size_bytes{{{_KUBELET_DISK},%s}})",
        "node_filesystem_avail_bytes",
    ),
    Query(
        Metric.NODE_MEMORY_USED, About.NODE,
        "max by (instance, node) (1 - node_memory_MemAvailable_bytes{%s} / node_memory_MemTotal_bytes{%s})",
        "node_memory_MemAvailable_bytes",
    ),
    Query(
        Metric.REQUESTS, About.WORKLOAD,
        f'{_BY_WORKLOAD} (rate({_REQUESTS}{{reporter="destination",%s}}{RATE}))', _REQUESTS,
    ),
    Query(
        Metric.SUCCESS, About.WORKLOAD,
        f'{_BY_WORKLOAD} (rate({_REQUESTS}{{reporter="destination",response_code!~"5..",%s}}{RATE}))'
        f' / {_BY_WORKLOAD} (rate({_REQUESTS}{{reporter="destination",%s}}{RATE}))', _REQUESTS,
    ),
    _latency(Metric.LATENCY_MEDIAN, "0.5"),
    _latency(Metric.LATENCY_HIGH, "0.95"),
)  # fmt: skip
"""Every query; standard names only."""


def fill(query: Query, matchers: str) -> str:
    """Put label matchers into a query, wherever it has a place for them."""
    return query.expression.replace("%s", matchers)


def equals(label: str, value: str) -> str:
    """A matcher for one value; the value is quoted, whatever it holds."""
    return f"{label}={json.dumps(value, ensure_ascii=False)}"


def one_of(label: str, values: Iterable[str]) -> str:
    """A matcher for some values."""
    return f"{label}=~{json.dumps('|'.join(re.escape(value) for value in sorted(values)), ensure_ascii=False)}"


def at_host(label: str, hosts: Iterable[str]) -> str:
    """A matcher for exporters on some hosts, at whatever port."""
    choice = "|".join(re.escape(host) for host in sorted(hosts))
    return f"{label}=~{json.dumps(f'({choice})(:[0-9]+)?', ensure_ascii=False)}"
