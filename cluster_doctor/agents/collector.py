"""Decides what to look at from the incident, and looks."""

from __future__ import annotations

from cluster_doctor.domain.incident import Incident
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.sources.protocol import Progress, Scope, Source
from cluster_doctor.tools.reading import collect
from cluster_doctor.tools.reasoning import mentions


def collect_evidence(incident: Incident, source: Source, progress: Progress) -> ClusterSnapshot:
    """Read the objects that the report names and what hangs together with them; without text, the whole scope."""
    return collect(source, scope_of(incident), progress)


def names_nothing(incident: Incident) -> bool:
    """Whether there is a report, and code finds nothing in it that it could look at or check."""
    return bool(incident.text.strip()) and not mentions(incident.text)


def scope_of(incident: Incident) -> Scope:
    """Read off a report where to look: at what it names, in the namespaces that bound it or that it names."""
    named = mentions(incident.text)
    namespaces = incident.namespaces or tuple(
        dict.fromkeys(mention.namespace for mention in named if mention.namespace)
    )
    return Scope(namespaces=namespaces, seeds=tuple(mention.ref for mention in named if mention.ref))
