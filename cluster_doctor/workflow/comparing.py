"""Compares two runs on record: what they read, and what each node made of it."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.domain.node_name import NodeName
from cluster_doctor.domain.run_difference import DifferenceKind, NodeDifference, RunDifference
from cluster_doctor.reports.difference import report_differences
from cluster_doctor.snapshot.changes.pictures import ObjectDifference, object_differences
from cluster_doctor.workflow.runs import Runs

MOST_OBJECTS = 30
"""Differences between objects that are told; two pictures of a busy cluster differ everywhere."""


def compare(before: tuple[Runs, str], after: tuple[Runs, str]) -> RunDifference:
    """Compare two runs, each with where it is on record.

    Raises:
        RunError: there is no such run, it has no diagnosis yet, or its record is damaged.
    """
    (old, first), (new, second) = before, after
    cases = old.case(first), new.case(second)
    found = list(report_differences(old.report(first), new.report(second)))
    objects: list[NodeDifference] = []
    more = 0
    if cases[0].snapshot != cases[1].snapshot:
        pictures = old.history.evidence.snapshot(cases[0].snapshot), new.history.evidence.snapshot(cases[1].snapshot)
        objects = [told for object_ in object_differences(*pictures) for told in _told(object_)]
        more, objects = max(0, len(objects) - MOST_OBJECTS), objects[:MOST_OBJECTS]
    read = [difference for difference in found if difference.node is NodeName.COLLECT]
    return RunDifference(
        before=cases[0].run_id,
        after=cases[1].run_id,
        differences=(*read, *objects, *found[len(read) :]),
        more=more,
    )


def _told(found: ObjectDifference) -> Iterator[NodeDifference]:
    of = str(found.ref)
    if found.is_new or found.is_gone:
        kind = DifferenceKind.NEW if found.is_new else DifferenceKind.GONE
        yield NodeDifference(node=NodeName.COLLECT, kind=kind, what="object", of=of)
        return
    for field in found.fields:
        yield NodeDifference(
            node=NodeName.COLLECT,
            kind=DifferenceKind.CHANGED,
            what="object",
            of=f"{of} {field.path}",
            before=_shown(field.before),
            after=_shown(field.after),
        )


def _shown(value: object) -> str:
    return "" if value is None else str(value)
