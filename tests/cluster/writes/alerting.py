"""A real Alertmanager beside a fault that only alerts tell of."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cluster.waiting import until

PROGRAM = "prometheus-alertmanager"
ALERTING = frozenset({"edit_config_map"})
"""Faults that need one."""


@contextmanager
def alerting(name: str, home: Path) -> Iterator[str | None]:
    """Run an Alertmanager if a fault needs one; gives its address."""
    if name not in ALERTING:
        yield None
        return
    if not shutil.which(PROGRAM):
        pytest.skip(f"{PROGRAM} is not installed (a Debian package)")
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        at = f"127.0.0.1:{one.getsockname()[1]}"
    config = home / "alertmanager.yml"
    config.write_text("route: {receiver: none}\nreceivers: [{name: none}]\n")
    command = [
        PROGRAM, f"--config.file={config}", f"--storage.path={home / 'alerts'}", f"--web.listen-address={at}",
        "--cluster.listen-address=",
    ]  # fmt: skip
    with (home / "alertmanager.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    try:
        until(lambda: _answers(f"http://{at}/-/ready"), "Alertmanager is ready")
        yield f"http://{at}"
    finally:
        process.terminate()
        process.wait()


def tell(address: str | None, labels: dict[str, str], *, firing: bool) -> None:
    """Say that an alert fires, or that it does no more, as Prometheus does."""
    now = datetime.now(UTC)
    end = now + timedelta(minutes=5) if firing else now - timedelta(seconds=1)
    alert = {"labels": labels, "startsAt": f"{now - timedelta(hours=1):%FT%TZ}", "endsAt": f"{end:%FT%TZ}"}
    request = urllib.request.Request(  # noqa: S310 - loopback
        f"{address}/api/v2/alerts", json.dumps([alert]).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=5):  # noqa: S310 - loopback
        pass


def _answers(url: str) -> bool:
    with suppress(OSError), urllib.request.urlopen(url, timeout=1) as answer:  # noqa: S310 - loopback
        return bool(answer.status == 200)
    return False
