"""Whether a message was signed by the person whom it names, by a key that the policy gives that person.

Signatures are OpenSSH's, so that people sign with the keys that they have. Source: openssh-portable, PROTOCOL.sshsig.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
from base64 import b64decode
from collections.abc import Mapping
from pathlib import Path

from cluster_doctor.domain.errors import RemediationError, UsageError
from cluster_doctor.remediation.approvals.message import BEGIN, END, ApprovalMessage
from cluster_doctor.remediation.approvals.ssh_key import NotTouchedError, fingerprint, verify
from cluster_doctor.remediation.policy.known import Person, person_named

NAMESPACE = "approval@cluster-doctor.io"
"""What signatures are made for; one that was made for files, commits or anything else does not count."""
_ARMOURED = re.compile(re.escape(BEGIN) + rb"[A-Za-z0-9+/=\n]+" + re.escape(END[:-1]) + rb"\n*")
_HASHES = frozenset({b"sha256", b"sha512"})
_SECONDS = 300
_NEXT = "The policy names the keys of each person under `people`."


def proof_of(message: ApprovalMessage, signature: bytes, people: Mapping[str, Person]) -> str:
    """Tell by which key a message is signed: `ssh SHA256:…`.

    Args:
        message: what it says.
        signature: as `ssh-keygen -Y sign` writes it.
        people: whose keys are known.

    Raises:
        RemediationError: it is not signed, not for this, not as it is, or by nobody who may speak for that person.
    """
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm  # noqa: PLC0415 - few get messages
    from sshsig.sshsig import SshsigSignature, SshsigWrapper  # noqa: PLC0415 - as above

    person = person_named(people, message.approver)
    if person is None or not person.ssh_keys:
        raise RemediationError(f"no key of {message.approver} is known", _NEXT)
    if not _ARMOURED.fullmatch(signature):
        raise RemediationError("the message carries no signature as ssh-keygen writes it", "Sign it, and send both.")
    try:
        outer = SshsigSignature.from_armored(signature)
        if outer.namespace != NAMESPACE.encode():
            named = outer.namespace[:80].decode("ascii", "replace")
            raise RemediationError(f"the signature was made for {named!r}", f"Sign it with -n {NAMESPACE}.")
        if outer.hash_algo not in _HASHES:
            raise RemediationError("the signature rests on a hash that is not used here", "Sign it with ssh-keygen.")
        key = fingerprint(outer.public_key)
        if outer.public_key not in [b64decode(line.split()[1]) for line in person.ssh_keys]:
            raise RemediationError(f"the signature is by {key}, which is no key of {message.approver}", _NEXT)
        digest = hashlib.new(outer.hash_algo.decode(), message.content).digest()
        inner = SshsigWrapper(namespace=outer.namespace, hash_algo=outer.hash_algo, hash=digest)
        verify(outer.public_key, outer.signature, bytes(inner))
    except NotTouchedError as error:
        raise RemediationError(str(error), "Touch it when it blinks; `no-touch-required` does not count.") from error
    # What can be wrong with a signature is told in one way: it does not fit (InvalidSignature), says that it is of a
    # later form (NotImplementedError), by a curve that this machine lacks (UnsupportedAlgorithm), or none (ValueError).
    except (InvalidSignature, NotImplementedError, UnsupportedAlgorithm, ValueError) as error:
        raise RemediationError(
            "the signature does not fit the message: it was forged, or the message was edited", "Sign it again."
        ) from error
    return f"ssh {key}"


def signed(message: ApprovalMessage, key: Path) -> bytes:
    """Sign a message with a key, or with the agent that holds it; `ssh-keygen` asks for a passphrase if it has one.

    Raises:
        UsageError: it cannot be signed.
    """
    asked = ["ssh-keygen", "-Y", "sign", "-q", "-n", NAMESPACE, "-f", str(key.expanduser().absolute())]
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command; the path is absolute and so no option
            asked, input=message.content, capture_output=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageError(
            f"ssh-keygen cannot be run: {error}", "Install the OpenSSH client, or sign it by hand."
        ) from error
    if done.returncode or not _ARMOURED.fullmatch(done.stdout):
        said = " ".join(done.stderr.decode("utf-8", "replace").split())[:200]
        raise UsageError(f"ssh-keygen did not sign: {said}", "Name a key of your own that ssh-keygen can use.")
    return message.content + done.stdout
