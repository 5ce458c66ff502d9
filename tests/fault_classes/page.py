"""The page of fault classes, made of the cases: `python -m tests.fault_classes.page > docs/fault-classes.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from .cases import FaultCase, all_cases

_HEAD = """\
# Fault classes

Made by `make docs` from `tests/fault_classes`, where each class has an incident that proves what is said here; do not
edit. A class is found by the rule that names its origin; the rules in brackets saw what it brought about.
"""


def render_page(cases: Iterable[FaultCase]) -> str:
    """Write down how every class is found, by layer; or that it is not a fault, or why it cannot be decided."""
    return "".join(f"{line}\n" for line in _lines(cases))


def _lines(cases: Iterable[FaultCase]) -> Iterator[str]:
    yield _HEAD.rstrip("\n")
    for layer, members in groupby(sorted(cases, key=_order), lambda case: case.layer):
        yield f"\n## {layer}\n"
        for fault, shown in groupby(members, lambda case: case.fault):
            yield from _fault(fault, list(shown))


def _order(case: FaultCase) -> tuple[str, str, str]:
    return case.layer, case.fault, case.path.stem


def _fault(fault: str, cases: Sequence[FaultCase]) -> Iterator[str]:
    if len(cases) == 1:
        yield f"- `{fault}`: {_found(cases[0])}"
        return
    yield f"- `{fault}`:"
    yield from (f"  - {_found(case)}" for case in cases)


def _found(case: FaultCase) -> str:
    if case.healthy:
        return "no fault; nothing is said of it"
    if case.undecidable:
        return f"cannot be decided from what a cluster shows: {case.undecidable}"
    (cause,) = case.diagnosis().root_causes
    symptoms = sorted({symptom.rule for symptom in cause.explains})
    seen = f" ({', '.join(symptoms)})" if symptoms else ""
    shows = f", where {case.shows}" if case.shows else ""
    return f"**{case.rule}** on the {case.subject.partition('/')[0]}{shows}{seen}"


if __name__ == "__main__":
    sys.stdout.write(render_page(all_cases()))
