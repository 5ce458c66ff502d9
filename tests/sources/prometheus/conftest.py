"""Real Prometheus and Alertmanager, where they are installed."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

NOW = datetime.now(UTC).replace(second=0, microsecond=0)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextlib.contextmanager
def _running(command: list[str], ready: str, log: Path) -> Iterator[None]:
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
    try:
        for _ in range(150):
            with contextlib.suppress(OSError):
                if urllib.request.urlopen(ready, timeout=1).status == 200:  # noqa: S310 - loopback
                    break
            if process.poll() is not None:
                pytest.fail(log.read_text(errors="replace")[-1000:])
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait()


def _needs(*programs: str) -> None:
    absent = [name for name in programs if not shutil.which(name)]
    if absent:
        pytest.skip(f"{', '.join(absent)} not installed (Debian packages prometheus, prometheus-alertmanager)")


_NODE = 'instance="10.0.0.7:9100"'


def samples() -> str:
    """Two hours of what cAdvisor, the kubelet and node_exporter would have exposed, as OpenMetrics."""
    lines: list[str] = []
    begin = (NOW - timedelta(hours=2)).timestamp()
    moments = [begin + 60 * number for number in range(121)]
    pod = 'namespace="shop",pod="api-0"'
    rows: tuple[tuple[str, str, str, Callable[[int], float]], ...] = (
        ("container_cpu_usage_seconds", "counter", f'container="api",{pod}', lambda number: 30.0 * number),
        ("container_cpu_cfs_throttled_seconds", "counter", f'container="api",{pod}', lambda number: 6.0 * number),
        ("container_memory_working_set_bytes", "gauge", f'container="api",{pod}', lambda number: 1e6 * (number + 1)),
        ("container_network_receive_packets", "counter", pod, lambda number: 600.0 * number),
        ("container_network_transmit_packets", "counter", pod, lambda number: 60.0 * number),
        ("node_netstat_Tcp_RetransSegs", "gauge", _NODE, lambda number: 120.0 * number),
        ("node_filesystem_avail_bytes", "gauge", f'{_NODE},mountpoint="/"', lambda _: 60.0),
        ("node_filesystem_size_bytes", "gauge", f'{_NODE},mountpoint="/"', lambda _: 100.0),
        ("node_filesystem_avail_bytes", "gauge", f'{_NODE},mountpoint="/var/lib/kubelet"', lambda n: 50.0 - n / 4),
        ("node_filesystem_size_bytes", "gauge", f'{_NODE},mountpoint="/var/lib/kubelet"', lambda _: 100.0),
        ("node_filesystem_avail_bytes", "gauge", f'{_NODE},mountpoint="/mnt/backup"', lambda _: 1.0),
        ("node_filesystem_size_bytes", "gauge", f'{_NODE},mountpoint="/mnt/backup"', lambda _: 100.0),
        ("node_memory_MemAvailable_bytes", "gauge", _NODE, lambda _: 25e8),
        ("node_memory_MemTotal_bytes", "gauge", _NODE, lambda _: 1e10),
        (
            "kubelet_volume_stats_used_bytes", "gauge",
            'namespace="shop",persistentvolumeclaim="data"', lambda _: 95.0,
        ),
        (
            "kubelet_volume_stats_capacity_bytes", "gauge",
            'namespace="shop",persistentvolumeclaim="data"', lambda _: 100.0,
        ),
    )  # fmt: skip
    typed: set[str] = set()
    for name, kind, labels, value in sorted(rows, key=lambda row: row[0]):
        if name not in typed:
            lines.append(f"# TYPE {name} {kind}")
            typed.add(name)
        suffix = "_total" if kind == "counter" else ""
        lines += [f"{name}{suffix}{{{labels}}} {value(number)} {moment:.0f}" for number, moment in enumerate(moments)]
    return "\n".join([*lines, "# EOF", ""])


@pytest.fixture(scope="session")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    _needs("prometheus", "promtool")
    home = tmp_path_factory.mktemp("prometheus")
    (home / "samples").write_text(samples())
    (home / "config.yml").write_text("scrape_configs: []\n")
    subprocess.run(
        ["promtool", "tsdb", "create-blocks-from", "openmetrics", str(home / "samples"), str(home / "data")],
        check=True, capture_output=True,
    )  # fmt: skip
    port = _free_port()
    command = [
        "prometheus", f"--config.file={home}/config.yml", f"--storage.tsdb.path={home}/data",
        f"--web.listen-address=127.0.0.1:{port}", "--storage.tsdb.retention.time=30d",
    ]  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    with _running(command, f"{url}/-/ready", home / "log"):
        yield url


@pytest.fixture(scope="session")
def alertmanager(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    _needs("prometheus-alertmanager")
    home = tmp_path_factory.mktemp("alertmanager")
    (home / "config.yml").write_text("route: {receiver: nobody}\nreceivers: [{name: nobody}]\n")
    port = _free_port()
    command = [
        "prometheus-alertmanager", f"--config.file={home}/config.yml", f"--storage.path={home}/data",
        f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address=",
    ]  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    with _running(command, f"{url}/-/ready", home / "log"):
        yield url
