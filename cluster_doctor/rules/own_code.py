"""Makes rules of somebody's own files. What fails in them is told with file and line, and never ends a diagnosis."""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from functools import lru_cache, wraps
from types import ModuleType

from pydantic import TypeAdapter

from cluster_doctor.domain.errors import UsageError
from cluster_doctor.domain.findings import Directness, Match, Severity, Stage
from cluster_doctor.domain.rule_choice import RuleFile
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.rules.protocol import Check, Rule, Selection
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import View

_PACKAGE = "own_rules"
_REMEMBERED = 16
_LONGEST = 160
_MATCH = TypeAdapter(Match)
_FIELDS = tuple(field.name for field in fields(Match))


class OwnRuleError(Exception):
    """A rule of somebody's own failed where it was asked to judge. The message is one line without commas."""


@lru_cache(maxsize=_REMEMBERED)
def own_rules(files: tuple[RuleFile, ...]) -> tuple[Rule, ...]:
    """Run the files, and take the rule of each. The same files are run once.

    Raises:
        UsageError: a file cannot be run, holds no rule or several, or two rules bear one name.
    """
    found: dict[str, RuleFile] = {}
    rules = []
    for file in files:
        rule = _rule_in(file)
        other = found.setdefault(rule.name, file)
        if other is not file:
            raise UsageError(
                f"{_place(file)} and {_place(other)} both hold a rule {rule.name}",
                "Name each rule once, or remove one.",
            )
        rules.append(rule)
    return tuple(rules)


def _rule_in(file: RuleFile) -> Rule:
    area, stem = _named(file)
    module = ModuleType(f"{_PACKAGE}.{area}.{stem}")
    module.__file__, module.__package__ = _place(file), ""
    try:
        code = compile(file.text, module.__file__, "exec", dont_inherit=True)
        exec(code, module.__dict__)  # noqa: S102 - somebody named the folder to have it run
    except (Exception, SystemExit) as error:
        raise UsageError(
            f"{_at(error, file)}: {_said(error)}",
            "Correct the file; `cluster-doctor rules check FOLDER` tries all of them.",
        ) from error
    own = [
        value
        for value in vars(module).values()
        if isinstance(value, Rule) and value.check.__module__ == module.__name__
    ]
    rules = {id(value): value for value in own}
    if len(rules) != 1:
        names = " and ".join(sorted(value.name for value in rules.values())) or "no rule"
        raise UsageError(f"{module.__file__} holds {names}", "Write one function with @rule(…) into each file.")
    (rule,) = rules.values()
    wrong = _wrong_in(rule)
    if wrong:
        raise UsageError(
            f"{module.__file__}: {wrong}", "Correct the file; CONTRIBUTING.md tells how a rule is written."
        )
    return _guarded(rule, file)


def _wrong_in(rule: Rule) -> str:
    """What of a rule is not as every rule is taken to be; empty if nothing."""
    given: tuple[tuple[object, type], ...] = (
        (rule.severity, Severity),
        (rule.stage, Stage),
        (rule.directness, Directness),
        (rule.subject, type),
        (rule.needs, tuple),
    )
    if not all(isinstance(value, kind) for value, kind in given) or not issubclass(rule.subject, View):
        return "@rule takes a Severity, a View as subject, a tuple of needs, a Stage and a Directness"
    for section, example in (("Fires on", rule.doc.fires_on), ("Stays quiet on", rule.doc.quiet_on)):
        try:
            snapshot_of(example)
        except Exception as error:  # noqa: BLE001 - whatever an example makes of the reader, it cannot be read
            return f'the example "{section}" cannot be read: {_said(error)}'
    return ""


def _named(file: RuleFile) -> tuple[str, str]:
    """The area and the name that a file's place gives."""
    *above, name = file.path.split("/")
    area = above[-1] if above else file.folder.rsplit("/", maxsplit=1)[-1]
    return re.sub(r"\W", "_", area) or "own", name.removesuffix(".py")


def _guarded(rule: Rule, file: RuleFile) -> Rule:
    among = rule.among
    return replace(
        rule, check=_guarded_check(rule.check, file), among=_guarded_selection(among, file) if among else None
    )


def _guarded_check(check: Check, file: RuleFile) -> Check:
    @wraps(check)
    def guarded(subject: View, cluster: ClusterSnapshot) -> Iterator[Match]:
        with _failure_told(file):
            found: Iterable[object] = check(subject, cluster)
            for match in found:
                if not isinstance(match, Match):
                    msg = f"it yielded {type(match).__name__} and no Match"
                    raise TypeError(msg)
                if not match.evidence:
                    msg = "it yielded a Match without evidence"
                    raise ValueError(msg)
                _MATCH.validate_python({name: getattr(match, name) for name in _FIELDS})
                yield match

    return guarded


def _guarded_selection(among: Selection, file: RuleFile) -> Callable[[ClusterSnapshot], Sequence[View]]:
    @wraps(among)
    def guarded(cluster: ClusterSnapshot) -> Sequence[View]:
        with _failure_told(file):
            return tuple(among(cluster))

    return guarded


@contextmanager
def _failure_told(file: RuleFile) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        told = f"its code failed at {_at(error, file).rsplit('/', maxsplit=1)[-1]}: {_said(error)}"
        raise OwnRuleError(told.replace(",", ";")) from error


def _place(file: RuleFile) -> str:
    return f"{file.folder}/{file.path}"


def _at(error: BaseException, file: RuleFile) -> str:
    """File and line where something failed, as far as the file itself knows."""
    place = _place(file)
    if isinstance(error, SyntaxError) and error.filename == place:
        return f"{place}:{error.lineno}"
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == place]
    return f"{place}:{lines[-1]}" if lines else place


def _said(error: BaseException) -> str:
    said = error.msg if isinstance(error, SyntaxError) else str(error)
    return " ".join(f"{type(error).__name__}: {said}".split())[:_LONGEST]
