"""Exported runs as cases: their evidence is the recording, and what people said of them is the label."""

from __future__ import annotations

from pathlib import Path

from cluster_doctor.domain.errors import UnreadableInput
from cluster_doctor.domain.run_file import SUFFIX
from cluster_doctor.evaluation.expectations import CauseExpected
from cluster_doctor.evaluation.opsbench import object_of
from cluster_doctor.history.past import entries_of
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.workflow.exporting import opened_run


def is_exported(path: Path) -> bool:
    """Whether a path is that of an exported run."""
    return path.name.endswith(SUFFIX) and path.is_file()


def picture_of(path: Path) -> ClusterSnapshot:
    """Read the picture that a run was about.

    Raises:
        UnreadableInput: it is no exported run, or is damaged.
        RunError: its evidence is not what was stored, or it had collected nothing.
    """
    with opened_run(path) as (runs, run_id):
        return runs.history.evidence.snapshot(runs.case(run_id).snapshot)


def confirmed_in(path: Path) -> tuple[CauseExpected, ...]:
    """List the causes of a run that people confirmed (`runs confirm`), in the order in which it ranked them.

    Raises:
        UnreadableInput: as above, or nobody confirmed any.
        RunError: as above.
    """
    with opened_run(path) as (runs, run_id):
        history = runs.history
        cluster = history.evidence.snapshot(runs.case(run_id).snapshot)
        entries = entries_of(history.log, history.evidence, history.log.run(run_id))
        found = [entry.incident for entry in entries if entry.incident.judgement and entry.incident.judgement.confirmed]
        affected = {cause.fingerprint: cause.affected for cause in runs.report(run_id).root_causes}
    if not found:
        raise UnreadableInput(
            f"nobody confirmed a cause of {path.name}",
            "Say that it was right with `cluster-doctor runs confirm ID`, and export it again.",
        )
    return tuple(
        CauseExpected(
            root_cause=past.rule, object=object_of(past.subject, affected.get(past.cause_fingerprint, ()), cluster)
        )
        for past in found
    )
