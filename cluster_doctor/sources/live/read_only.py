"""What may be sent to an API server at all. The one function that sends requests asks here first."""

from __future__ import annotations

import re

SELF_REVIEWS = frozenset(
    {
        "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
        "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
    }
)
"""What may be posted: questions about our own rights, which the server answers and forgets."""

_READS = re.compile(r"/(version|api|apis)(/[^?#]*)?")
_ACTING_SUBRESOURCES = frozenset({"exec", "attach", "portforward", "proxy"})
"""Subresources that act although the method is GET."""


class WriteRefused(Exception):  # noqa: N818 - named for what it is
    """A request that could change the cluster was about to be sent. It was not sent; this is a defect."""


def require_read_only(method: str, path: str) -> None:
    """Let reads and reviews of our own rights pass.

    Args:
        method: HTTP method.
        path: path of the request, without its query.

    Raises:
        WriteRefused: the request is neither.
    """
    if method == "POST" and path in SELF_REVIEWS:
        return
    if method == "GET" and _READS.fullmatch(path) and not _acts(path):
        return
    raise WriteRefused(f"{method} {path} is not a read; it was not sent")


def _acts(path: str) -> bool:
    """Tell whether a path names a subresource (or the old prefix form) that acts.

    Only the place of the subresource counts, so that a Pod may be called `proxy`.
    """
    parts = [part for part in path.split("/") if part]
    after_version = parts[2:] if parts[0] == "api" else parts[3:]
    if after_version[:1] in (["proxy"], ["watch"]):
        return after_version[0] == "proxy"
    place = 4 if after_version[:1] == ["namespaces"] and len(after_version) > 3 else 2
    return any(part in _ACTING_SUBRESOURCES for part in after_version[place:])
