"""Which rules a diagnosis runs, in words that outlive the process."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


@dataclass(frozen=True)
class RuleFile:
    """One file with a rule: where it stands, below which folder, and what it says."""

    folder: str
    path: str
    text: str

    @property
    def hash(self) -> str:
        """SHA-256 of what it says."""
        return hashlib.sha256(self.text.encode()).hexdigest()


class RuleChoice(BaseModel):
    """Which rules a run was run with: ours, and those of a folder, without some.

    `files` are the files of the folder with the SHA-256 of their contents: a run is repeated with these or not at all.
    `without` names rules that were left out. Empty, it is our rules.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: str = ""
    files: dict[str, Annotated[str, Field(pattern="^[0-9a-f]{64}$")]] = {}
    without: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 over the files and the names left out, wherever the folder is; empty if it is our rules."""
        if not self.files and not self.without:
            return ""
        return hashlib.sha256(json.dumps([sorted(self.files.items()), sorted(self.without)]).encode()).hexdigest()
