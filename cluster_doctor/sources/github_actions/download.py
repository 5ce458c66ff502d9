"""Downloads one log within bounds: no token, no redirect to elsewhere, no endless answer."""

from __future__ import annotations

from http import HTTPStatus

import urllib3
from urllib3 import exceptions as wire

from cluster_doctor.domain.errors import SourceError
from cluster_doctor.sources.recorded.contents import MOST_BYTES

_TIMEOUT = urllib3.Timeout(connect=10, read=30)
_PIECE = 1 << 18
_AGAIN = "Try again, or save the log with `gh run view --log`."


def download(url: str) -> bytes:
    """Read what lies at an address.

    Raises:
        SourceError: it cannot be read, or is too large.
    """
    pool = urllib3.PoolManager(retries=False)
    try:
        answer = pool.request("GET", url, timeout=_TIMEOUT, preload_content=False, redirect=False)
        parts: list[bytes] = []
        size = 0
        for part in answer.stream(_PIECE, decode_content=True):
            size += len(part)
            if size > MOST_BYTES:
                raise SourceError(f"the log is larger than {MOST_BYTES} bytes", "Save the log of the one job.")
            parts.append(part)
    except (wire.HTTPError, OSError) as error:
        raise SourceError(f"the log could not be downloaded: {error}", _AGAIN) from error
    finally:
        pool.clear()
    if answer.status != HTTPStatus.OK:
        raise SourceError(f"the log could not be downloaded: status {answer.status}", _AGAIN)
    return b"".join(parts)
