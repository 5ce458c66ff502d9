"""Investigates a run's recorded evidence again, offline."""

from __future__ import annotations

from cluster_doctor.domain.errors import RunError
from cluster_doctor.domain.recollection import Recollection
from cluster_doctor.history.history import History
from cluster_doctor.workflow.runs import Runs, Standing
from cluster_doctor.workflow.state import Place


def replay(history: History, runs: Runs, run_id: str) -> Standing:
    """Begin a new run of the same incident on the snapshot that a run has stored. Nothing is read from a cluster.

    What was known then of earlier runs and from runbooks is taken from the run, not looked up again.

    Raises:
        RunError: there is no such run, or it was ended before it had collected anything.
    """
    case = runs.case(run_id)
    if not case.snapshot:
        raise RunError(f"run {run_id} has collected nothing", "Go on with it by `cluster-doctor runs resume`.")
    history.evidence.snapshot(case.snapshot)
    recalled = case.recollection or history.evidence.put(Recollection())
    return runs.begin(case.incident, Place(snapshot=case.snapshot), replays=case.run_id, recollection=recalled)
