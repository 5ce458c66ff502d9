"""Passages that a search found, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.domain.knowledge import KnowledgeFound, KnowledgePassage, PassageKind
from cluster_doctor.reports.lines import Line, Tone, wrap
from cluster_doctor.reports.plain import one_line, plain_json

_LINES = 6
"""Lines of a passage that are shown."""


def knowledge_json(found: KnowledgeFound) -> str:
    """Write what was found as JSON; `docs/knowledge.schema.json` describes it."""
    return plain_json(found.model_dump(mode="json"))


def knowledge_lines(found: KnowledgeFound, width: int = 80) -> Iterator[Line]:
    """Write what was found line by line, each passage with where it stands."""
    for passage in found.passages:
        yield Line(one_line(f"{passage.title}{f' > {passage.heading}' if _adds(passage) else ''}"), Tone.HEADING)
        yield Line(one_line(f"  {passage.id}  {where(passage)}"))
        told = [line for line in passage.text.splitlines() if line.strip()]
        for line in told[:_LINES]:
            yield from wrap(one_line(line), width, "  | ")
        if len(told) > _LINES:
            yield Line("  | …")


def where(passage: KnowledgePassage) -> str:
    """The file and lines of a passage, or its run."""
    if passage.kind is PassageKind.INCIDENT:
        return f"{passage.path}{f', {passage.at:%Y-%m-%d %H:%M} UTC' if passage.at else ''}"
    return f"{passage.url or passage.source} {passage.path}:{passage.first_line}-{passage.last_line}"


def _adds(passage: KnowledgePassage) -> bool:
    return bool(passage.heading) and passage.heading != passage.title
