"""The five nodes of the graph, in their order."""

from __future__ import annotations

from enum import StrEnum


class NodeName(StrEnum):
    """One of them, by its name in the graph."""

    COLLECT = "collect"
    VERIFY = "verify"
    DIAGNOSE = "diagnose"
    TRIAGE = "triage"
    REMEDIATE = "remediate"
