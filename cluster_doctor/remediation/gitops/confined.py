"""Runs a tool on a copy of files that nobody vouches for: for a while, for so much output, with a home of its own.

It gets no environment but a search path, no plugins, no login and no cluster, and proxies that lead nowhere. What could
make it go elsewhere all the same, such as a flag, is for those to keep out who make the command.
"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Timer

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.remediation.gitops.tree import SourceTree

SECONDS = 60
"""How long one rendering may take."""

MOST_BYTES = 256 << 20
"""Bytes of a repository that is copied to be rendered."""

MOST_OUTPUT = 64 << 20
"""Bytes that a tool may write."""

MOST_MEMORY = 8 << 30
"""Bytes of addresses that a tool may take, where the system can limit that."""


class RenderingError(RemediationError):
    """A tool could not render a source as it is."""


def output_of(command: Sequence[str], tree: SourceTree) -> bytes:
    """Run a tool at the top of a copy of a tree; returns what it writes.

    Raises:
        RenderingError: the tool fails, takes too long, or writes too much.
    """
    with tempfile.TemporaryDirectory(prefix="cluster-doctor-") as place:
        top, home, said = Path(place) / "source", Path(place) / "home", Path(place) / "said"
        home.mkdir()
        _copy(tree, top)
        with said.open("wb") as errors:
            content, code = _run(command, top, _environment(home), errors.fileno())
        if code:
            with said.open("rb") as errors:
                lines = errors.read(MOST_OUTPUT).decode(errors="replace").strip().splitlines()
            raise RenderingError(f"`{' '.join(command[:2])}` failed: {_told(lines)}")
    return content


def _environment(home: Path) -> Mapping[str, str]:
    helm = {f"HELM_{part}_HOME": str(home / part.lower()) for part in ("CACHE", "CONFIG", "DATA")}
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "KUBECONFIG": os.devnull,
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "GIT_ALLOW_PROTOCOL": "none",
        "HELM_PLUGINS": str(home / "plugins"),
        "HELM_NO_PLUGINS": "1",
        **helm,
    }


def _run(command: Sequence[str], top: Path, environment: Mapping[str, str], errors: int) -> tuple[bytes, int]:
    late: list[bool] = []
    try:
        process = subprocess.Popen(  # noqa: S603 - made by `render`; its paths were checked by the tree
            command,
            cwd=top,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
        )
    except OSError as error:
        raise RenderingError(f"`{command[0]}` did not answer: {type(error).__name__}") from error
    with process:
        _limit(process.pid)

        def end() -> None:
            late.append(True)
            _kill(process.pid)

        timer = Timer(SECONDS, end)
        timer.start()
        try:
            content = process.stdout.read(MOST_OUTPUT + 1) if process.stdout else b""
            if len(content) > MOST_OUTPUT:
                _kill(process.pid)
                raise RenderingError(f"`{' '.join(command[:2])}` writes more than {MOST_OUTPUT} bytes")
            code = process.wait()
        finally:
            timer.cancel()
    if late:
        raise RenderingError(f"`{command[0]}` did not answer within {SECONDS} s")
    return content, code


def _limit(process: int) -> None:
    """Bound memory and files of a process, on systems that can do that from outside."""
    import resource  # noqa: PLC0415 - not on every system

    limit = getattr(resource, "prlimit", None)
    if limit is not None:
        with suppress(OSError, ValueError):
            limit(process, resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
            limit(process, resource.RLIMIT_FSIZE, (MOST_OUTPUT, MOST_OUTPUT))


def _kill(process: int) -> None:
    """End a process with all that it started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process, signal.SIGKILL)


def _told(lines: Sequence[str]) -> str:
    """What a tool said last, or of a program that broke off, first."""
    meant = next((line for line in lines if line.startswith(("Error:", "fatal error:", "panic:"))), "")
    return (meant or (lines[-1] if lines else "it said nothing"))[:300]


def _copy(tree: SourceTree, top: Path) -> None:
    """Copy what can be read; a tool that needs the rest says so itself."""
    total = 0
    for file in tree.files("."):
        try:
            content = tree.read(file)
        except RemediationError:
            continue
        total += len(content)
        if total > MOST_BYTES:
            raise RenderingError(f"the repository has more than {MOST_BYTES} bytes")
        (top / file).parent.mkdir(parents=True, exist_ok=True)
        (top / file).write_bytes(content)
