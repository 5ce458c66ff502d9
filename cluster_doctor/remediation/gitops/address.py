"""Whether two URLs name one repository, as Git hosts mean them.

A host serves a repository by https, ssh, Git's own protocol and the short form `git@host:path`, with or without
`.git` at the end. Users, passwords, the usual ports and the case of the host make no difference; the path does.
Source: git-scm.com, "git-fetch", "Git URLs".
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

_SHORT = re.compile(r"(?:[^@/\s]+@)?(?P<host>[^:/\s]+):(?P<path>(?!//).+)")
"""`git@host:path`; a slash before the colon makes it a path on disk, as Git says."""

_USUAL_PORTS = {"http": 80, "https": 443, "ssh": 22, "git": 9418}


def address_of(url: str) -> str:
    """What two URLs of one repository have in common; of a folder its path. Empty if it names nothing."""
    text = url.strip()
    if "://" in text:
        try:
            parts = urlsplit(text)
            port = parts.port
        except ValueError:
            return ""
        if parts.scheme.lower() == "file":
            return _path(unquote(parts.path))
        host = (parts.hostname or "").lower()
        if port is not None and port != _USUAL_PORTS.get(parts.scheme.lower().removeprefix("git+")):
            host = f"{host}:{port}"
        return f"{host}/{_plain(unquote(parts.path))}" if host and _plain(parts.path) else ""
    short = _SHORT.fullmatch(text)
    if short:
        return f"{short['host'].lower()}/{_plain(short['path'])}"
    return _path(text) if text else ""


def is_url(text: str) -> bool:
    """Whether a text names a repository elsewhere, not a folder."""
    return ("://" in text and not text.lower().startswith("file:")) or bool(_SHORT.fullmatch(text.strip()))


def _path(text: str) -> str:
    return str(Path(text).expanduser().resolve()).removesuffix("/.git").removesuffix(".git")


def _plain(path: str) -> str:
    return path.strip("/").removesuffix(".git").strip("/")
