"""The rules that one diagnosis runs. They travel with the case: several sets may be in use at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from cluster_doctor.domain.errors import UsageError
from cluster_doctor.domain.findings import Stage
from cluster_doctor.domain.rule_choice import RuleChoice, RuleFile
from cluster_doctor.rules.catalogue import all_rules
from cluster_doctor.rules.own_code import own_rules
from cluster_doctor.rules.protocol import Rule


@dataclass(frozen=True, eq=False)
class RuleSet:
    """Our rules, and own ones beside them or, by the same name, in their place, without some."""

    files: tuple[RuleFile, ...] = ()
    own: tuple[Rule, ...] = ()
    choice: RuleChoice = field(default_factory=RuleChoice)

    @cached_property
    def digest(self) -> str:
        """Tells sets apart; empty for ours."""
        return self.choice.digest

    @cached_property
    def _named(self) -> dict[str, Rule]:
        return {rule.name: rule for rule in (*all_rules(), *self.own)}

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The rules by name."""
        return tuple(self._named[name] for name in sorted(self._named) if name not in self.choice.without)

    def named(self, name: str) -> Rule | None:
        """Find a rule that is run."""
        return None if name in self.choice.without else self._named.get(name)

    def left_out(self, stages: frozenset[Stage]) -> list[str]:
        """Name the rules of some stages that are not run though there are such."""
        return [name for name in self.choice.without if name in self._named and self._named[name].stage in stages]


OURS = RuleSet()
"""Our rules, all of them."""


def rule_set(files: tuple[RuleFile, ...] = (), without: Iterable[str] = ()) -> RuleSet:
    """Put own rules beside ours, and leave some out.

    Raises:
        UsageError: a file holds no rule that can be run, or no rule bears a name that is to be left out.
    """
    own = own_rules(files)
    left_out = tuple(sorted({name.strip().replace("-", "_") for name in without}))
    known = {rule.name for rule in (*all_rules(), *own)}
    for name in left_out:
        if name not in known:
            near = ", ".join(difflib.get_close_matches(name, known, n=3))
            raise UsageError(
                f"there is no check called {name!r} to leave out",
                f"Did you mean {near}?" if near else "See `cluster-doctor rules`.",
            )
    choice = RuleChoice(
        folder=files[0].folder if files else "", files={file.path: file.hash for file in files}, without=left_out
    )
    return RuleSet(files, own, choice) if choice.digest else OURS
