"""Whether a signature is by an SSH key, for every kind of key that a policy can name.

Sources: RFC 8032, RFC 8332 and RFC 5656; openssh-portable, PROTOCOL.u2f, for keys that live in a security key (`sk-`).
A security key signs what its owner touched it for: without that mark, a program could have asked it behind their back.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from sshsig.binary_io import SshReader

_TOUCHED = 0x01
"""The flag of a security key that says that its owner was there."""


class NotTouchedError(ValueError):
    """A security key signed without its owner's touch."""


def verify(blob: bytes, signature: bytes, content: bytes) -> None:
    """Make sure that a signature is by a key.

    Args:
        blob: the public key as SSH encodes it, of a kind that a policy can name.
        signature: as SSH encodes it.
        content: what was signed.

    Raises:
        NotTouchedError: nobody touched the security key.
        InvalidSignature: it is by another key, or over something else; the exception is that of `cryptography`.
        UnsupportedAlgorithm: the key is of a kind that cannot be read; likewise.
        ValueError: key or signature are not as SSH encodes them.
    """
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey  # noqa: PLC0415 - heavy
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.hashes import SHA256, SHA512  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.serialization import load_ssh_public_key  # noqa: PLC0415 - as above
    from sshsig.binary_io import SshReader  # noqa: PLC0415 - as above

    kind = SshReader(blob).read_string()
    key = load_ssh_public_key(kind + b" " + b64encode(blob))
    reader = SshReader(signature)
    named, made = reader.read_string(), reader.read_string()
    if kind.startswith(b"sk-"):
        content = _as_touched(blob, reader, content)
    if reader.input_fh.read(1):
        raise ValueError("something follows the signature")
    match key:
        case RSAPublicKey() if named in {b"rsa-sha2-256", b"rsa-sha2-512"}:
            key.verify(made, content, PKCS1v15(), SHA256() if named.endswith(b"256") else SHA512())
        case Ed25519PublicKey() if named == kind:
            key.verify(made, content)
        case EllipticCurvePublicKey() if named == kind:
            _verify_on_curve(key, made, content)
        case _:
            raise ValueError("the signature is of another kind than the key")


def fingerprint(blob: bytes) -> str:
    """`SHA256:…`, as `ssh-keygen -l` tells it."""
    return f"SHA256:{b64encode(hashlib.sha256(blob).digest()).decode().rstrip('=')}"


def _verify_on_curve(key: EllipticCurvePublicKey, made: bytes, content: bytes) -> None:
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA  # noqa: PLC0415 - heavy
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512  # noqa: PLC0415 - as above
    from sshsig.binary_io import SshReader  # noqa: PLC0415 - as above

    numbers = SshReader(made)
    pair = encode_dss_signature(numbers.read_mpint(), numbers.read_mpint())
    if numbers.input_fh.read(1):
        raise ValueError("something follows the signature")
    hashes = {"secp256r1": SHA256(), "secp384r1": SHA384(), "secp521r1": SHA512()}
    if key.curve.name not in hashes:
        raise ValueError(f"keys on the curve {key.curve.name} are not read")
    key.verify(pair, content, ECDSA(hashes[key.curve.name]))


def _as_touched(blob: bytes, reader: SshReader, content: bytes) -> bytes:
    """What a security key signs: its application, what it marks and counts, and the hash of the content."""
    from sshsig.binary_io import SshReader  # noqa: PLC0415 - heavy

    parts = SshReader(blob)
    for _ in range(3 if b"ecdsa" in parts.read_string() else 2):
        application = parts.read_string()  # the last; before it come the curve, if there is one, and the key
    flags, counter = reader.read_byte(), reader.read_uint32()
    if not flags & _TOUCHED:
        raise NotTouchedError("the security key was not touched for it")
    marks = bytes([flags]) + counter.to_bytes(4, "big")
    return hashlib.sha256(application).digest() + marks + hashlib.sha256(content).digest()
