"""Takes down what a person says of a run's cause afterwards."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from cluster_doctor.domain.errors import RunError, UsageError
from cluster_doctor.domain.recurrence import Judgement, PastIncident
from cluster_doctor.history.history import History
from cluster_doctor.history.past import JUDGEMENT, entries_of, replayed_by
from cluster_doctor.history.run_log import RunState, StepState
from cluster_doctor.snapshot.door import Door

LONGEST = 2_000
"""Characters in which a person says what helped."""
_MASKED = re.compile("<masked:[0-9a-f]+>")


def judge(
    history: History, run_id: str, *, cause: str = "", confirmed: bool = True, helped: str = "", by: str
) -> tuple[PastIncident, bool]:
    """Put on record that a cause was right or wrong, and what helped. Saying the same again changes nothing.

    Args:
        history: where the run is kept.
        run_id: the run, or the beginning of its id.
        cause: the cause's number, from 1, or its rule; may be empty where there is only one.
        confirmed: whether it was right.
        helped: what helped; credentials in it are masked. Empty keeps what was said before.
        by: who says so.

    Returns:
        The incident as it is on record now, and whether anything changed.

    Raises:
        UsageError: the run names no such cause, or several; or what helped is too long.
        RunError: there is no such run, it has not come to its end, or the history cannot be used.
    """
    run = history.log.run(run_id)
    if run.state is not RunState.FINISHED:
        raise RunError(
            f"run {run.run_id} has not come to its end: {run.state.value}",
            f"Go on with `cluster-doctor runs resume {run.run_id}`.",
        )
    replayed = replayed_by(history.log.steps(run.run_id))
    if replayed:
        raise UsageError(f"run {run.run_id} only replays run {replayed}", f"Say it of that one: confirm {replayed}.")
    if len(helped) > LONGEST:
        raise UsageError(f"--helped holds {len(helped)} characters, more than {LONGEST}", "Say it in fewer words.")
    entries = entries_of(history.log, history.evidence, run)
    chosen = _chosen([entry.incident for entry in entries], cause, run.run_id)
    known = history.incidents.find(run.run_id, chosen.cause_fingerprint)
    if known is None:
        history.incidents.add(entries)
        known = chosen
    judgement = Judgement(confirmed=confirmed, helped=_kept(helped), by=_kept(by), at=datetime.now(UTC))
    before = known.judgement
    if before and before.confirmed is confirmed:
        judgement = judgement.model_copy(update={"helped": judgement.helped or before.helped})
        if judgement == before.model_copy(update={"at": judgement.at}):
            return known, False
    step = history.log.begin_step(
        run.run_id, JUDGEMENT, {"cause": chosen.cause_fingerprint, "rule": chosen.rule, "subject": str(chosen.subject)}
    )
    history.log.end_step(step, StepState.DONE, {"judgement": judgement.model_dump(mode="json")})
    history.incidents.judge(run.run_id, chosen.cause_fingerprint, judgement)
    return known.model_copy(update={"judgement": judgement}), True


def _chosen(causes: Sequence[PastIncident], cause: str, run_id: str) -> PastIncident:
    listed = "; ".join(f"{number}: {found.rule} at {found.subject}" for number, found in enumerate(causes, 1))
    if not causes:
        raise UsageError(
            f"run {run_id} named no root cause, so there is none to confirm",
            f"`cluster-doctor runs show {run_id}` tells what it found.",
        )
    if not cause and len(causes) > 1:
        raise UsageError(f"run {run_id} named {len(causes)} root causes", f"Say which with --cause: {listed}.")
    if not cause:
        return causes[0]
    named = [found for found in causes if found.rule == cause.replace("-", "_")]
    if cause.isdecimal() and 1 <= int(cause) <= len(causes):
        named = [causes[int(cause) - 1]]
    if len(named) != 1:
        how = "several causes of" if named else "no cause"
        raise UsageError(f"run {run_id} names {how} {cause[:80]!r}", f"It named {listed}.")
    return named[0]


def _kept(text: str) -> str:
    """What may be stored: without credentials, and the same for the same words, so that these are known again."""
    return _MASKED.sub("<masked>", Door().mask_text(text.strip()))
