"""The specialists' prompts: one Markdown file each, beside the house rules.

They are text, not code: no file is imported, and nothing is put into them by formatting.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cluster_doctor.domain.errors import UsageError
from cluster_doctor.tools.table import Specialist

HOUSE_RULES = "house-rules"


@dataclass(frozen=True)
class Prompts:
    """A folder of prompts; those that it lacks are the library's own."""

    folder: Path | None = None

    def of(self, specialist: Specialist) -> str:
        """The specialist's own prompt, after the house rules, which stand whatever a folder holds.

        Raises:
            UsageError: a file of the folder cannot be read.
        """
        return f"{_read(prompts_folder() / f'{HOUSE_RULES}.md')}\n{self._own(specialist)}"

    def hash_of(self, specialist: Specialist) -> str:
        """SHA-256 of the text; a run keeps it."""
        return hashlib.sha256(self.of(specialist).encode()).hexdigest()

    def _own(self, specialist: Specialist) -> str:
        name = f"{specialist.value}.md"
        if self.folder and (self.folder / name).is_file():
            return _read(self.folder / name)
        return _read(prompts_folder() / name)


@cache
def prompts_folder() -> Path:
    """Find the prompts: inside the package when it was installed from a wheel, beside it in a checkout.

    Raises:
        FileNotFoundError: they are in neither place; the installation is broken.
    """
    package = Path(__file__).parents[1]
    for folder in (package / "prompts", package.parent / "prompts"):
        if (folder / f"{HOUSE_RULES}.md").is_file():
            return folder
    msg = f"no prompts in {package} or beside it; install cluster-doctor again"
    raise FileNotFoundError(msg)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the prompt {path} cannot be read", "It has to be a file of UTF-8 text.") from error
