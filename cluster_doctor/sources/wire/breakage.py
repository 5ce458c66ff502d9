"""What went wrong below HTTP, in the words of a gap."""

from __future__ import annotations

import ssl

from urllib3 import exceptions as wire

from cluster_doctor.domain.coverage import GapReason
from cluster_doctor.sources.wire.failure import ReadFailure


def wire_failure(error: wire.HTTPError | OSError) -> ReadFailure:
    """Tell apart what may heal (a reset, a body cut short) from what will not (refused, untrusted, silent)."""
    match error:
        case wire.NameResolutionError():
            return ReadFailure(GapReason.UNREACHABLE, "its host name does not resolve")
        case wire.NewConnectionError():
            return ReadFailure(GapReason.UNREACHABLE, f"no connection: {_cause(error)}")
        case wire.ConnectTimeoutError():
            return ReadFailure(GapReason.TIMED_OUT, "no connection in time")
        case wire.TimeoutError() | TimeoutError():
            return ReadFailure(GapReason.TIMED_OUT, "no answer in time")
        case wire.SSLError() | ssl.SSLError():
            return ReadFailure(GapReason.UNREACHABLE, f"TLS failed: {_cause(error)}")
        case wire.ProxyError():
            return ReadFailure(GapReason.UNREACHABLE, f"the proxy on the way failed: {_cause(error)}")
        case wire.DecodeError():
            return ReadFailure(GapReason.UNREADABLE, f"the answer's compression is broken: {error}", healable=True)
        case wire.LocationValueError():
            return ReadFailure(GapReason.UNREACHABLE, f"the URL cannot be used: {error}")
        case _:
            return ReadFailure(GapReason.UNREACHABLE, f"the connection broke off: {_cause(error)}", healable=True)


def _cause(error: BaseException) -> str:
    """The innermost reason, without the object dumps that wrappers put around it."""
    inner: BaseException = error
    while inner.__cause__ is not None:
        inner = inner.__cause__
    words = str(inner) or type(inner).__name__
    return words.rpartition(">: ")[2] or words
