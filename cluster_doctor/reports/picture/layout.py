"""Where each card and each arrow of a picture is drawn, and how the lines of text in the cards are broken.

A wide picture reads like text: layers from left to right, and on in the next band. A narrow one reads downwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from cluster_doctor.reports.picture.cards import Card, Graph
from cluster_doctor.reports.picture.layers import Layers, Way, layers_of
from cluster_doctor.reports.picture.letters import broken
from cluster_doctor.reports.plain import one_line

CARD = 276.0
"""How wide a card is."""
_GAP, _MARGIN, _PAD = 44.0, 30.0, 12.0
_BETWEEN, _BANDS, _PASS, _ANCHOR, _BEND = 18.0, 34.0, 16.0, 30.0, 8.0
_SMALL, _LARGE, _LINE = 12.5, 14.0, 18.0
_TAG, _NAME, _STATE = "tag", "name", "state"

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Words:
    """One line of text: where its letters stand, and as what it is meant."""

    x: float
    y: float
    text: str
    style: str


@dataclass(frozen=True, slots=True)
class Box:
    """One card as it is drawn."""

    x: float
    y: float
    width: float
    height: float
    tone: str
    lines: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Arrow:
    """One line from card to card, as an SVG path, and the head at its end."""

    path: str
    head: str
    inferred: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture of a width; the template makes SVG of it."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def drawing_of(graph: Graph, columns: int) -> Drawing:
    """Lay a graph out, with so many cards side by side; what nothing joins stands below each other."""
    width = 2 * _MARGIN + columns * CARD + (columns - 1) * _GAP
    drawn: list[Box] = []
    arrows: list[Arrow] = []
    top = _MARGIN / 2
    for part in graph.apart():
        layers = layers_of(part)
        boxes = _side_by_side(part, layers, columns, top) if columns > 1 else _below_each_other(part, layers, top)
        lines = _across(layers, boxes, columns, width) if columns > 1 else _down(layers, boxes)
        arrows.extend(_arrow(line, inferred=not part.cards[way.target].observed) for way, line in lines)
        drawn.extend(boxes[place] for place in range(layers.cards))
        top = max(box.y + box.height for box in boxes.values()) + _BANDS
    return Drawing(width, top - _BANDS + _MARGIN / 2, tuple(drawn), tuple(arrows))


def _side_by_side(graph: Graph, layers: Layers, columns: int, top: float) -> dict[int, Box]:
    boxes: dict[int, Box] = {}
    for band in range(0, len(layers.rows), columns):
        lowest = top
        for column, row in enumerate(layers.rows[band : band + columns]):
            x, y = _MARGIN + column * (CARD + _GAP), top
            for place in row:
                boxes[place] = _box(graph.cards[place], x, y) if place < layers.cards else _passing(x, y)
                y += boxes[place].height + _BETWEEN
            lowest = max(lowest, y - _BETWEEN)
        top = lowest + _BANDS
    return boxes


def _below_each_other(graph: Graph, layers: Layers, y: float) -> dict[int, Box]:
    boxes: dict[int, Box] = {}
    for place in (place for row in layers.rows for place in row if place < layers.cards):
        boxes[place] = _box(graph.cards[place], _MARGIN, y)
        y += boxes[place].height + _BANDS
    return boxes


def _box(card: Card, x: float, y: float) -> Box:
    lines: list[Words] = []
    room, at = CARD - 2 * _PAD, y + _PAD + _SMALL - 2
    for text, style, size, bold, most in _texts(card):
        for line in broken(one_line(text), room, size, bold=bold, most=most):
            lines.append(Words(x + _PAD, at, line, style))
            at += _LINE
        at += 2
    return Box(x, y, CARD, at - _LINE - 2 + _PAD - y, _tone(card), tuple(lines))


def _texts(card: Card) -> Iterator[tuple[str, str, float, bool, int]]:
    """Text, style, size, whether it is bold, and the most lines."""
    if card.cause:
        yield f"Cause {card.cause}, {card.sure:.0%} sure", _TAG, _SMALL, True, 1
    elif card.symptom:
        yield "Symptom", _TAG, _SMALL, True, 1
    else:
        yield "Effect" if card.observed else "Effect, inferred", _TAG, _SMALL, True, 1
    yield card.title, _NAME, _LARGE, True, 3
    for state in card.states:
        yield state.statement + ("" if state.observed else " (inferred)"), _STATE, _SMALL, False, 6 if card.cause else 4


def _tone(card: Card) -> str:
    if card.cause:
        return "cause"
    if card.symptom:
        return "symptom"
    return "effect" if card.observed else "inferred"


def _passing(x: float, y: float) -> Box:
    return Box(x, y, CARD, _PASS, "", ())


def _across(layers: Layers, boxes: dict[int, Box], columns: int, width: float) -> Iterator[tuple[Way, list[Point]]]:
    """Lines from left to right; those into the next band go around, in lanes of their own."""
    row_of = {place: at for at, row in enumerate(layers.rows) for place in row}
    lanes = 0
    for way in layers.ways:
        line: list[Point] = []
        for start, end in pairwise((way.source, *way.passes, way.target)):
            begin, finish = _right(boxes[start]), _left(boxes[end])
            if row_of[start] // columns == row_of[end] // columns:
                middle = (begin[0] + finish[0]) / 2
                line += [begin, (middle, begin[1]), (middle, finish[1]), finish]
                continue
            lane = (lanes % 4) * 5.0
            lanes += 1
            band = row_of[end] // columns * columns
            above = min(boxes[place].y for row in layers.rows[band : band + columns] for place in row)
            right, left, between = width - _MARGIN + 8 + lane, _MARGIN - 24 + lane, above - _BANDS / 2 - 6 + lane
            line += [begin, (right, begin[1]), (right, between), (left, between), (left, finish[1]), finish]
        yield way, line


def _down(layers: Layers, boxes: dict[int, Box]) -> Iterator[tuple[Way, list[Point]]]:
    """Lines downwards; those that would cross a card go around it on the left."""
    order = list(boxes)
    lanes = 0
    for way in layers.ways:
        start, end = boxes[way.source], boxes[way.target]
        if order.index(way.target) == order.index(way.source) + 1:
            middle = start.x + start.width / 2
            yield way, [(middle, start.y + start.height), (middle, end.y)]
            continue
        x = _MARGIN - 10 - (lanes % 4) * 5.0
        lanes += 1
        yield way, [_left(start), (x, _left(start)[1]), (x, _left(end)[1]), _left(end)]


def _left(box: Box) -> Point:
    return box.x, box.y + min(_ANCHOR, box.height / 2)


def _right(box: Box) -> Point:
    return box.x + box.width, box.y + min(_ANCHOR, box.height / 2)


def _arrow(line: list[Point], *, inferred: bool) -> Arrow:
    """A line with round corners, and a triangle at its end."""
    (from_x, _), (x, y) = line[-2], line[-1]
    if from_x != x:
        end, wings = (x - 7, y), ((x - 9, y - 5), (x - 9, y + 5))
    else:
        end, wings = (x, y - 7), ((x - 5, y - 9), (x + 5, y - 9))
    head = " ".join(f"{across:g},{down:g}" for across, down in ((x, y), *wings))
    points = [point for point, following in zip(line, [*line[1:], None], strict=True) if point != following]
    points[-1] = end
    parts = [f"M{points[0][0]:g} {points[0][1]:g}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        first, second = _towards(corner, before), _towards(corner, after)
        parts.append(f"L{first[0]:g} {first[1]:g}Q{corner[0]:g} {corner[1]:g} {second[0]:g} {second[1]:g}")
    parts.append(f"L{end[0]:g} {end[1]:g}")
    return Arrow("".join(parts), head, inferred)


def _towards(corner: Point, other: Point) -> Point:
    """A little on the way from a corner to another point."""
    dx, dy = other[0] - corner[0], other[1] - corner[1]
    far = max(abs(dx), abs(dy)) or 1.0
    share = min(_BEND, far / 2) / far
    return corner[0] + dx * share, corner[1] + dy * share
