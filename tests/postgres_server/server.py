"""Starts a server on a free port of the loopback interface, in a folder of its own, and stops it."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PLACES = "/usr/lib/postgresql"
_SECONDS = 60
_KEEP = '''"$@" & server=$!; read -r said; kill -QUIT $server; wait $server; [ "$said" ] || rm -rf "$PWD"'''
"""Runs a server until it is told to stop, or until whoever could tell it is gone; then nothing is left of it."""


def binaries() -> Path | None:
    """Find the folder with `initdb` and `postgres`, of the newest version; None if there is none."""
    there = sorted(Path(_PLACES).glob("*/bin/initdb"), key=lambda path: int(path.parts[-3].partition(".")[0]))
    found = str(there[-1]) if there else shutil.which("initdb")
    return Path(found).resolve().parent if found else None


class Server:
    """A running server."""

    def __init__(self, folder: Path, programs: Path) -> None:
        """Make the files of a server in an empty folder, and start it."""
        self._folder = folder
        self._programs = programs
        self._made = 0
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._run("initdb", "-D", str(folder), "-A", "trust", "-U", "doctor", "-E", "UTF8", "--no-locale", "-N")
        self.start()

    def start(self) -> None:
        """Start it, as it was, and wait until it answers."""
        server = [
            self._programs / "postgres", "-D", self._folder, "-p", str(self.port), "-c", "listen_addresses=127.0.0.1",
            "-c", f"unix_socket_directories={self._folder}", "-c", "fsync=off",
        ]  # fmt: skip
        self._keeper = subprocess.Popen(
            ["/bin/sh", "-c", _KEEP, "sh", *server],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self._folder,
            **_as_other(),
        )  # type: ignore[call-overload]  # fmt: skip
        until = time.monotonic() + _SECONDS
        asked = [str(self._programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        while subprocess.run(asked, check=False).returncode:
            assert time.monotonic() < until, "the server does not answer"
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop it at once; whoever is connected loses the connection."""
        self._keeper.communicate(b"stop\n", timeout=_SECONDS)

    def new_database(self) -> str:
        """Make an empty database; return its address."""
        self._made += 1
        name = f"test_{self._made}"
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "doctor", name)
        return f"postgresql://doctor@127.0.0.1:{self.port}/{name}"

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self._programs / program, *arguments],
            check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd=self._folder, timeout=_SECONDS,
            **_as_other(),
        )  # type: ignore[call-overload]  # fmt: skip


@contextmanager
def running_server(programs: Path) -> Iterator[Server]:
    """Run a server while the block runs."""
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    if os.geteuid() == 0:
        user = _other_user()
        os.chown(folder, user.pw_uid, user.pw_gid)
    try:
        server = Server(folder, programs)
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _as_other() -> dict[str, object]:
    """Say as whom to run what refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    user = _other_user()
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _other_user() -> pwd.struct_passwd:
    names = {user.pw_name: user for user in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]
