"""A commit as a patch that `git am` and `git apply` take."""

from __future__ import annotations

import io
from email.header import Header
from email.utils import formatdate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dulwich.objects import Commit
    from dulwich.repo import BaseRepo


def mailed_patch(repo: BaseRepo, base: Commit, commit: Commit, sha: str = "") -> bytes:
    """Write a commit as a mail with its difference from another; the same commit gives the same bytes.

    Args:
        repo: holds both.
        base: what the difference is from.
        commit: what is written.
        sha: its id, where the one in `repo` stands for one kept elsewhere.
    """
    from dulwich.patch import write_tree_diff  # noqa: PLC0415 - only those who use Git pay for it

    subject, _, body = commit.message.decode(errors="replace").partition("\n\n")
    head = [
        f"From {sha or commit.id.decode()} Mon Sep 17 00:00:00 2001",
        f"From: {_header(commit.author.decode(errors='replace'))}",
        f"Date: {formatdate(commit.commit_time)}",
        f"Subject: {_header(f'[PATCH] {subject}')}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=UTF-8",
        "Content-Transfer-Encoding: 8bit",
        "",
        body.rstrip("\n"),
        "---",
        "",
    ]
    out = io.BytesIO()
    write_tree_diff(out, repo.object_store, base.tree, commit.tree)
    return "\n".join(head).encode() + out.getvalue() + b"-- \ncluster-doctor\n"


def _header(text: str) -> str:
    return text if text.isascii() else Header(text, "utf-8", maxlinelen=10_000).encode()
