"""What an alert's statement is about, in every spelling that is known."""

from __future__ import annotations

import pytest

from cluster_doctor.snapshot.records import Anomaly
from cluster_doctor.sources.opsbench.alerts import anomaly_of


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("LATENCY_DEGRADATION [Slow Response] | p90latency: Normal=1ms -> Current=9ms", Anomaly.LATENCY),
        ("LATENCY_MISSING [Data Vanished] | Metrics dropped to zero/NaN", Anomaly.NO_SAMPLES),
        ("ERROR_SPIKE [Success Rate Drop] | Normal=100.0% -> Cur=76.0% (-24.0%)", Anomaly.ERRORS),
        ("THROUGHPUT_DROP [RPS] | Normal=2req/s -> Current=1req/s", Anomaly.TRAFFIC_DROP),
        ("TRAFFIC_ANOMALY [Network Drop] | Normal=7pps -> Current=3pps", Anomaly.TRAFFIC_DROP),
        ("TRAFFIC_ANOMALY [Outbound SURGE] | Normal=13pps -> Current=27pps", Anomaly.TRAFFIC_SURGE),
        ("RESOURCE_SATURATION [cpu_cfs] | Val: 0.6s (Throttled)", Anomaly.CPU),
        ("RESOURCE_SATURATION [cpu core] | Normal=0.1 cores -> Current=0.9 cores", Anomaly.CPU),
        ("RESOURCE_SATURATION [memory] | Normal=1MB -> Current=9MB", Anomaly.MEMORY),
        ("NETWORK_QUALITY_DEGRADED [TCP Retransmission] | Normal=0retrans -> Current=8retrans", Anomaly.RETRANSMISSION),
        ("SOMETHING_NEW [x] | y", Anomaly.OTHER),
        ("", Anomaly.OTHER),
    ],
)
def test_a_statement_is_sorted_by_its_family(statement: str, expected: Anomaly) -> None:
    assert anomaly_of(statement) is expected
