"""Links findings: what explains what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cluster_doctor.domain.effects import Effect
from cluster_doctor.domain.findings import Finding, Stage
from cluster_doctor.inference.propagation import consequences
from cluster_doctor.snapshot.snapshot import ClusterSnapshot


@dataclass(frozen=True)
class Link:
    """`cause` explains `symptom`; `via` are the effects in between, the observed one last."""

    cause: int
    symptom: int
    effect: Effect


@dataclass(frozen=True)
class CausalGraph:
    """Findings by position, what each brings about, and which explains which."""

    findings: Sequence[Finding]
    reached: dict[int, dict[Effect, Effect | None]]
    links: tuple[Link, ...]

    def explained_by(self, position: int) -> list[Link]:
        """Links into a finding."""
        return [link for link in self.links if link.symptom == position]

    def explains(self, position: int) -> list[Link]:
        """Links out of a finding."""
        return [link for link in self.links if link.cause == position]

    def roots(self) -> list[int]:
        """Positions of causes that no other cause explains.

        Where causes explain each other in a circle, the one with the most direct evidence stands; the others
        are its echoes.
        """
        causes = [at for at, finding in enumerate(self.findings) if finding.stage is Stage.CAUSE]
        parents = {at: {link.cause for link in self.explained_by(at)} - {at} for at in causes}
        order = sorted(causes, key=lambda at: (_strength(self.findings[at]), at))
        standing: set[int] = set()
        for at in order:
            if not self._descends(at, parents, standing) and not (parents[at] and self._has_free_ancestor(at, parents)):
                standing.add(at)
        return sorted(standing)

    @staticmethod
    def _descends(at: int, parents: dict[int, set[int]], standing: set[int]) -> bool:
        seen, queue = {at}, list(parents[at])
        while queue:
            here = queue.pop()
            if here in standing:
                return True
            if here not in seen:
                seen.add(here)
                queue += parents.get(here, ())
        return False

    @staticmethod
    def _has_free_ancestor(at: int, parents: dict[int, set[int]]) -> bool:
        seen, queue = {at}, list(parents[at])
        while queue:
            here = queue.pop()
            if here in seen:
                continue
            seen.add(here)
            above = parents.get(here, set())
            if not above:
                return True
            queue += above
        return False


def _strength(finding: Finding) -> int:
    return list(type(finding.directness)).index(finding.directness)


def link_findings(cluster: ClusterSnapshot, findings: Sequence[Finding]) -> CausalGraph:
    """Build the causal graph over findings.

    A cause explains a symptom if what it brings about, followed through the laws of propagation, meets an
    effect that the symptom observed; it explains another cause if it meets an effect that one yields to.
    """
    observed: dict[Effect, list[int]] = {}
    for at, finding in enumerate(findings):
        for effect in finding.effects if finding.stage is Stage.SYMPTOM else finding.because:
            observed.setdefault(effect, []).append(at)
    echoes = _echoes(findings)
    reached = {
        at: consequences(cluster, finding.effects, echoes, observed)
        for at, finding in enumerate(findings)
        if finding.stage is Stage.CAUSE
    }
    return CausalGraph(findings, reached, tuple(_links(reached, observed)))


def _echoes(findings: Sequence[Finding]) -> dict[Effect, list[Effect]]:
    """What causes bring about that yield to an effect: whoever explains them passes it on."""
    found: dict[Effect, list[Effect]] = {}
    for finding in findings:
        if finding.stage is Stage.CAUSE:
            for effect in finding.because:
                found.setdefault(effect, []).extend(finding.effects)
    return found


def _links(reached: dict[int, dict[Effect, Effect | None]], observed: dict[Effect, list[int]]) -> Iterator[Link]:
    for at, effects in reached.items():
        met: dict[int, Effect] = {}
        for effect in effects:
            for symptom in observed.get(effect, ()):
                if symptom != at:
                    met.setdefault(symptom, effect)
        for symptom, effect in met.items():
            yield Link(at, symptom, effect)
