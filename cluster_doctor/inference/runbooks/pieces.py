"""Cuts a runbook into pieces that can be searched for and cited: what stands below one heading, bounded."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.domain.knowledge import KnowledgePassage, PassageKind
from cluster_doctor.inference.runbooks.page import Page, Passage

LONGEST = 1_500
"""Characters of a piece."""


def pieces_of(page: Page, source: str) -> Iterator[KnowledgePassage]:
    """Cut a runbook; each piece knows its lines. What its front matter names counts for all of them."""
    rules = tuple(entry.word for entry in (*page.front.rules, *page.front.symptoms))
    for passages in _grouped(page):
        last = passages[-1]
        yield KnowledgePassage(
            kind=PassageKind.RUNBOOK,
            source=source,
            path=page.file,
            title=page.title,
            heading=last.heading,
            url=page.front.url,
            first_line=passages[0].line,
            last_line=last.line + last.source.count("\n"),
            text="\n".join(passage.source for passage in passages)[: 2 * LONGEST],
            rules=rules,
        )


def _grouped(page: Page) -> Iterator[list[Passage]]:
    group: list[Passage] = []
    length = 0
    for passage in page.passages:
        if group and (passage.is_heading or length + len(passage.source) > LONGEST):
            yield group
            group, length = [], 0
        group.append(passage)
        length += len(passage.source)
    if group:
        yield group
