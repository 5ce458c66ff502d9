"""Bytes of a file as text and back, so that encoding and byte-order mark stay what they are."""

from __future__ import annotations

import codecs
from collections.abc import Sequence

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.steps import FieldEdit
from cluster_doctor.remediation.gitops.edit_text import edit_text

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
LARGEST = 8 << 20
"""Bytes of a file that is read for an edit."""

_LFS = b"version https://git-lfs.github.com/spec/"


def edit_bytes(content: bytes, ref: ObjectRef | None, edits: Sequence[FieldEdit]) -> bytes:
    """Make edits of one object in a file's content, as `edit_text` does.

    Raises:
        RemediationError: the content is no text, a Git LFS pointer, too large, or `edit_text` refuses.
    """
    mark, encoding, text = decoded(content)
    return mark + edit_text(text, ref, edits).encode(encoding)


def decoded(content: bytes) -> tuple[bytes, str, str]:
    """The byte-order mark, the encoding and the text of a file.

    Raises:
        RemediationError: it is no text, a Git LFS pointer, or too large.
    """
    if len(content) > LARGEST:
        raise RemediationError(f"the file has {len(content)} bytes; {LARGEST} are the most", "Edit it by hand.")
    if content.startswith(_LFS):
        raise RemediationError("the file is a Git LFS pointer, its content lies elsewhere", "Edit it by hand.")
    mark, encoding = next(((mark, name) for mark, name in _MARKS if content.startswith(mark)), (b"", "utf-8"))
    try:
        return mark, encoding, content[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        raise RemediationError(f"the file is no {encoding} text: {error.reason}", "Edit it by hand.") from error
