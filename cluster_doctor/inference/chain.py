"""The way from a cause to its symptoms, as a person reads it and as a fingerprint that lasts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from cluster_doctor.domain.diagnosis import ChainLink
from cluster_doctor.domain.effects import Effect
from cluster_doctor.domain.findings import Finding, Stage
from cluster_doctor.domain.generated_names import lasting_name
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.inference.causality import CausalGraph
from cluster_doctor.inference.propagation import path_to


def way_of(graph: CausalGraph, cause: int, symptoms: frozenset[int]) -> tuple[Effect, ...]:
    """The effects from a cause to a symptom on which most was observed; empty if it has no symptom."""
    reached = graph.reached[cause]
    ways = [tuple(path_to(link.effect, reached)) for link in graph.explains(cause) if link.symptom in symptoms]
    if not ways:
        return ()
    observed = _observed(graph, cause)

    def weight(way: tuple[Effect, ...]) -> tuple[int, int, str, str]:
        end = way[-1]
        lasting = f"{end.at.kind} {end.at.namespace or ''}/{lasting_name(end.at.kind, end.at.name)}"
        return (sum(effect in observed for effect in way), len(way), f"{lasting}: {end.kind.value}", str(end))

    return max(ways, key=weight)


def chain_of(graph: CausalGraph, cause: int, way: Sequence[Effect]) -> tuple[ChainLink, ...]:
    """A way link by link, each effect with what observed it."""
    finding = graph.findings[cause]
    links = [ChainLink(subject=finding.subject, statement=finding.message, observed=True)]
    observed = _observed(graph, cause)
    for effect in way:
        seen = observed.get(effect)
        statement = seen.message if seen else effect.kind.value
        if seen is None or statement != links[-1].statement:
            links.append(
                ChainLink(
                    subject=_told_of(effect, seen),
                    statement=statement,
                    observed=seen is not None,
                    effect=effect.kind.value,
                )
            )
    return tuple(links)


def chain_fingerprint(cause: Finding, way: Sequence[Effect]) -> str:
    """Tell chains of one cause at one object apart by their effects: stable where `Finding.fingerprint` is."""
    return _hash(cause.fingerprint, *_effects(way))


def kind_fingerprint(cause: Finding, way: Sequence[Effect]) -> str:
    """Name a kind of cause and chain, wherever they are."""
    return _hash(cause.rule, *_effects(way))


def _effects(way: Sequence[Effect]) -> list[str]:
    """Effects without objects: these are called otherwise in each incident, and are as many as there are replicas."""
    kinds = [effect.kind.value for effect in way]
    return [kind for at, kind in enumerate(kinds) if at == 0 or kind != kinds[at - 1]]


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _observed(graph: CausalGraph, cause: int) -> dict[Effect, Finding]:
    observed: dict[Effect, Finding] = {}
    for link in graph.explains(cause):
        met = graph.findings[link.symptom]
        for effect in (link.effect, *(met.effects if met.stage is Stage.SYMPTOM else ())):
            observed.setdefault(effect, met)
    return observed


def _told_of(effect: Effect, seen: Finding | None) -> ObjectRef:
    """The object that a link is about; of many Pods with one finding the one that its statement names."""
    return seen.affected[0] if seen and effect.at in seen.affected else effect.at
