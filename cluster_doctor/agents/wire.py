"""What a chat model gets to see: text with credentials masked, and addresses of people and machines as tokens.

A token stands for one value throughout a run, so that equal stays equal and different stays different. What it stands
for is known here alone, and put back into what tools are asked and what a person reads.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
from collections.abc import Iterable

from pydantic import JsonValue

from cluster_doctor.domain.model_use import Hidden
from cluster_doctor.snapshot.door import Door

_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
_IP = re.compile(
    r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}(?![\w.]*\d\.)|(?=[0-9a-fA-F:.]*:[0-9a-fA-F:.]*:)[0-9a-fA-F:.]{3,45})(?![\w])"
)
_TOKEN = re.compile(r"<(?:email|ip):[0-9a-f]{10}>")


class Wire:
    """The gate between a run and its model."""

    def __init__(self, key: str, hide: Iterable[Hidden] = Hidden) -> None:
        """Make tokens by a key that the model does not know; the same key makes the same tokens."""
        self._key = hashlib.sha256(f"wire {key}".encode()).digest()
        self._door = Door(self._key)
        self._hide = frozenset(hide)
        self._known: dict[str, str] = {}

    def hide(self, text: str) -> str:
        """Mask credentials, and replace what else is to be hidden. Doing it twice changes nothing."""
        masked = self._door.mask_text(text)
        if Hidden.EMAIL in self._hide:
            masked = _EMAIL.sub(lambda found: self._token("email", found[0]), masked)
        if Hidden.IP in self._hide:
            masked = _IP.sub(lambda found: self._token("ip", found[0]) if _is_ip(found[0]) else found[0], masked)
        return masked

    def hide_all(self, value: JsonValue) -> JsonValue:
        """Hide in all texts of a value."""
        if isinstance(value, str):
            return self.hide(value)
        if isinstance(value, list):
            return [self.hide_all(member) for member in value]
        if isinstance(value, dict):
            return {self.hide(key): self.hide_all(member) for key, member in value.items()}
        return value

    def reveal(self, text: str) -> str:
        """Put back what tokens stand for; one that this run never made stays as it is."""
        return _TOKEN.sub(lambda found: self._known.get(found[0], found[0]), text)

    def reveal_all(self, value: JsonValue) -> JsonValue:
        """Put back what tokens stand for in all texts of a value."""
        if isinstance(value, str):
            return self.reveal(value)
        if isinstance(value, list):
            return [self.reveal_all(member) for member in value]
        if isinstance(value, dict):
            return {key: self.reveal_all(member) for key, member in value.items()}
        return value

    def _token(self, kind: str, value: str) -> str:
        digest = hmac.new(self._key, f"{kind}\0{value}".encode("utf-8", "surrogatepass"), hashlib.sha256)
        token = f"<{kind}:{digest.hexdigest()[:10]}>"
        self._known[token] = value
        return token


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
