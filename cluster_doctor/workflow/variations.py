"""What a replay may do otherwise than its run: suppose something, run other rules, ask another model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cluster_doctor.domain.errors import UsageError
from cluster_doctor.domain.model_use import ModelChoice
from cluster_doctor.domain.rule_choice import RuleChoice
from cluster_doctor.rules.rule_set import RuleSet, rule_set
from cluster_doctor.workflow.rule_sets import chosen_rules
from cluster_doctor.workflow.runs import Runs
from cluster_doctor.workflow.state import Case, CaseState


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


@dataclass(frozen=True)
class OtherModel:
    """Which model shall be asked, or by which prompts; what it answers is asked anew, and paid for.

    `choice` is the model; None, that of the run. `nobody` asks none. `prompts` is a folder; empty, those of the run.
    """

    choice: ModelChoice | None = None
    nobody: bool = False
    prompts: str = ""

    def update(self, case: Case) -> CaseState:
        """What it changes of a case's beginning.

        Raises:
            UsageError: there is no model that could be asked.
        """
        if self.nobody:
            return {"model": None, "varied": ["no model was asked"]}
        choice = self.choice or case.model
        if choice is None:
            raise UsageError(f"run {case.run_id} asked no model", "Name one: --with model=PROVIDER:MODEL.")
        varied = [f"{choice.name} was asked anew"]
        if self.prompts:
            varied.append(f"the prompts in {Path(self.prompts).name} were used")
        plain = choice.model_dump(mode="json")
        return {"model": plain, "prompts": self.prompts or case.prompts, "asks_anew": True, "varied": varied}
