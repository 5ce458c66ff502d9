"""What may be told about a Secret's value without telling the value."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime

import orjson
from pydantic import JsonValue

_CERTIFICATE = b"-----BEGIN CERTIFICATE-----"
_DOCKER = frozenset({"kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg"})
_TOKEN = re.compile(rb"eyJ[\w-]+\.(eyJ[\w-]+)\.[\w-]*")
"""A JSON Web Token: header, claims and signature, each base64url (RFC 7519)."""
_PORT_KEY = re.compile(r"port$", re.IGNORECASE)


def facts_of(key: str, value: bytes, secret_type: str) -> dict[str, JsonValue]:
    """Compute facts: a certificate's subject, names and validity; a pull secret's registries; a token's times; a port.

    Args:
        key: the key's name.
        value: its value, decoded.
        secret_type: the Secret's type.
    """
    if _CERTIFICATE in value:
        return _certificate(value)
    if secret_type in _DOCKER:
        return _registries(value)
    token = _TOKEN.fullmatch(value.strip())
    if token:
        return _token(token[1])
    if _PORT_KEY.search(key) and re.fullmatch(rb"\s*\d{1,5}\s*", value) and 0 < int(value) < 65536:
        return {"port": int(value)}
    return {} if value else {"empty": True}


def _certificate(value: bytes) -> dict[str, JsonValue]:
    from cryptography import x509  # noqa: PLC0415 - half of all snapshots hold no certificate
    from cryptography.x509.oid import ExtensionOID  # noqa: PLC0415 - as above

    try:
        certificate = x509.load_pem_x509_certificate(value[value.index(_CERTIFICATE) :])
        names = [
            str(name.value)
            for extension in certificate.extensions
            if extension.oid == ExtensionOID.SUBJECT_ALTERNATIVE_NAME
            for name in extension.value
        ]
        return {
            "subject": certificate.subject.rfc4514_string(),
            "issuer": certificate.issuer.rfc4514_string(),
            "sans": list[JsonValue](names),
            "not_before": certificate.not_valid_before_utc.isoformat(),
            "not_after": certificate.not_valid_after_utc.isoformat(),
        }
    except ValueError:
        return {"unreadable": "certificate"}


def _registries(value: bytes) -> dict[str, JsonValue]:
    try:
        read = orjson.loads(value)
    except orjson.JSONDecodeError:
        return {"unreadable": "registry credentials"}
    if not isinstance(read, dict):
        return {"unreadable": "registry credentials"}
    entries = read.get("auths", read)
    return {"registries": list[JsonValue](sorted(map(str, entries))) if isinstance(entries, dict) else []}


def _token(claims: bytes) -> dict[str, JsonValue]:
    """Tell the times that a JSON Web Token claims; those are the only claims that pass."""
    try:
        read = orjson.loads(base64.urlsafe_b64decode(claims + b"=" * (-len(claims) % 4)))
    except (binascii.Error, orjson.JSONDecodeError):
        return {}
    if not isinstance(read, dict):
        return {}
    told = {name: _moment(read.get(claim)) for name, claim in (("issued_at", "iat"), ("expires_at", "exp"))}
    return {name: moment for name, moment in told.items() if moment}


def _moment(seconds: object) -> str:
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 0 < seconds < 1e11:
        return ""
    return datetime.fromtimestamp(seconds, UTC).isoformat()
