"""All files of a commit at once, where one by one would take as many requests as there are files.

GitHub hands an archive out at an address of its own, which needs no login and gets none. What comes from there is taken
by its Git id alone, so that nothing in it can pass for another file; what is missing is read singly.
"""

from __future__ import annotations

import hashlib
import io
import tarfile
import zlib
from collections.abc import Iterator

from cluster_doctor.domain.errors import RemediationError, SourceError
from cluster_doctor.remediation.gitops.encoding import LARGEST
from cluster_doctor.remediation.gitops.github.address import check_scheme
from cluster_doctor.remediation.gitops.github.api import Api
from cluster_doctor.sources.github_actions.download import download

MOST_BYTES = 256 << 20
"""Bytes that an archive may expand to; what is beyond is left out."""


def archived_contents(api: Api, commit: str) -> dict[str, bytes]:
    """The contents of a commit's files by their Git ids; empty where there is no archive to be had."""
    try:
        address = api.location(f"/tarball/{commit}")
        check_scheme(address)
        return dict(_files(download(address)))
    except (RemediationError, SourceError, tarfile.TarError, EOFError, zlib.error, OSError):
        return {}


def _files(packed: bytes) -> Iterator[tuple[str, bytes]]:
    total = 0
    with tarfile.open(fileobj=io.BytesIO(packed), mode="r|gz") as archive:
        for member in archive:
            total += member.size
            if total > MOST_BYTES:
                return
            opened = archive.extractfile(member) if member.isreg() and member.size <= LARGEST else None
            if opened is not None:
                content = opened.read()
                yield git_id(content), content


def git_id(content: bytes) -> str:
    """The id that Git gives a file's content."""
    return hashlib.sha1(b"blob %d\x00" % len(content) + content, usedforsecurity=False).hexdigest()
