"""Tells how an object is doing."""

from __future__ import annotations

from cluster_doctor.snapshot.health.manner import USUAL, Manner
from cluster_doctor.snapshot.health.manners import MANNERS
from cluster_doctor.snapshot.health.usual import read
from cluster_doctor.snapshot.health.verdict import Health
from cluster_doctor.snapshot.views import View

_LONGEST = 6
"""Labels of a group's name that are looked at."""


def health_of(view: View) -> Health:
    """Tell how an object is doing, by what its controller wrote into it; never raises on an odd shape."""
    return read(view, manner_of(view.ref.group, view.ref.kind))


def manner_of(group: str, kind: str) -> Manner:
    """Find how a kind reports its health: by its group, or a domain above it; for the kind itself, or for all."""
    parts = group.split(".")[-_LONGEST:]
    domains = ["*." + ".".join(parts[start:]) for start in range(1, len(parts) - 1)]
    keys = [(place, name) for place in (group, *domains) for name in (kind, "*")]
    return next((MANNERS[key] for key in keys if key in MANNERS), USUAL)
