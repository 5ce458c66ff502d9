"""Answers that are signed by a security key, which its owner has to touch."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.security_key import TOUCHED, VERIFIED, SecurityKey
from approvals.test_messages import SAID
from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.remediation.approvals.message import read_message
from cluster_doctor.remediation.approvals.signature import NAMESPACE, proof_of
from cluster_doctor.remediation.policy.known import Person

TOKENS = [SecurityKey(on_curve=False), SecurityKey(on_curve=True), SecurityKey(on_curve=True, application=b"ssh:work")]
NAMES = ["sk-ssh-ed25519", "sk-ecdsa", "another application"]
each_token = pytest.mark.parametrize("token", TOKENS, ids=NAMES)


def proof(token: SecurityKey, signature: bytes, content: bytes = SAID.content) -> str:
    return proof_of(*read_message(content + signature), {"Ada": Person(ssh_keys=(token.line,))})


@each_token
def test_a_touch_proves_who_it_was(token: SecurityKey, tmp_path: Path) -> None:
    (tmp_path / "key.pub").write_text(token.line)
    told = proof(token, token.sign(SAID.content, NAMESPACE))
    assert told.startswith("ssh SHA256:")
    assert proof(token, token.sign(SAID.content, NAMESPACE, flags=TOUCHED | VERIFIED)) == told
    if shutil.which("ssh-keygen"):
        shown = subprocess.run(["ssh-keygen", "-l", "-f", tmp_path / "key.pub"], capture_output=True, check=True)
        assert told == f"ssh {shown.stdout.split()[1].decode()}"


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="no ssh-keygen is installed")
@each_token
def test_openssh_takes_the_same_signatures_and_refuses_the_same(token: SecurityKey, tmp_path: Path) -> None:
    for content, right in ((SAID.content, True), (SAID.content + b" ", False)):
        (tmp_path / "signature").write_bytes(token.sign(SAID.content, NAMESPACE))
        asked = ["ssh-keygen", "-Y", "check-novalidate", "-n", NAMESPACE, "-s", str(tmp_path / "signature")]
        done = subprocess.run(asked, input=content, capture_output=True, check=False)
        assert (done.returncode == 0) is right, done.stderr


@each_token
def test_what_was_signed_without_a_touch_is_refused(token: SecurityKey) -> None:
    for flags in (0, VERIFIED):
        with pytest.raises(RemediationError, match="the security key was not touched for it"):
            proof(token, token.sign(SAID.content, NAMESPACE, flags=flags))
    with pytest.raises(RemediationError, match="does not fit the message"):
        proof(token, token.sign(SAID.content, NAMESPACE, flags=0, said=TOUCHED))


@each_token
def test_what_does_not_fit_is_refused(token: SecurityKey) -> None:
    other = SecurityKey(on_curve=b"ecdsa" in token.kind, application=token.application)
    right = SAID.model_copy(update={"digest": "8" * 64}).content
    for signature in (
        token.sign(right, NAMESPACE),
        token.sign(SAID.content, NAMESPACE, more=b"x"),
        token.sign(SAID.content, NAMESPACE, said=TOUCHED | VERIFIED),
    ):
        with pytest.raises(RemediationError, match="does not fit the message"):
            proof(token, signature)
    with pytest.raises(RemediationError, match="which is no key of ada"):
        proof(token, other.sign(SAID.content, NAMESPACE))
    with pytest.raises(RemediationError, match="the signature was made for 'git'"):
        proof(token, token.sign(SAID.content, "git"))


def test_the_same_key_for_another_application_is_another_key() -> None:
    token = SecurityKey(on_curve=False)
    known = token.line
    token.application = b"ssh:other"
    token.blob = token.blob.replace(b"\x00\x00\x00\x04ssh:", b"\x00\x00\x00\x09ssh:other")
    with pytest.raises(RemediationError, match="which is no key of ada"):
        proof_of(*read_message(SAID.content + token.sign(SAID.content, NAMESPACE)), {"Ada": Person(ssh_keys=(known,))})


@settings(max_examples=150, deadline=None)
@given(token=st.sampled_from(TOKENS[:2]), at=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_no_flipped_bit_passes_or_breaks_anything(token: SecurityKey, at: int, bit: int) -> None:
    content = bytearray(SAID.content + token.sign(SAID.content, NAMESPACE))
    content[at % len(content)] ^= 1 << bit
    try:
        message, signature = read_message(bytes(content))
        told = proof_of(message, signature, {"Ada": Person(ssh_keys=(token.line,))})
    except RemediationError:
        return
    assert message == SAID, "only what is no part of message or signature may differ"
    assert told.startswith("ssh ")
