"""What the rules and the inference make of objects written down as YAML."""

from __future__ import annotations

from cluster_doctor.domain.incident import Incident
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.rules.example import snapshot_of


def causes_of(text: str) -> list[tuple[str, str]]:
    """The root causes, most probable first: rule, and name of the object."""
    return [(cause.rule, cause.subject.name) for cause in diagnose(snapshot_of(text), Incident()).root_causes]
