"""Finds the root causes."""

from __future__ import annotations

from cluster_doctor.agents.investigator import Investigator
from cluster_doctor.domain.diagnosis import Diagnosis, Status
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.recollection import Memory, Recollection
from cluster_doctor.rules.rule_set import OURS, RuleSet
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.tools.reasoning import diagnose, log_changes, mentions
from cluster_doctor.tools.recalling import recall


def find_root_causes(
    incident: Incident, cluster: ClusterSnapshot, investigator: Investigator | None = None, rules: RuleSet = OURS
) -> Diagnosis:
    """Run the rules and rank what they found; hand the rest to the investigator, if there is one."""
    named = tuple(mention.ref for mention in mentions(incident.text) if mention.ref)
    diagnosis = diagnose(cluster, incident, named, rules)
    concerned = [
        *(ref for cause in diagnosis.root_causes for ref in (cause.subject, *cause.affected)),
        *(symptom.subject for symptom in diagnosis.unexplained),
    ]
    diagnosis = diagnosis.model_copy(update={"log_changes": log_changes(cluster, concerned)})
    if investigator is None or (diagnosis.status is not Status.UNRESOLVED and not diagnosis.unexplained):
        return diagnosis
    return _with_held_evidence(cluster, investigator.investigate(cluster, incident, diagnosis))


def recollect(diagnosis: Diagnosis, memory: Memory) -> Recollection:
    """Look up what earlier runs and runbooks say of the root causes. The diagnosis stands; this goes beside it."""
    return recall(memory, diagnosis.root_causes)


def _with_held_evidence(cluster: ClusterSnapshot, diagnosis: Diagnosis) -> Diagnosis:
    """Drop what cites nothing, or something that the snapshot does not show."""
    held = tuple(cause for cause in diagnosis.root_causes if cause.evidence and all(map(cluster.holds, cause.evidence)))
    status = Status.UNRESOLVED if diagnosis.root_causes and not held else diagnosis.status
    return diagnosis.model_copy(update={"root_causes": held, "status": status})
