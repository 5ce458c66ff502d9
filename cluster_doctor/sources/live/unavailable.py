"""Says that a cluster cannot be read at all: what was asked, of whom, what came back, what to do next."""

from __future__ import annotations

from collections.abc import Iterable

from cluster_doctor.domain.coverage import Gap, GapReason
from cluster_doctor.domain.errors import ClusterUnavailable
from cluster_doctor.sources.live.connection import Connection
from cluster_doctor.sources.live.target import Target
from cluster_doctor.sources.wire.failure import ReadFailure

_NEXT = {
    GapReason.UNAUTHENTICATED: "The credentials are missing, wrong or expired: log in again, or give a fresh --token.",
    GapReason.FORBIDDEN: "Ask for get, list and watch; `kubectl auth can-i --list` shows what is allowed.",
    GapReason.TIMED_OUT: "Check the network path and VPN to this address; `kubectl version` should answer.",
    GapReason.UNREACHABLE: "Check the address, the network path and the VPN; `kubectl version` should answer.",
    GapReason.NOT_SERVED: "Check that this address is an API server's, not that of something in front of it.",
    GapReason.UNREADABLE: "Something that is no API server answered: check the address, proxies and login pages.",
}


def unavailable(target: Target, connection: Connection, failure: ReadFailure) -> ClusterUnavailable:
    """Explain that the first questions were not answered."""
    advice = _NEXT.get(failure.reason, "`kubectl version` should answer.")
    if "TLS failed" in failure.detail or "certificate" in failure.detail.lower():
        advice = "The server's certificate does not fit the configured authority (--ca-file, kubeconfig), or its name."
    return ClusterUnavailable(
        f"{target} was asked for its version and kinds at {connection.server}, and gave no answer to use: "
        f"{failure.reason.value} ({failure.detail}).",
        advice,
    )


def nothing_read(target: Target, gaps: Iterable[Gap]) -> ClusterUnavailable:
    """Explain that everything was refused."""
    listed = list(gaps)
    reasons = sorted({gap.reason.value for gap in listed})
    first = next((gap for gap in listed if gap.detail), None)
    advice = _NEXT.get(first.reason, "") if first else ""
    example = f", for example: {first}" if first else ""
    return ClusterUnavailable(
        f"{target} was asked for {len(listed)} kinds of objects and gave none ({', '.join(reasons)}){example}.", advice
    )
