"""Tells of a Git repository that is damaged, or not whole, instead of breaking off."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from cluster_doctor.domain.errors import RemediationError


@contextmanager
def damage_told() -> Iterator[None]:
    """Turn what the Git library raises on objects, references and packs that are no such into an error for people.

    Raises:
        RemediationError: something in the repository cannot be read.
    """
    from dulwich.errors import (  # noqa: PLC0415 - only those who use Git pay for it
        ApplyDeltaError,
        ChecksumMismatch,
        FileFormatException,
        MissingCommitError,
        WrongObjectException,
    )

    damages = (ApplyDeltaError, ChecksumMismatch, FileFormatException, MissingCommitError, WrongObjectException)
    try:
        yield
    except (*damages, zlib.error, KeyError, AssertionError) as error:  # the last is what it says to a bad reference
        raise RemediationError(
            f"the Git repository is damaged or not whole: {type(error).__name__}: {error}",
            "See `git fsck`, or clone it anew.",
        ) from error
