"""Which cluster this is."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class IdentitySignal(StrEnum):
    """Independent ways to tell clusters apart."""

    SERVER = "API server URL"
    CERTIFICATE = "serving-certificate fingerprint"
    SYSTEM_UID = "UID of namespace kube-system"


class ClusterIdentity(BaseModel):
    """What was read of a cluster's identity; a signal that could not be read is None.

    `certificate` is the SHA-256 of the certificate that the server presented, in lower-case hexadecimal.
    """

    model_config = ConfigDict(frozen=True)

    server: str | None = None
    certificate: str | None = None
    system_uid: str | None = None

    @property
    def signals(self) -> dict[IdentitySignal, str]:
        """The signals that were read."""
        read = {
            IdentitySignal.SERVER: self.server,
            IdentitySignal.CERTIFICATE: self.certificate,
            IdentitySignal.SYSTEM_UID: self.system_uid,
        }
        return {signal: value for signal, value in read.items() if value}

    def agreement(self, other: ClusterIdentity) -> tuple[frozenset[IdentitySignal], frozenset[IdentitySignal]]:
        """Compare with another identity: signals that match, signals that contradict."""
        mine, theirs = self.signals, other.signals
        both = mine.keys() & theirs.keys()
        same = frozenset(signal for signal in both if mine[signal] == theirs[signal])
        return same, frozenset(both) - same
