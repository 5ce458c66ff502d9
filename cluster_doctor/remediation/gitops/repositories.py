"""The repositories that a person named: each a folder with a clone, or the URL of a forge.

A clone on disk stands for the URLs of its remotes too: what a cluster says to be deployed from
`https://git.example.com/shop.git` is changed in the clone of it. Nothing is opened before it is needed.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from cluster_doctor.remediation.gitops.address import address_of, is_url
from cluster_doctor.remediation.gitops.forge import Forge, OpenForge
from cluster_doctor.remediation.gitops.github.address import parse_repository
from cluster_doctor.remediation.gitops.github.credentials import credentials_from
from cluster_doctor.remediation.gitops.local_repository import LocalRepository
from cluster_doctor.remediation.gitops.origin import without_login
from cluster_doctor.remediation.gitops.tree import clean_path


@dataclass(frozen=True)
class Repository:
    """A repository that was named.

    Attributes:
        name: its folder or URL, without what one would log in with.
        addresses: what its URLs have in common with others of the same repository.
        path: where objects are written down of which nothing in the cluster says so; empty if that was not said.
        keeps_issues: whether a diagnosis can be reported there.
        open: opens it.
    """

    name: str
    addresses: frozenset[str]
    path: str
    keeps_issues: bool
    open: OpenForge

    def is_at(self, url: str) -> bool:
        """Whether a URL names it."""
        return address_of(url) in self.addresses


def repository_named(text: str) -> Repository:
    """Read what a person named: a folder or URL, and after a `#` the path of plain manifests, a kustomization or chart.

    Raises:
        RemediationError: it is no repository, or no forge for it is known.
    """
    place, _, path = text.strip().partition("#")
    path = clean_path(path) if path else ""
    if is_url(place):
        name = without_login(place)
        return Repository(name, frozenset({address_of(name)}), path, keeps_issues=True, open=forge_at(name))
    folder = Path(place.removeprefix("file://")).expanduser().resolve()

    def opened() -> AbstractContextManager[Forge]:
        return LocalRepository(folder)

    with LocalRepository(folder) as repository:
        addresses = {address_of(str(folder)), *map(address_of, repository.remotes)}
    return Repository(str(folder), frozenset(addresses - {""}), path, keeps_issues=False, open=opened)


def repositories_named(texts: Iterable[str]) -> tuple[Repository, ...]:
    """Read all that a person named.

    Raises:
        RemediationError: as for `repository_named`.
    """
    return tuple(map(repository_named, texts))


def at(repositories: Iterable[Repository], url: str) -> Iterator[Repository]:
    """Those of the repositories that a URL names."""
    return (repository for repository in repositories if repository.is_at(url))


def forge_at(url: str) -> OpenForge:
    """The way to open a repository on GitHub or GitHub Enterprise, with the credentials that the environment names.

    Raises:
        RemediationError: the URL is none of a repository there.
    """
    parse_repository(url)

    def opened() -> AbstractContextManager[Forge]:
        from cluster_doctor.remediation.gitops.github.repository import open_github  # noqa: PLC0415 - loads PyGithub

        return open_github(url, credentials_from(os.environ))

    return opened
