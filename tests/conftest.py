"""Where the tests of the history keep runs: a directory, and a database on a real Postgres."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from postgres_server.server import Server, binaries, running_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    programs = binaries()
    if programs is None:
        pytest.skip("no Postgres is installed: neither /usr/lib/postgresql/*/bin nor initdb on the PATH")
    with running_server(programs) as server:
        yield server


@pytest.fixture
def server_home(postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """Make an empty database; the directory beside it is the test's own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return postgres.new_database


@pytest.fixture(params=["sqlite", "postgres"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty home, once as a directory and once as a database."""
    if request.param == "sqlite":
        return str(tmp_path / "home")
    made: Callable[[], str] = request.getfixturevalue("server_home")
    return made()
