"""Registries of images: a pull or push that was refused, limited or not answered.

The image stands anywhere in such a line, and is looked for apart: see `evidence.image_in`.
"""

from __future__ import annotations

from cluster_doctor.domain.ci import CiFailureClass
from cluster_doctor.inference.ci.sign import signs

REGISTRIES = (
    *signs(
        CiFailureClass.REGISTRY,
        "the registry limits pulls{of}",
        "Log in to the registry before the pull, use a mirror or a cache, or try again later.",
        r"toomanyrequests|429 Too Many Requests|pull rate limit",
    ),
    *signs(
        CiFailureClass.REGISTRY,
        "an image does not exist in the registry{of}",
        "Look which tags there are: was the image pushed under that name by the job before?",
        r"manifest for (?P<thing>\S+) not found",
        r"manifest unknown",
        r"failed to resolve source metadata for (?P<thing>\S+): \S+ not found",
        r"failed to resolve reference \"(?P<thing>[^\"]+)\": .*not found",
        r"name unknown: (?P<thing>.*)",
    ),
    *signs(
        CiFailureClass.REGISTRY,
        "the registry refuses access{of}",
        "Log in before this step with credentials that may do it: `packages: write` for ghcr.io, a token elsewhere.",
        r"pull access denied for (?P<thing>[^\s,]+)",
        r"denied: (?:requested access to the resource is denied|permission_denied|installation not allowed)",
        r"denied: (?:Your authorization token has expired|[Pp]ermission )",
        r"unauthorized: (?:authentication required|incorrect username|access to the requested resource)",
        r"insufficient_scope|no basic auth credentials",
        r"unexpected status (?:from|code) .*/v2/\S+: 40[13]",
        r"Error response from daemon: Get \"(?P<thing>https?://[^\"]+/v2/)\": (?:unauthorized|denied)",
    ),
    *signs(
        CiFailureClass.REGISTRY,
        "a tag cannot be overwritten{of}",
        "Push under a new tag: the repository does not allow a tag to change.",
        r"[Tt]he image tag '?(?P<thing>[^' ]+)'? already exists .*immutable",
    ),
    *signs(
        CiFailureClass.REGISTRY,
        "the registry cannot be reached{of}",
        "Try again; if it stays so, look at the registry's status and the runner's network.",
        r"Get \"(?P<thing>https?://[^\"]+/v2/[^\"]*)\": (?:net/http|dial tcp|context deadline|EOF)",
        r"failed to (?:do request|push|copy): .*/v2/\S*\": (?:net/http|dial tcp|EOF|read)",
    ),
)
