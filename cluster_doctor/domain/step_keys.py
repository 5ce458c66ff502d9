"""How steps are named in a question, an answer and the record.

`1.2` is the second step of the first plan, `1.or2` its second other way, `1.git` its proposal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cluster_doctor.domain.remediation import RemediationPlan, RemediationStep

_OTHER_WAY, _PROPOSAL = "or", "git"


def steps_of(number: int, plan: RemediationPlan) -> Iterator[tuple[str, RemediationStep]]:
    """The steps of a plan, by key."""
    return ((f"{number}.{position}", step) for position, step in enumerate(plan.steps, 1))


def steps_of_all(plans: Iterable[RemediationPlan]) -> Iterator[tuple[str, RemediationStep]]:
    """The steps of all plans, by key; after those of each its other ways."""
    for number, plan in enumerate(plans, 1):
        yield from steps_of(number, plan)
        for position, step in enumerate(plan.alternatives, 1):
            yield f"{number}.{_OTHER_WAY}{position}", step


def proposal_of(number: int) -> str:
    """The key of a plan's proposal."""
    return f"{number}.{_PROPOSAL}"


def plan_of(key: str) -> int:
    """The number of the plan that a key belongs to, counted from 1."""
    return int(key.partition(".")[0])


def is_other_way(key: str) -> bool:
    """Whether a key is that of another way beside the plan's own steps."""
    return key.partition(".")[2].startswith(_OTHER_WAY)
