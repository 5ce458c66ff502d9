"""Notes which certificate a server really presented, on the very connections that the reads use.

The fingerprint of a configured authority would tell what was expected, not whom we talked to; so it is taken
from the TLS socket, also where verification is switched off.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

if TYPE_CHECKING:
    from kubernetes.client import ApiClient


def watch_certificates(client: ApiClient, seen: dict[str, None]) -> None:
    """Make a client note the SHA-256 of each certificate that it is shown, in `seen`."""

    class WitnessConnection(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            presented = self.sock.getpeercert(binary_form=True) if hasattr(self.sock, "getpeercert") else None
            if presented:
                seen.setdefault(hashlib.sha256(presented).hexdigest())

    class WitnessPool(urllib3.HTTPSConnectionPool):
        ConnectionCls = WitnessConnection

        def _validate_conn(self, conn: HTTPConnection) -> None:  # type: ignore[override]  # urllib3 types it wider
            # urllib3 would warn on every connection without verification; the person who asked for that knows.
            if conn.is_closed:
                conn.connect()

    client.rest_client.pool_manager.pool_classes_by_scheme = {
        "http": urllib3.HTTPConnectionPool,
        "https": WitnessPool,
    }
