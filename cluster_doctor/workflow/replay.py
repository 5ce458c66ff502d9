"""Investigates a run's recorded evidence again, offline: all of it, from a node on, or with something changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from cluster_doctor.domain.diagnosis import Diagnosis
from cluster_doctor.domain.errors import RunError, UsageError
from cluster_doctor.domain.node_name import NodeName
from cluster_doctor.domain.recollection import Recollection
from cluster_doctor.domain.remediation import RemediationPlan
from cluster_doctor.domain.rule_choice import RuleChoice
from cluster_doctor.history.history import History
from cluster_doctor.remediation.foresight.supposing import Supposition
from cluster_doctor.rules.rule_set import OURS, RuleSet, rule_set
from cluster_doctor.sources.protocol import Scope
from cluster_doctor.sources.recorded.objects import ObjectFiles
from cluster_doctor.workflow.rule_sets import chosen_rules
from cluster_doctor.workflow.runs import Runs, Standing
from cluster_doctor.workflow.state import Case, CaseState, Place

_FINDS: dict[NodeName, tuple[str, ...]] = {
    NodeName.COLLECT: ("snapshot",),
    NodeName.VERIFY: ("snapshot", "identity_note", "claims"),
    NodeName.DIAGNOSE: ("diagnosis", "recollection"),
    NodeName.TRIAGE: ("triage",),
}
"""What each node adds to the state."""
_NO_SUPPOSITION = frozenset({NodeName.TRIAGE, NodeName.REMEDIATE})


@dataclass(frozen=True)
class WhatIf:
    """What shall be supposed of the recorded cluster.

    `plan` supposes that the run's own plans were carried out, `manifests` that these files or folders were applied.
    """

    plan: bool = False
    manifests: tuple[Path, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is."""
        return self.plan or bool(self.manifests)

    def sentences(self) -> Iterator[str]:
        """Say what is supposed."""
        if self.plan:
            yield "its plans were carried out, and what they change rolled out and runs well"
        for path in self.manifests:
            yield f"{path.name} was applied, and what it changes rolled out and runs well"


@dataclass(frozen=True)
class OtherRules:
    """Which rules shall be run instead of the run's own.

    `folder` names all of them, beside ours; empty, ours alone; None, those of the run. `without` are left out.
    """

    folder: str | None = None
    without: tuple[str, ...] = ()

    def chosen(self, runs: Runs, before: RuleChoice) -> RuleSet:
        """Open them.

        Raises:
            UsageError: they cannot be used.
            RunError: those of the run are not what they were.
        """
        if self.folder is not None:
            return chosen_rules(self.folder, self.without)
        files = runs.rules_of(before).files
        return rule_set(files, (*before.without, *self.without))


def replay(
    history: History,
    runs: Runs,
    run_id: str,
    *,
    begin: NodeName = NodeName.COLLECT,
    what_if: WhatIf | None = None,
    rules: OtherRules | None = None,
) -> Standing:
    """Begin a new run of the same incident on the snapshot that a run has stored. Nothing is read from a cluster.

    What was known then of earlier runs and from runbooks is taken from the run, not looked up again. What became of its
    plans is taken over where the same plans are made: nobody is asked anything, and nothing is carried out.

    Args:
        history: where the run is on record, and where the new one is kept.
        runs: takes cases through the graph.
        run_id: the run.
        begin: the first node that works again.
        what_if: what of the recorded cluster shall be supposed to be otherwise.
        rules: which rules shall be run; those of the run by default.

    Raises:
        RunError: there is no such run, it was ended before it had come to that node, or its own rules are not what
            they were.
        UsageError: what is to be supposed would not be looked at, or the rules cannot be used.
        SourceError: a file of manifests cannot be read.
        RemediationError: the plans cannot be carried out on the picture.
    """
    case = runs.case(run_id)
    if not case.snapshot:
        raise RunError(f"run {run_id} has collected nothing", "Go on with it by `cluster-doctor runs resume`.")
    history.evidence.snapshot(case.snapshot)
    plain = case.model_dump(mode="json")
    first: CaseState = {
        "incident": plain["incident"],
        "runbooks": case.runbooks,
        "replays": case.replays if case.replays and not case.varied else case.run_id,
        "recollection": case.recollection or history.evidence.put(Recollection()),
        "recorded": case.repair.model_dump(mode="json"),
        "varied": list(case.varied),
    }
    snapshot = case.snapshot
    if what_if:
        if begin in _NO_SUPPOSITION:
            raise UsageError(f"a replay from {begin} on looks at no cluster", "Begin with diagnose, or earlier.")
        snapshot = _supposed(history, case, what_if)
        first["varied"] = [*case.varied, *what_if.sentences()]
    used = OURS
    if begin not in _NO_SUPPOSITION:
        used = (rules or OtherRules()).chosen(runs, case.rules)
        first["varied"] = [*first["varied"], *_otherwise(case.rules, used.choice)]
    elif rules:
        raise UsageError(f"a replay from {begin} on runs no rules", "Begin with diagnose, or earlier.")
    first["place"] = Place(snapshot=snapshot).model_dump(mode="json")
    earlier = list(NodeName)[: list(NodeName).index(begin)]
    for node in earlier:
        if node is NodeName.DIAGNOSE and not case.diagnosis:
            raise RunError(f"run {run_id} has not come to a diagnosis", "Replay it from diagnose on.")
        first = cast("CaseState", {**first, **{name: plain[name] for name in _FINDS[node]}})
    if earlier:
        first["snapshot"] = snapshot
    return runs.repeat(first, f"run {case.run_id}", after=earlier[-1] if earlier else "", rules=used)


def _otherwise(before: RuleChoice, now: RuleChoice) -> Iterator[str]:
    """Say how the rules differ from those of the run."""
    if now.files != before.files:
        digest = RuleChoice(files=now.files).digest[:12]
        yield f"the rules in {Path(now.folder).name} ({digest}) were used" if now.files else "no own rules were used"
    if left_out := [name for name in now.without if name not in before.without]:
        yield f"left out: {', '.join(left_out)}"
    if again := [name for name in before.without if name not in now.without]:
        yield f"not left out: {', '.join(again)}"


def _supposed(history: History, case: Case, what_if: WhatIf) -> str:
    """Store the picture in which it is so; return its hash."""
    cluster = history.evidence.snapshot(case.snapshot)
    supposition = Supposition()
    if what_if.plan:
        plans = history.evidence.get(case.plans, tuple[RemediationPlan, ...]) if case.plans else ()
        supposition.carry_out(cluster, plans)
    spaces = case.incident.namespaces
    for path in what_if.manifests:
        supposition.deliver(cluster, ObjectFiles(path).collect(Scope(namespaces=spaces)).objects)
    diagnosis = history.evidence.get(case.diagnosis, Diagnosis) if case.diagnosis else None
    return history.evidence.put_snapshot(supposition.picture(cluster, diagnosis.root_causes if diagnosis else ()))
