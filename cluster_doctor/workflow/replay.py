"""Investigates a run's recorded evidence again, offline: all of it, from a node on, or with something changed."""

from __future__ import annotations

from collections.abc import Iterator
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
from cluster_doctor.rules.rule_set import OURS
from cluster_doctor.sources.protocol import Scope
from cluster_doctor.sources.recorded.objects import ObjectFiles
from cluster_doctor.workflow.runs import Runs, Standing
from cluster_doctor.workflow.state import Case, CaseState, Place
from cluster_doctor.workflow.variations import OtherModel, OtherRules, WhatIf

_FINDS: dict[NodeName, tuple[str, ...]] = {
    NodeName.COLLECT: ("snapshot", "readings"),
    NodeName.VERIFY: ("snapshot", "identity_note", "claims"),
    NodeName.DIAGNOSE: ("diagnosis", "recollection", "leaves_open", "suspects", "inquiries", "model_use"),
    NodeName.TRIAGE: ("triage",),
}
"""What each node adds to the state."""
_LAST = {NodeName.DIAGNOSE: "conclude"}
"""Where the last part of a node's work has a name of its own."""
_NO_SUPPOSITION = frozenset({NodeName.TRIAGE, NodeName.REMEDIATE})


def replay(  # noqa: PLR0913 - one argument for each thing that may be otherwise
    history: History,
    runs: Runs,
    run_id: str,
    *,
    begin: NodeName = NodeName.COLLECT,
    what_if: WhatIf | None = None,
    rules: OtherRules | None = None,
    model: OtherModel | None = None,
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
        model: which model shall be asked; by default nobody is, and the run's own answers are taken from the record.

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
        "prompts": case.prompts,
        "varied": list(case.varied),
    }
    if plain["model"]:
        first["model"] = plain["model"]
    if begin in _NO_SUPPOSITION and (unused := [name for name, one in _named(what_if, rules, model) if one]):
        raise UsageError(f"a replay from {begin} on {' and '.join(unused)}", "Begin with diagnose, or earlier.")
    snapshot, used = case.snapshot, OURS
    if what_if:
        snapshot = _supposed(history, case, what_if)
        first["varied"] = [*case.varied, *what_if.sentences()]
    if begin not in _NO_SUPPOSITION:
        used = (rules or OtherRules()).chosen(runs, case.rules)
        first["varied"] = [*first["varied"], *_otherwise(case.rules, used.choice)]
    if model:
        changed = model.update(case)
        first = {**first, **changed, "varied": [*first["varied"], *changed["varied"]]}
    first["place"] = Place(snapshot=snapshot).model_dump(mode="json")
    earlier = list(NodeName)[: list(NodeName).index(begin)]
    for node in earlier:
        if node is NodeName.DIAGNOSE and not case.diagnosis:
            raise RunError(f"run {run_id} has not come to a diagnosis", "Replay it from diagnose on.")
        first = cast("CaseState", {**first, **{name: plain[name] for name in _FINDS[node]}})
    if earlier:
        first["snapshot"] = snapshot
    after = _LAST.get(earlier[-1], earlier[-1]) if earlier else ""
    return runs.repeat(first, f"run {case.run_id}", after=after, rules=used)


def _named(
    what_if: WhatIf | None, rules: OtherRules | None, model: OtherModel | None
) -> Iterator[tuple[str, WhatIf | OtherRules | OtherModel | None]]:
    """Each thing that may be otherwise, with what the last nodes do not do."""
    yield "looks at no cluster", what_if
    yield "runs no rules", rules
    yield "asks no model", model


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
