"""A stateful GitHub, one for all tests of a session, and a repository of its own for each."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from github_server.gate import Gate, gated
from github_server.person import Repository, new_repository
from github_server.server import NoEmulatorError, installed, running
from trees import DEPLOYMENT


@pytest.fixture(scope="session")
def app_key() -> str:
    """The private key of the GitHub App, made for this session."""
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return made.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()


@pytest.fixture(scope="session")
def emulator(app_key: str) -> Iterator[str]:
    try:
        installed()
    except NoEmulatorError as error:
        if os.environ.get("CLUSTER_DOCTOR_TEST_GITHUB") == "required":
            raise
        pytest.skip(f"no GitHub to test on: {error}")
    with running(app_key) as address:
        yield address


@pytest.fixture
def gate(emulator: str) -> Iterator[Gate]:
    with gated(emulator) as gate:
        yield gate


@pytest.fixture
def shop(gate: Gate) -> Repository:
    """A repository with a Deployment."""
    return new_repository(gate, {"k8s/web.yaml": DEPLOYMENT, "k8s/run.sh": "echo\n"})
