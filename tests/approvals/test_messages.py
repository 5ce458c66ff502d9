"""Answers as signed messages, signed by OpenSSH's own ssh-keygen."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cluster_doctor.domain.errors import RemediationError, UsageError
from cluster_doctor.domain.remediation import Decision
from cluster_doctor.remediation.approvals.message import ApprovalMessage, read_message
from cluster_doctor.remediation.approvals.signature import NAMESPACE, proof_of, signed
from cluster_doctor.remediation.policy.known import Person

KINDS = [("ed25519", ""), ("rsa", "2048"), ("ecdsa", "256"), ("ecdsa", "384"), ("ecdsa", "521")]
pytestmark = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="no ssh-keygen is installed")
SAID = ApprovalMessage(
    run="20260102-030405-1a2b3c",
    interrupt="5d41",
    digest="9" * 64,
    decision=Decision.APPROVE,
    approver="ada",
    expires_at=datetime(2026, 3, 4, 13, tzinfo=UTC),
)


class Keys:
    """Keys made for this test, by name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of(self, name: str, kind: str = "ed25519", bits: str = "") -> Path:
        """The file of a key."""
        path = self._folder / f"{name}-{kind}{bits}"
        if not path.exists():
            asked = ["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", f"{name}@laptop", "-f", str(path)]
            subprocess.run([*asked, *(["-b", bits] if bits else [])], check=True)
        return path

    @cache  # noqa: B019 - there is one, for this module
    def signed(self) -> bytes:
        """What ada signed, once."""
        return signed(SAID, self.of("ada"))

    def line(self, name: str, kind: str = "ed25519", bits: str = "") -> str:
        """Its public key."""
        return self.of(name, kind, bits).with_name(f"{self.of(name, kind, bits).name}.pub").read_text().strip()


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def people(keys: Keys) -> dict[str, Person]:
    return {"Ada": Person(ssh_keys=(keys.line("ada"),)), "grace": Person(ssh_keys=(keys.line("grace"),))}


def proof(content: bytes, people: dict[str, Person]) -> str:
    return proof_of(*read_message(content), people)


@pytest.mark.parametrize(("kind", "bits"), KINDS)
def test_what_ssh_keygen_signed_proves_who_it_was(keys: Keys, kind: str, bits: str) -> None:
    known = {"Ada": Person(ssh_keys=(keys.line("ada", kind, bits),))}
    content = signed(SAID, keys.of("ada", kind, bits))
    told = subprocess.run(["ssh-keygen", "-l", "-f", keys.of("ada", kind, bits)], capture_output=True, check=True)
    assert proof(content, known) == f"ssh {told.stdout.split()[1].decode()}"
    assert read_message(content)[0] == SAID
    assert content.startswith(b'{"approver":"ada","decision":"approve","digest":"999')


@pytest.mark.parametrize(("kind", "bits"), KINDS)
def test_an_edited_message_is_refused_whatever_kind_of_key_signed_it(keys: Keys, kind: str, bits: str) -> None:
    known = {"Ada": Person(ssh_keys=(keys.line("ada", kind, bits),))}
    with pytest.raises(RemediationError, match="does not fit the message"):
        proof(_with(signed(SAID, keys.of("ada", kind, bits)), digest="8" * 64), known)


def test_a_message_signed_by_hand_is_the_same(keys: Keys, people: dict[str, Person], tmp_path: Path) -> None:
    file = tmp_path / "answer"
    file.write_bytes(SAID.content)
    asked = ["ssh-keygen", "-Y", "sign", "-q", "-n", NAMESPACE, "-f", str(keys.of("ada")), str(file)]
    subprocess.run(asked, check=True)
    assert proof(file.read_bytes() + file.with_suffix(".sig").read_bytes(), people).startswith("ssh SHA256:")


def _with(content: bytes, **other: object) -> bytes:
    line, _, signature = content.partition(b"\n")
    said = {**json.loads(line), **other}
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode() + b"\n" + signature


@pytest.mark.parametrize(
    "other",
    [{"steps": ["1.1"]}, {"decision": "decline"}, {"digest": "8" * 64}, {"run": "r"}, {"interrupt": "i"},
     {"expires_at": "2027-03-04T13:00:00Z"}, {"nonce": "0" * 32}],
)  # fmt: skip
def test_an_edited_message_is_refused(keys: Keys, people: dict[str, Person], other: dict[str, object]) -> None:
    content = signed(SAID, keys.of("ada"))
    with pytest.raises(RemediationError, match="does not fit the message"):
        proof(_with(content, **other), people)


def test_a_message_in_another_name_is_refused(keys: Keys, people: dict[str, Person]) -> None:
    with pytest.raises(RemediationError, match="which is no key of grace"):
        proof(signed(SAID.model_copy(update={"approver": "grace"}), keys.of("ada")), people)
    with pytest.raises(RemediationError, match="no key of mallory is known"):
        proof(signed(SAID.model_copy(update={"approver": "mallory"}), keys.of("mallory")), people)
    with pytest.raises(RemediationError, match="which is no key of ada"):
        proof(signed(SAID, keys.of("mallory")), people)


@pytest.mark.parametrize("namespace", ["file", "git", "approval"])
def test_a_signature_that_was_made_for_something_else_is_refused(
    keys: Keys, people: dict[str, Person], namespace: str
) -> None:
    asked = ["ssh-keygen", "-Y", "sign", "-q", "-n", namespace, "-f", str(keys.of("ada"))]
    made = subprocess.run(asked, input=SAID.content, capture_output=True, check=True).stdout
    with pytest.raises(RemediationError, match=f"the signature was made for '{namespace}'"):
        proof(SAID.content + made, people)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda content: content.partition(b"\n")[0] + b"\n", "carries no signature"),
        (lambda content: content + b"and more\n", "carries no signature"),
        (lambda content: content.replace(b"\n", b"\r\n"), "not in the form in which it is signed"),
        (lambda content: content.replace(b'","', b'", "', 1), "not in the form in which it is signed"),
        (lambda content: content.replace(b'"version":1', b'"version":2'), "no answer to a run: version"),
        (lambda content: content.replace(b'{"', b'{"x":1,"', 1), "no answer to a run: x"),
        (lambda content: content.replace(b'{"', b'{"approver":"grace","', 1), "not in the form in which it is signed"),
        (lambda _: b"", "its first line is no JSON"),
        (lambda _: b"[" * 60_000, "its first line is no JSON"),
        (lambda _: b"\xff\xfe", "its first line is no JSON"),
        (lambda content: content + b"\n" * 70_000, "larger than 65536 bytes"),
    ],
)
def test_what_is_no_signed_message_is_an_error(keys: Keys, people: dict[str, Person], change: object, why: str) -> None:
    assert callable(change)
    with pytest.raises(RemediationError, match=why):
        proof(change(signed(SAID, keys.of("ada"))), people)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_no_flipped_bit_passes_or_breaks_anything(keys: Keys, people: dict[str, Person], at: int, bit: int) -> None:
    content = bytearray(keys.signed())
    content[at % len(content)] ^= 1 << bit
    try:
        told = proof(bytes(content), people)
    except RemediationError:
        return
    assert read_message(bytes(content))[0] == SAID, "only what is no part of message or signature may differ"
    assert told.startswith("ssh ")


def test_a_key_that_cannot_sign_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="ssh-keygen did not sign"):
        signed(SAID, tmp_path / "nothing")
