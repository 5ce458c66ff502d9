"""Where an object of a cluster is written down, as the tool that deploys it says: repository, revision, path."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.remediation.gitops.source import Entry
from cluster_doctor.snapshot.management import Management
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Custom


@dataclass(frozen=True)
class Origin:
    """The source of an object.

    Attributes:
        repository: the URL of the Git repository, without what one would log in with.
        revision: branch, tag or commit; empty for the default branch.
        entry: where its deployment begins there, and what is set over it from outside.
        keeper: what deploys it, in words.
    """

    repository: str
    revision: str
    entry: Entry
    keeper: str


class NoOriginError(RemediationError):
    """No repository is known for an object, or none that could be edited; the message says which of both."""


def deployer(cluster: ClusterSnapshot, management: Management, kind: str, group: str) -> Custom:
    """The resource of a tool that deploys an object.

    Raises:
        NoOriginError: it was not read, or several have its name.
    """
    space, _, name = management.name.rpartition("/")
    found = [
        view
        for view in cluster.all(Custom)
        if view.ref.kind == kind
        and view.ref.group == group
        and space in {"", view.ref.namespace}
        and name in {view.ref.name, f"{view.ref.namespace}_{view.ref.name}"}
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise NoOriginError(f"{len(found)} resources could be {management}", "Name the repository and path.")
    raise NoOriginError(
        f"{management} is not among what was read of the cluster",
        f"Read {kind.lower()}s.{group} too, or name the path.",
    )


def without_login(url: str) -> str:
    """A repository's URL without user and password, which are in some."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if not parts.scheme or parts.scheme == "ssh" or "@" not in parts.netloc:
        return url
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
