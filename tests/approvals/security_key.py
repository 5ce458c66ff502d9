"""A security key made of software: what a token signs, as OpenSSH writes that down.

Source: openssh-portable, PROTOCOL.u2f and PROTOCOL.sshsig. OpenSSH itself is asked whether it takes what comes out.
"""

from __future__ import annotations

import hashlib
import struct
from base64 import b64encode
from textwrap import wrap

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

TOUCHED, VERIFIED = 1, 4


def string(content: bytes) -> bytes:
    """As SSH writes bytes: their number, then they."""
    return struct.pack(">I", len(content)) + content


def number(value: int) -> bytes:
    """As SSH writes a positive number."""
    return string(value.to_bytes(value.bit_length() // 8 + 1, "big"))


class SecurityKey:
    """One token."""

    def __init__(self, *, on_curve: bool, application: bytes = b"ssh:") -> None:
        """Make its key, of the kind ECDSA if it is on a curve."""
        self.application = application
        self._edwards, self._curve = Ed25519PrivateKey.generate(), generate_private_key(SECP256R1())
        self._on_curve = on_curve
        if on_curve:
            point = self._curve.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
            self.kind, public = b"sk-ecdsa-sha2-nistp256@openssh.com", string(b"nistp256") + string(point)
        else:
            raw = self._edwards.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
            self.kind, public = b"sk-ssh-ed25519@openssh.com", string(raw)
        self.blob = string(self.kind) + public + string(application)

    @property
    def line(self) -> str:
        """The public key as ssh-keygen writes it."""
        return f"{self.kind.decode()} {b64encode(self.blob).decode()} ada@token"

    def sign(self, content: bytes, namespace: str, *, flags: int = TOUCHED, more: bytes = b"", said: int = -1) -> bytes:
        """Sign as `ssh-keygen -Y sign` does.

        Args:
            content: the message.
            namespace: what it is signed for.
            flags: what the token marks.
            more: what follows the signature.
            said: the flags that are written down, if these are others.
        """
        inner = b"SSHSIG" + b"".join(
            map(string, (namespace.encode(), b"", b"sha512", hashlib.sha512(content).digest()))
        )
        marks = bytes([flags]) + struct.pack(">I", 7)
        signed = hashlib.sha256(self.application).digest() + marks + hashlib.sha256(inner).digest()
        if self._on_curve:
            made = b"".join(map(number, decode_dss_signature(self._curve.sign(signed, ECDSA(SHA256())))))
        else:
            made = self._edwards.sign(signed)
        told = bytes([flags if said < 0 else said]) + marks[1:]
        signature = string(self.kind) + string(made) + told + more
        parts = (self.blob, namespace.encode(), b"", b"sha512", signature)
        blob = b"SSHSIG" + struct.pack(">I", 1) + b"".join(map(string, parts))
        lines = (
            "-----BEGIN SSH SIGNATURE-----",
            *wrap(b64encode(blob).decode(), 70),
            "-----END SSH SIGNATURE-----",
            "",
        )
        return "\n".join(lines).encode()
