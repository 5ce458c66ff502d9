"""Which cards of a picture stand side by side: each as late as what it leads to allows, and after what leads to it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from cluster_doctor.reports.picture.cards import Graph


@dataclass(frozen=True, slots=True)
class Way:
    """An arrow, with the place in each layer between where it passes by."""

    source: int
    target: int
    passes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Layers:
    """Places by layer, first to last: those of cards, and from `cards` on those where arrows pass by."""

    rows: tuple[tuple[int, ...], ...]
    ways: tuple[Way, ...]
    cards: int


def layers_of(graph: Graph) -> Layers:
    """Order a graph's cards into layers, so that every arrow leads from one layer to a later one."""
    depth = _depths(graph)
    rows: list[list[int]] = [[] for _ in range(max(depth, default=-1) + 1)]
    for place, row in enumerate(depth):
        rows[row].append(place)
    ways: list[Way] = []
    free = len(graph.cards)
    for source, target in graph.arrows:
        between = range(depth[source] + 1, depth[target])
        passes = tuple(range(free, free + len(between)))
        free += len(between)
        for row, place in zip(between, passes, strict=True):
            rows[row].append(place)
        ways.append(Way(source, target, passes))
    return Layers(tuple(map(tuple, _untangled(rows, ways))), tuple(ways), len(graph.cards))


def _depths(graph: Graph) -> list[int]:
    """How deep each card stands: one below the deepest that leads to it; a first one right above what it leads to."""
    depth = [0] * len(graph.cards)
    for _ in graph.cards:
        for source, target in graph.arrows:
            depth[target] = max(depth[target], depth[source] + 1)
    led_to = {target for _, target in graph.arrows}
    for place in range(len(graph.cards)):
        after = [depth[target] for source, target in graph.arrows if source == place]
        if place not in led_to and after:
            depth[place] = min(after) - 1
    return depth


def _untangled(rows: list[list[int]], ways: list[Way]) -> list[list[int]]:
    """Each layer ordered by where the arrows into it come from."""
    before: dict[int, list[int]] = {}
    for way in ways:
        line = (way.source, *way.passes, way.target)
        for start, end in pairwise(line):
            before.setdefault(end, []).append(start)
    height: dict[int, float] = {}
    for row in rows:
        for at, place in enumerate(row):
            above = [height[start] for start in before.get(place, ()) if start in height]
            height[place] = sum(above) / len(above) if above else at
        row.sort(key=lambda place: height[place])
        height.update({place: float(at) for at, place in enumerate(row)})
    return rows
