"""Reads the URLs of repositories, and tells whether two of them name one, as Git hosts mean them.

A host serves a repository by https, ssh, Git's own protocol and the short form `git@host:path`, with or without
`.git` at the end. Users, passwords, the usual ports and the case of the host make no difference; the path does.
Source: git-scm.com, "git-fetch", "Git URLs".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

_SHORT = re.compile(r"(?:[^@/\s]+@)?(?P<host>[^:/\s]+):(?P<path>(?!//).+)")
"""`git@host:path`; a slash before the colon makes it a path on disk, as Git says."""

_USUAL_PORTS = {"http": 80, "https": 443, "ssh": 22, "git": 9418}


@dataclass(frozen=True)
class GitUrl:
    """A URL as Git takes it.

    Attributes:
        scheme: `ssh` for the short form too.
        host: in lower case.
        port: None where it is not said.
        path: as it is written.
    """

    scheme: str
    host: str
    port: int | None
    path: str


def parse_url(text: str) -> GitUrl | None:
    """Read a URL, without the login in it; None if it is a path on disk.

    Raises:
        ValueError: it looks like a URL and is none.
    """
    text = text.strip()
    if "://" in text:
        parts = urlsplit(text)
        return GitUrl(parts.scheme.lower(), (parts.hostname or "").lower(), parts.port, parts.path)
    short = _SHORT.fullmatch(text)
    return GitUrl("ssh", short["host"].lower(), None, short["path"]) if short else None


def address_of(url: str) -> str:
    """What two URLs of one repository have in common; of a folder its path. Empty if it names nothing."""
    try:
        found = parse_url(url)
    except ValueError:
        return ""
    if found is None or found.scheme == "file":
        path = unquote(found.path) if found else url.strip()
        return _path(path) if path else ""
    usual = found.port in {None, _USUAL_PORTS.get(found.scheme.removeprefix("git+"))}
    host, path = found.host if usual else f"{found.host}:{found.port}", _plain(unquote(found.path))
    return f"{host}/{path}" if found.host and path else ""


def is_url(text: str) -> bool:
    """Whether a text names a repository elsewhere, not a folder."""
    return ("://" in text and not text.lower().startswith("file:")) or bool(_SHORT.fullmatch(text.strip()))


def _path(text: str) -> str:
    return str(Path(text).expanduser().resolve()).removesuffix("/.git").removesuffix(".git")


def _plain(path: str) -> str:
    return path.strip("/").removesuffix(".git").strip("/")
