"""Where tests keep runs: a directory, and a database on a real Postgres."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from postgres_server.server import Server, binaries, running_server


@pytest.fixture(scope="session", autouse=True)
def _no_state_of_the_person_who_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Turn the platform's place for state away, for processes that are started too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    programs = binaries()
    if programs is None:
        pytest.skip("no Postgres is installed: neither /usr/lib/postgresql/*/bin nor initdb on the PATH")
    with running_server(programs) as server:
        yield server


@pytest.fixture
def server_home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An empty database, and beside it a place for state of the test's own."""
    pytest.importorskip("psycopg", reason="the extra `postgres` is not installed")
    server: Server = request.getfixturevalue("postgres")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield server.new_database()


@pytest.fixture(params=["sqlite", "postgres"])
def home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An empty home, once as a directory and once as a database."""
    if request.param == "sqlite":
        return str(tmp_path_factory.mktemp("homes") / "home")
    made: str = request.getfixturevalue("server_home")
    return made
