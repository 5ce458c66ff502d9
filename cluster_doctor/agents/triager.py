"""Says how urgent it is, and whose it is."""

from __future__ import annotations

from cluster_doctor.domain.diagnosis import Diagnosis
from cluster_doctor.domain.triage import Triage
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.tools.reasoning import triage


def judge_urgency(cluster: ClusterSnapshot, diagnosis: Diagnosis) -> Triage | None:
    """Judge impact and urgency; None if nothing is wrong."""
    return triage(cluster, diagnosis)
