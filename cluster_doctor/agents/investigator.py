"""The place of a chat model. It is empty: everything works without one."""

from __future__ import annotations

from typing import Protocol

from cluster_doctor.domain.diagnosis import Diagnosis
from cluster_doctor.domain.incident import Incident
from cluster_doctor.snapshot.snapshot import ClusterSnapshot


class Investigator(Protocol):
    """Looks into what the rules left unexplained.

    What it proposes is text until code has matched its citations against the snapshot
    (`ClusterSnapshot.holds`); a hypothesis with evidence that does not hold is dropped by the diagnostician.
    """

    def investigate(self, cluster: ClusterSnapshot, incident: Incident, diagnosis: Diagnosis) -> Diagnosis:
        """Return the diagnosis with further hypotheses, or as it was."""
        ...
