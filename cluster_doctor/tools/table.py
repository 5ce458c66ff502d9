"""Who holds which tool. What is not granted here, a specialist may not use; a test reads their imports.

`HELD` is what a specialist's own code calls. `OFFERED` is what a chat model may call that works as one: a model can
reach nothing else, and nothing there writes, whatever graph, policy or text it works under.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from cluster_doctor.tools.exporting import export_plans
from cluster_doctor.tools.looking import Answer, Looking
from cluster_doctor.tools.proposing import confirm_merge, look_up_proposals, make_proposals, rehearse_proposals
from cluster_doctor.tools.reading import collect, fetch_missing
from cluster_doctor.tools.reasoning import (
    check_claims,
    diagnose,
    log_changes,
    mentions,
    plans_for,
    triage,
    with_leads,
)
from cluster_doctor.tools.recalling import recall
from cluster_doctor.tools.writing import apply_steps, confirm, rehearse_plans, undo_steps, weigh


class Specialist(StrEnum):
    """The five specialists, one for each node."""

    COLLECTOR = "collector"
    VERIFIER = "verifier"
    DIAGNOSTICIAN = "diagnostician"
    TRIAGER = "triager"
    REMEDIATOR = "remediator"


class Access(StrEnum):
    """What a tool touches."""

    READS_CLUSTER = "reads the cluster or a recording"
    COMPUTES = "computes from the snapshot"
    READS_HISTORY = "reads earlier runs and runbooks"
    WRITES_FILES = "writes files into the history folder"
    TRIES_CLUSTER = "sends dry runs to the cluster"
    WRITES_CLUSTER = "changes the cluster, as approved"
    READS_REPOSITORY = "reads the repositories that were named"
    WRITES_REPOSITORY = "puts a branch into a repository, as approved"


@dataclass(frozen=True)
class Tool:
    """A function that a specialist may call."""

    use: Callable[..., object]
    access: Access

    @property
    def name(self) -> str:
        """The function's name."""
        return self.use.__name__


COLLECT = Tool(collect, Access.READS_CLUSTER)
FETCH_MISSING = Tool(fetch_missing, Access.READS_CLUSTER)
MENTIONS = Tool(mentions, Access.COMPUTES)
CHECK_CLAIMS = Tool(check_claims, Access.COMPUTES)
DIAGNOSE = Tool(diagnose, Access.COMPUTES)
LOG_CHANGES = Tool(log_changes, Access.COMPUTES)
WITH_LEADS = Tool(with_leads, Access.COMPUTES)
RECALL = Tool(recall, Access.READS_HISTORY)
TRIAGE = Tool(triage, Access.COMPUTES)
PLANS_FOR = Tool(plans_for, Access.COMPUTES)
EXPORT_PLANS = Tool(export_plans, Access.WRITES_FILES)
REHEARSE_PLANS = Tool(rehearse_plans, Access.TRIES_CLUSTER)
APPLY_STEPS = Tool(apply_steps, Access.WRITES_CLUSTER)
UNDO_STEPS = Tool(undo_steps, Access.WRITES_CLUSTER)
WEIGH = Tool(weigh, Access.COMPUTES)
CONFIRM = Tool(confirm, Access.READS_CLUSTER)
REHEARSE_PROPOSALS = Tool(rehearse_proposals, Access.READS_REPOSITORY)
MAKE_PROPOSALS = Tool(make_proposals, Access.WRITES_REPOSITORY)
LOOK_UP_PROPOSALS = Tool(look_up_proposals, Access.READS_REPOSITORY)
CONFIRM_MERGE = Tool(confirm_merge, Access.READS_CLUSTER)

HELD: Mapping[Specialist, tuple[Tool, ...]] = {
    Specialist.COLLECTOR: (MENTIONS, COLLECT),
    Specialist.VERIFIER: (MENTIONS, FETCH_MISSING, CHECK_CLAIMS),
    Specialist.DIAGNOSTICIAN: (MENTIONS, DIAGNOSE, LOG_CHANGES, WITH_LEADS, RECALL),
    Specialist.TRIAGER: (TRIAGE,),
    Specialist.REMEDIATOR: (
        PLANS_FOR, EXPORT_PLANS, REHEARSE_PLANS, WEIGH, APPLY_STEPS, UNDO_STEPS, CONFIRM,
        REHEARSE_PROPOSALS, MAKE_PROPOSALS, LOOK_UP_PROPOSALS, CONFIRM_MERGE,
    ),
}  # fmt: skip

LOOKS: tuple[Tool, ...] = tuple(
    Tool(look, Access.COMPUTES)
    for look in (
        Looking.list_objects,
        Looking.read_object,
        Looking.read_events,
        Looking.read_log,
        Looking.related_objects,
        Looking.recent_changes,
        Looking.read_measurements,
        Looking.find_text,
    )
)
"""Looks at the snapshot, which nobody can change."""

OFFERED: Mapping[Specialist, tuple[Tool, ...]] = {
    Specialist.COLLECTOR: (),
    Specialist.VERIFIER: (),
    Specialist.DIAGNOSTICIAN: LOOKS,
    Specialist.TRIAGER: (),
    Specialist.REMEDIATOR: (),
}


def offered(specialist: Specialist, looking: Looking) -> tuple[Callable[..., Answer], ...]:
    """What a model may call that works as a specialist, on what it looks at."""
    return tuple(getattr(looking, tool.name) for tool in OFFERED[specialist])
