"""Probes and tolerations, as `kubectl describe pod` prints each on a line of its own."""

from __future__ import annotations

import pytest

from cluster_doctor.sources.terminal.describe.pods import read_toleration
from cluster_doctor.sources.terminal.describe.probes import read_probe


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("tcp-socket :80 delay=0s timeout=1s period=10s #success=1 #failure=3", {"tcpSocket": {"port": 80}}),
        ("tcp-socket 1.2.3.4:db delay=0s timeout=1s period=10s #success=1 #failure=3",
         {"tcpSocket": {"port": "db", "host": "1.2.3.4"}}),
        ("http-get http://:8080/ delay=0s timeout=1s period=10s #success=1 #failure=3",
         {"httpGet": {"path": "/", "scheme": "HTTP", "port": 8080}}),
        ("grpc <pod>:50051 health delay=0s timeout=1s period=10s #success=1 #failure=3",
         {"grpc": {"port": 50051, "service": "health"}}),
        ("exec [/bin/sh -c curl -f localhost || exit 1] delay=0s timeout=1s period=10s #success=1 #failure=3",
         {"exec": {"command": ["/bin/sh", "-c", "curl -f localhost || exit 1"]}}),
    ],
)  # fmt: skip
def test_every_kind_of_probe_is_read(printed: str, expected: dict[str, object]) -> None:
    probe = read_probe(printed)
    assert probe is not None
    assert {key: value for key, value in probe.items() if isinstance(value, dict)} == expected
    assert probe["failureThreshold"] == 3


def test_an_unknown_probe_is_no_probe() -> None:
    assert read_probe("telepathy :80 delay=0s") is None


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("op=Exists", {"operator": "Exists"}),
        (":NoSchedule op=Exists", {"operator": "Exists", "effect": "NoSchedule"}),
        ("gpu=true", {"key": "gpu", "value": "true", "operator": "Equal"}),
        ("gpu:NoExecute op=Exists for 30s",
         {"key": "gpu", "effect": "NoExecute", "operator": "Exists", "tolerationSeconds": 30}),
    ],
)  # fmt: skip
def test_every_form_of_toleration_is_read(printed: str, expected: dict[str, object]) -> None:
    assert read_toleration(printed) == expected
