"""LangGraph's development server, as `langgraph dev` starts it, on the graphs that langgraph.json names."""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
_HERE = Path(__file__).parent
_PATIENCE = 90.0


def program() -> Path | None:
    """The command that `build.sh` installed; None if it was not run."""
    pinned = (_HERE / "requirements.txt").read_bytes() + (ROOT / "constraints.txt").read_bytes()
    key = hashlib.sha256(pinned).hexdigest()[:16]
    venv = Path.home() / ".cache" / "cluster-doctor-tests" / f"langgraph-{key}"
    return venv / "bin" / "langgraph" if (venv / ".ready").exists() else None


@contextmanager
def running(command: Path, home: Path, folder: Path) -> Iterator[str]:
    """Start it on a free port of this machine, in a folder of its own, and stop it. Yields its URL."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    told = folder / "server.log"
    for name in ("langgraph.json", "graphs"):  # it finds graphs by the folder that it is started in, and writes there
        (folder / name).symlink_to(ROOT / name)
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        "PYTHONPATH": str(ROOT),
        "CLUSTER_DOCTOR_HOME": str(home),
        "LANGGRAPH_CLI_NO_ANALYTICS": "1",
        "LANGSMITH_TRACING": "false",
    }
    words = ["dev", "--host", "127.0.0.1", "--port", str(port)]
    with told.open("wb") as log:
        process = subprocess.Popen(
            [command, *words, "--no-browser", "--no-reload"], cwd=folder, env=environment, stdout=log, stderr=log
        )
    try:
        _await(process, f"http://127.0.0.1:{port}", told)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()
        process.wait()


def _await(process: subprocess.Popen[bytes], url: str, told: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        assert process.poll() is None, told.read_text(errors="replace")[-4000:]
        with suppress(httpx.HTTPError):
            if httpx.get(f"{url}/ok", timeout=5).is_success:
                return
        time.sleep(0.5)
    raise TimeoutError(told.read_text(errors="replace")[-4000:])
