"""How kinds report their health where that is not what is usual; one table for each neighbourhood of operators."""

from __future__ import annotations

from cluster_doctor.snapshot.health.manner import Manner
from cluster_doctor.snapshot.health.manners import clouds, databases, delivery, machines, storage, traffic, workloads

MANNERS: dict[tuple[str, str], Manner] = {
    **clouds.MANNERS,
    **databases.MANNERS,
    **delivery.MANNERS,
    **machines.MANNERS,
    **storage.MANNERS,
    **traffic.MANNERS,
    **workloads.MANNERS,
}
"""By group and kind; `*` for every kind of a group, `*.` before a domain for every group below it."""
