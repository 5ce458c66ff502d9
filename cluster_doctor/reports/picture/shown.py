"""The picture of a report's causes in the widths that a page needs, and the same in words."""

from __future__ import annotations

from dataclasses import dataclass

from cluster_doctor.domain.report import Report
from cluster_doctor.reports.picture.cards import MOST_CAUSES, graph_of, sentences
from cluster_doctor.reports.picture.layout import Drawing, drawing_of

_WIDTHS = {"narrow": 1, "middle": 2, "wide": 3}
"""Cards side by side, by the name that the style sheet shows the drawing by."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What a page shows of how causes and symptoms hang together.

    Attributes:
        title: what it is.
        description: what is in it, in short.
        drawings: by name, narrowest first.
        sentences: the same in words.
        left_out: causes that are not drawn.
    """

    title: str
    description: str
    drawings: tuple[tuple[str, Drawing], ...]
    sentences: tuple[str, ...]
    left_out: int


def picture_of(report: Report) -> Picture | None:
    """Draw how causes lead to symptoms; None where there is no cause."""
    if not report.root_causes:
        return None
    graph = graph_of(report.root_causes)
    causes = [card for card in graph.cards if card.cause]
    ends = {source for source, _ in graph.arrows}
    last = [card.title for place, card in enumerate(graph.cards) if place not in ends and not card.cause]
    leads = f" leads to {', '.join(last)}" if last else ""
    return Picture(
        title=f"From cause to symptoms, in {len(graph.cards)} steps",
        description=f"{', '.join(card.title for card in causes)}{leads}. The same stands in words below.",
        drawings=tuple((name, drawing_of(graph, columns)) for name, columns in _WIDTHS.items()),
        sentences=tuple(sentences(graph)),
        left_out=max(len(report.root_causes) - MOST_CAUSES, 0),
    )
