"""What people wrote down and what happened before, as passages that can be cited.

A passage is no `Evidence`: it tells nothing of the cluster that is looked at, and proves nothing of it. Its text is
people's: it is shown, and never followed.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, JsonValue, computed_field

KNOWLEDGE_VERSION = "1"


class PassageKind(StrEnum):
    """What a passage is of."""

    RUNBOOK = "runbook"
    INCIDENT = "incident"


class KnowledgePassage(BaseModel):
    """A piece of a runbook, or a past incident.

    `source` is the folder, repository or loader that it is from, `path` the file in it, or the run. Lines count from 1.
    `score` compares passages of one search alone. `rules` are the checks that it names as its own.
    """

    model_config = ConfigDict(frozen=True)

    kind: PassageKind
    source: str
    path: str
    title: str
    heading: str = ""
    url: str = ""
    first_line: int = 0
    last_line: int = 0
    text: str
    rules: tuple[str, ...] = ()
    at: datetime | None = None
    score: float = 0.0

    @computed_field  # type: ignore[prop-decorator]  # pydantic documents this order
    @property
    def id(self) -> str:
        """By what it is cited: `k-` and 12 hexadecimal digits over what it says and where."""
        body = "\0".join((self.kind, self.source, self.path, str(self.first_line), self.heading, self.text))
        return f"k-{hashlib.sha256(body.encode('utf-8', 'replace')).hexdigest()[:12]}"


class KnowledgeQuery(BaseModel):
    """What is looked for; all that is given counts, and what fits more of it comes first."""

    model_config = ConfigDict(frozen=True)

    text: str = ""
    rule: str = ""
    symptom: str = ""

    @property
    def words(self) -> str:
        """All of it in one text."""
        return " ".join(part for part in (self.text, self.symptom, self.rule.replace("_", " ")) if part)


class KnowledgeFound(BaseModel):
    """The result of a search, best first. Its JSON form is a contract; `docs/knowledge.schema.json` holds it.

    `notes` say what could not be read, and how old what was read is where nobody could be asked.
    """

    model_config = ConfigDict(frozen=True)

    schema_version: str = KNOWLEDGE_VERSION
    query: KnowledgeQuery
    passages: tuple[KnowledgePassage, ...] = ()
    notes: tuple[str, ...] = ()


class FolderSource(BaseModel):
    """Runbooks in a folder."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: str


class GitSource(BaseModel):
    """Runbooks in a Git repository; `path` is a folder in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    git: str
    path: str = ""


class LoaderSource(BaseModel):
    """Pages that a document loader of LangChain's reads: its class by name, and what it is made with.

    An argument `{env: NAME}` is taken from the environment, so that no secret stands in the file.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    loader: str
    name: str = ""
    arguments: dict[str, JsonValue] = {}


KnowledgeSource = FolderSource | GitSource | LoaderSource


class EmbeddingsChoice(BaseModel):
    """A model of LangChain's that turns texts into vectors, as `provider:model`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str


class KnowledgeShelf(BaseModel):
    """Where knowledge lies: what a file of sources holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sources: tuple[KnowledgeSource, ...] = ()
    embeddings: EmbeddingsChoice | None = None
