"""How much it hurts and how fast it gets worse."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from cluster_doctor.domain.refs import ObjectRef


class Priority(StrEnum):
    """P1 wake somebody, P2 today, P3 this week, P4 when convenient."""

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"


class BlastRadius(BaseModel):
    """What is affected.

    `share_ready` is the fraction of wanted replicas that are ready over all affected workloads, None when
    no affected workload has replicas.
    """

    model_config = ConfigDict(frozen=True)

    workloads: tuple[ObjectRef, ...] = ()
    services: tuple[ObjectRef, ...] = ()
    dependants: tuple[ObjectRef, ...] = ()
    routes: tuple[ObjectRef, ...] = ()
    namespaces: tuple[str, ...] = ()
    share_ready: float | None = None
    data_at_risk: bool = False


class Triage(BaseModel):
    """Priority with its reasons, blast radius and owner."""

    model_config = ConfigDict(frozen=True)

    priority: Priority
    reasons: tuple[str, ...]
    impact: str
    urgency: str
    blast_radius: BlastRadius
    owner: str | None = None
    owner_source: str = ""
