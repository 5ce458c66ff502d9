"""Opens the rules that somebody names, and those that a case on record was run with."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from cluster_doctor.domain.errors import RunError, UsageError
from cluster_doctor.domain.rule_choice import RuleChoice
from cluster_doctor.rules.rule_set import OURS, RuleSet, rule_set
from cluster_doctor.sources.rule_files import is_safe, read_rule_files

_OTHERS = "Name the folder with `--with rules=FOLDER`, or do without them: `--with rules=ours`."


def chosen_rules(folder: str | os.PathLike[str] | None = None, without: Iterable[str] = ()) -> RuleSet:
    """Put the rules of a folder beside ours, and leave some out. The files are run: they are code.

    Raises:
        UsageError: there is no such folder, a file of it holds no rule, or there is no rule to leave out.
    """
    return rule_set(read_rule_files(Path(folder)) if folder else (), without)


def no_own_rules(choice: RuleChoice) -> RuleSet:
    """Open our rules, without those that a case leaves out; code that it names is not run.

    Raises:
        RunError: the case was run with own rules.
    """
    if choice.files:
        raise RunError("this case names rules of somebody's own, and code is not run by its name alone", _OTHERS)
    return _without(choice.without)


class RuleSets:
    """The rules of the cases that one program takes through the graph. They do not change while it works on them."""

    def __init__(self) -> None:
        """Know our rules."""
        self._opened = {OURS.digest: OURS}

    def keep(self, rules: RuleSet) -> None:
        """Use rules that somebody chose for all cases that name them."""
        self._opened[rules.digest] = rules

    def __call__(self, choice: RuleChoice) -> RuleSet:
        """Open the rules of a case on record, if they are what they were.

        Raises:
            RunError: they are not, or anybody may have written them.
        """
        if choice.digest not in self._opened:
            self.keep(_recorded(choice) if choice.files else _without(choice.without))
        return self._opened[choice.digest]


def _without(names: Iterable[str]) -> RuleSet:
    try:
        return rule_set((), names)
    except UsageError as error:
        raise RunError(f"the run left out a check that is gone: {error.what}", _OTHERS) from error


def _recorded(choice: RuleChoice) -> RuleSet:
    if not choice.folder:
        raise RunError("the run's own rules are on the machine where it was made", _OTHERS)
    try:
        files = read_rule_files(Path(choice.folder))
    except UsageError as error:
        raise RunError(f"the run's own rules cannot be read: {error.what}", _OTHERS) from error
    changes = "; ".join(_changes(choice.files, {file.path: file.hash for file in files}))
    if changes:
        raise RunError(f"the run's own rules in {choice.folder} are not what they were: {changes}", _OTHERS)
    if not is_safe(Path(choice.folder)):
        raise RunError(f"others may have written into {choice.folder}, which only a record names", _OTHERS)
    try:
        return rule_set(files, choice.without)
    except UsageError as error:
        raise RunError(f"the run's own rules cannot be used: {error.what}", _OTHERS) from error


def _changes(before: dict[str, str], after: dict[str, str]) -> Iterator[str]:
    for word, names in (
        ("gone", before.keys() - after.keys()),
        ("new", after.keys() - before.keys()),
        ("changed", {name for name in before.keys() & after.keys() if before[name] != after[name]}),
    ):
        if names:
            yield f"{word}: {', '.join(sorted(names)[:5])}" + (f" and {len(names) - 5} more" if len(names) > 5 else "")
