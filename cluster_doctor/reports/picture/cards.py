"""What the picture of the causes shows: a card for each object on the way from a cause to its symptoms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from cluster_doctor.domain.diagnosis import ChainLink, RootCause
from cluster_doctor.domain.refs import ObjectRef

MOST_CAUSES = 6
MOST_LINKS = 40
MOST_BESIDE = 3
"""What a picture can hold and still be read; the rest stands in words below it."""


@dataclass(frozen=True, slots=True)
class State:
    """One state of an object: seen, or only concluded; and whether it is a symptom that somebody can see."""

    statement: str
    observed: bool = True
    symptom: bool = False


@dataclass(slots=True)
class Card:
    """One object with its states.

    Attributes:
        kind: of the object, or what the card stands for instead.
        name: of the object with its namespace.
        states: from the first to the last.
        cause: the number of the cause that it shows, from 1; 0 for an effect.
        sure: how probable that cause is.
    """

    kind: str
    name: str
    states: list[State] = field(default_factory=list)
    cause: int = 0
    sure: float = 0

    @property
    def observed(self) -> bool:
        """Whether any of its states was seen."""
        return any(state.observed for state in self.states)

    @property
    def symptom(self) -> bool:
        """Whether any of its states is a symptom."""
        return any(state.symptom for state in self.states)

    @property
    def title(self) -> str:
        """Kind and name."""
        return f"{self.kind} {self.name}".strip()


@dataclass(slots=True)
class Graph:
    """Cards, and which leads to which, by their places; it has no cycle."""

    cards: list[Card] = field(default_factory=list)
    arrows: list[tuple[int, int]] = field(default_factory=list)

    def leads(self, start: int, end: int) -> bool:
        """Whether a way leads from one card to another."""
        seen, ahead = {start}, [start]
        while ahead:
            at = ahead.pop()
            if at == end:
                return True
            for source, target in self.arrows:
                if source == at and target not in seen:
                    seen.add(target)
                    ahead.append(target)
        return False

    def apart(self) -> Iterator[Graph]:
        """The parts of the graph that no arrow joins, each as a graph of its own, the one with the first card first."""
        part = list(range(len(self.cards)))
        for _ in self.cards:
            for source, target in self.arrows:
                part[source] = part[target] = min(part[source], part[target])
        for first in sorted(set(part)):
            places = [place for place, member in enumerate(part) if member == first]
            at = {place: new for new, place in enumerate(places)}
            arrows = [(at[source], at[target]) for source, target in self.arrows if source in at]
            yield Graph([self.cards[place] for place in places], arrows)


def graph_of(causes: Sequence[RootCause]) -> Graph:
    """Put the chains of the causes together; where they meet at one state of one object, they share a card."""
    graph = Graph()
    owners: list[tuple[str, ...]] = []
    for number, cause in enumerate(causes[:MOST_CAUSES], 1):
        symptoms = {symptom.statement for symptom in cause.explains}
        way: list[int] = []
        for key, links in _groups(cause):
            states = [State(link.statement, link.observed, link.statement in symptoms) for link in links]
            met = _met(graph, owners, key, states, way)
            if met is None or not way:
                graph.cards.append(Card(links[0].subject.kind, links[0].subject.path, states))
                owners.append(key)
                met = len(graph.cards) - 1
            way.append(met)
        graph.cards[way[0]].cause, graph.cards[way[0]].sure = number, cause.confidence
        graph.arrows.extend(arrow for arrow in pairwise(way) if arrow not in graph.arrows)
        beside = _beside(cause)
        if beside:
            graph.cards.append(Card("Also explained", "", beside))
            owners.append(())
            graph.arrows.append((way[0], len(graph.cards) - 1))
    return graph


def sentences(graph: Graph) -> Iterator[str]:
    """The picture in words, for those who do not see it."""
    for place, card in enumerate(graph.cards):
        said = "; ".join(state.statement + ("" if state.observed else " (inferred)") for state in card.states)
        begin = f"Cause {card.cause}, {card.sure:.0%} sure: " if card.cause else ""
        leads = ", ".join(graph.cards[target].title for source, target in graph.arrows if source == place)
        yield f"{begin}{card.title}: {said}." + (f" This leads to {leads}." if leads else "")


def _groups(cause: RootCause) -> Iterator[tuple[tuple[str, ...], list[ChainLink]]]:
    """The links of a chain, those of one object that follow each other together; the cause is on a card of its own."""
    own = ChainLink(subject=cause.subject, statement=cause.statement, observed=True)
    first, *rest = cause.chain[:MOST_LINKS] or (own,)
    yield first.subject.key, [first]
    by_object: Iterable[tuple[ObjectRef, Iterator[ChainLink]]] = groupby(rest, key=lambda link: link.subject)
    for subject, links in by_object:
        yield subject.key, list(links)


def _met(
    graph: Graph, owners: list[tuple[str, ...]], key: tuple[str, ...], states: list[State], way: list[int]
) -> int | None:
    """The card of an earlier cause that shows the same state of the same object, if going there closes no circle."""
    said = {state.statement for state in states}
    for place, card in enumerate(graph.cards):
        if owners[place] != key or place in way or not said & {state.statement for state in card.states}:
            continue
        if not any(graph.leads(place, before) for before in way):
            return place
    return None


def _beside(cause: RootCause) -> list[State]:
    """Symptoms that a cause explains and that are not on its chain."""
    told = {link.statement for link in cause.chain} | {cause.statement}
    other = [f"{symptom.subject}: {symptom.statement}" for symptom in cause.explains if symptom.statement not in told]
    states = [State(statement, symptom=True) for statement in other[:MOST_BESIDE]]
    if len(other) > MOST_BESIDE:
        states.append(State(f"and {len(other) - MOST_BESIDE} more", symptom=True))
    return states
