"""What kind of path a request asks for, with every name left out that somebody chose."""

from __future__ import annotations

import re
from functools import cache

from cluster_doctor.snapshot.kinds import KINDS

_SUBRESOURCES = ("approval", "binding", "eviction", "log", "resize", "rollback", "scale", "status", "token")
_VERSION = re.compile(r"v[0-9]{1,2}((alpha|beta)[0-9]{1,2})?")
_GITHUB = frozenset(
    [
        *("repos", "actions", "archive", "artifacts", "assignees", "blobs", "branches", "collaborators", "comments"),
        *(
            "commits",
            "compare",
            "contents",
            "files",
            "git",
            "heads",
            "installation",
            "issues",
            "jobs",
            "labels",
            "logs",
        ),
        *("logs", "merge", "protection", "pulls", "ref", "refs", "requested_reviewers", "reviews", "runs", "statuses"),
        *("tarball", "trees", "user"),
    ]
)
_MONITORING = frozenset(
    ["api", "alerts", "buildinfo", "label", "labels", "metadata", "query", "query_range", "rules", "series", "status",
     "targets", "values"]
)  # fmt: skip


def kubernetes_template(path: str) -> str:
    """Leave the names out of a path of the Kubernetes API, and the kinds and groups that are not Kubernetes' own."""
    return _template(path, _kubernetes())


def github_template(path: str) -> str:
    """Leave the names out of a path of GitHub's API."""
    return _template(path, _GITHUB)


def monitoring_template(path: str) -> str:
    """Leave the names out of a path of the API of Prometheus or Alertmanager."""
    return _template(path, _MONITORING)


def _template(path: str, words: frozenset[str]) -> str:
    parts = path.partition("?")[0].split("/")
    return "/".join(part if not part or part in words or _VERSION.fullmatch(part) else "{}" for part in parts)


@cache
def _kubernetes() -> frozenset[str]:
    kinds = [word for kind in KINDS for word in (kind.plural, kind.group)]
    return frozenset(["api", "apis", "version", "namespaces", *kinds, *_SUBRESOURCES])
