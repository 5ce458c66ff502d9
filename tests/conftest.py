"""Where tests keep runs: a directory, and a database on a real Postgres. And a stateful GitHub."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from github_server.gate import Gate, gated
from github_server.person import Repository, new_repository
from github_server.server import installed, running
from node_packages import NoNodePackageError
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


@pytest.fixture(scope="session")
def app_key() -> str:
    """The private key of a GitHub App, made for this session."""
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return made.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()


@pytest.fixture(scope="session")
def emulator(app_key: str) -> Iterator[str]:
    """A stateful GitHub, one for all tests of a session."""
    try:
        installed()
    except NoNodePackageError as error:
        if os.environ.get("CLUSTER_DOCTOR_TEST_GITHUB") == "required":
            raise
        pytest.skip(f"no GitHub to test on: {error}")
    with running(app_key) as address:
        yield address


@pytest.fixture
def gate(emulator: str) -> Iterator[Gate]:
    """The way to it, watched and broken off where a test says so."""
    with gated(emulator) as gate:
        yield gate


@pytest.fixture
def shop(gate: Gate, request: pytest.FixtureRequest) -> Repository:
    """A repository with the FILES of the test's module."""
    return new_repository(gate, request.module.FILES)
