"""What an incident is about."""

from __future__ import annotations

from cluster_doctor.domain.findings import Finding
from cluster_doctor.domain.incident import Incident


def in_scope(finding: Finding, incident: Incident) -> bool:
    """Tell whether a finding lies in what was asked about; what lives in no namespace lies everywhere."""
    if not incident.namespaces:
        return True
    subject = finding.subject
    if subject.kind == "Namespace":
        return subject.name in incident.namespaces
    if subject.namespace is None:
        return True
    places = {subject.namespace, *(effect.at.namespace for effect in finding.effects)}
    return bool(places & set(incident.namespaces))
