"""A question about a cluster, understood: what is asked, of which objects, on which conditions.

Whoever understands questions, a grammar or a model, makes these; whoever answers them sees nothing else.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

_NAME = r"^[a-zA-Z0-9][a-zA-Z0-9._:-]{0,252}$"
Moment = Annotated[
    str,
    Field(
        pattern=r"^((\d{1,6}[smhdw])+|yesterday|today|\d{1,2}:\d{2}|\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?Z?)?)?$",
        description="A span before the picture (90m, 24h, 7d), today, yesterday, a time of day (12:00) or a moment "
        "(2026-01-31 or 2026-01-31T12:00Z), in UTC; empty for any time.",
    ),
]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Named(_Frozen):
    """An object as somebody names it. Without a kind it is a workload, else a Service or Pod, else what bears it."""

    name: str = Field(pattern=_NAME)
    kind: str = ""
    namespace: str = ""

    def __str__(self) -> str:
        """As a person writes it."""
        place = f"{self.namespace}/{self.name}" if self.namespace else self.name
        return f"{self.kind} {place}" if self.kind else place


class Conditions(_Frozen):
    """What listed objects have to fulfil; all that is given must hold.

    `state` is a phase, `ready`, `not ready`, `healthy`, `unhealthy`, or a reason such as CrashLoopBackOff.
    """

    namespace: str = ""
    labels: dict[str, str] = {}
    image: str = ""
    old_image: bool = False
    node: str = ""
    state: str = ""
    uses: Named | None = None


class WhichObjects(_Frozen):
    """Which objects of a kind fulfil some conditions?"""

    asks: Literal["which"] = "which"
    kind: str
    where: Conditions = Conditions()


class WhoUses(_Frozen):
    """Which Pods and workloads name a ConfigMap, Secret, claim or ServiceAccount?"""

    asks: Literal["who uses"] = "who uses"
    of: Named


class WhatDependsOn(_Frozen):
    """What would miss an object?"""

    asks: Literal["what depends on"] = "what depends on"
    of: Named


class WhatChanged(_Frozen):
    """What changed, of one object or everywhere, since some time?"""

    asks: Literal["what changed"] = "what changed"
    of: Named | None = None
    namespace: str = ""
    since: Moment = "24h"


class WhichRestarted(_Frozen):
    """Which containers restarted, of one object or everywhere, since some time?"""

    asks: Literal["which restarted"] = "which restarted"
    of: Named | None = None
    namespace: str = ""
    since: Moment = ""


class WhyIs(_Frozen):
    """Why is something wrong with an object?"""

    asks: Literal["why"] = "why"
    of: Named
    complaint: str = ""
    since: Moment = ""


class IsHealthy(_Frozen):
    """Is an object well?"""

    asks: Literal["is healthy"] = "is healthy"
    of: Named


Question = Annotated[
    WhichObjects | WhoUses | WhatDependsOn | WhatChanged | WhichRestarted | WhyIs | IsHealthy,
    Field(discriminator="asks"),
]
