"""How a tool says that something failed.

Tools of one family say the same in their own words, so a sign is a pattern of what such a line is made of: a place in
a file, a test's name, a code. The groups `thing` and `why` of the pattern name what failed and how.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from cluster_doctor.domain.ci import CiFailureClass


class Weight(IntEnum):
    """How much a line decides.

    DECIDES: GitHub itself says it of the step, such as a time that was exceeded. REPORTS: a tool reports what failed.
    ENDS: a tool says that it failed and not why; of worth only where nothing says more.
    """

    ENDS = 1
    REPORTS = 2
    DECIDES = 3


@dataclass(frozen=True, slots=True)
class Sign:
    """One way of saying it.

    Attributes:
        failure: the class that it speaks for.
        pattern: what such a line looks like.
        means: a sentence with `{thing}` for the group of that name.
        next_step: what to do, likewise.
        weight: how much it decides.
    """

    failure: CiFailureClass
    pattern: re.Pattern[str]
    means: str
    next_step: str
    weight: Weight = Weight.REPORTS


def signs(
    failure: CiFailureClass, means: str, next_step: str, *patterns: str, weight: Weight = Weight.REPORTS
) -> tuple[Sign, ...]:
    """Make a sign of each pattern; they mean the same."""
    return tuple(Sign(failure, re.compile(pattern), means, next_step, weight) for pattern in patterns)
