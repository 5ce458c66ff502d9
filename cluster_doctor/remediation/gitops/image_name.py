"""The parts of an image reference, as kustomize's `images` and many charts' values keep them apart."""

from __future__ import annotations

import re
from dataclasses import dataclass

_IMAGE = re.compile(
    r"(?P<name>[^@]+?)(?::(?P<tag>[\w][\w.-]{0,127}))?(?:@(?P<digest>[\w+.-]+:[0-9a-fA-F]+))?", re.ASCII
)


@dataclass(frozen=True)
class ImageName:
    """`name:tag@digest`; tag and digest are empty where they are not given."""

    name: str
    tag: str = ""
    digest: str = ""

    def __str__(self) -> str:
        """The whole reference."""
        return f"{self.name}{':' * bool(self.tag)}{self.tag}{'@' * bool(self.digest)}{self.digest}"


def image_name(reference: str) -> ImageName | None:
    """Take an image reference apart; None if it is none."""
    found = _IMAGE.fullmatch(reference)
    return ImageName(found["name"], found["tag"] or "", found["digest"] or "") if found else None
