"""Starts the emulator, and stops it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from node_packages import install

_HERE = Path(__file__).parent

OWNER = "acme"
TOKEN, READER, STRANGER = "token-of-the-bot", "token-of-a-reader", "token-of-a-stranger"
APP_ID, INSTALLATION = 4711, 99


def installed() -> tuple[Path, Path]:
    """Node, and the folder that the emulator is installed in.

    Raises:
        NoNodePackageError: one of them cannot be had.
    """
    return install(_HERE, "emulate")


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
