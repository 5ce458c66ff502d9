"""Finds the root causes."""

from __future__ import annotations

from collections.abc import Sequence

from cluster_doctor.domain.diagnosis import Diagnosis
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.inquiry import Inquiry, Reading
from cluster_doctor.domain.recollection import Memory, Recollection
from cluster_doctor.rules.rule_set import OURS, RuleSet
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.tools.reasoning import diagnose, log_changes, mentions, with_leads
from cluster_doctor.tools.recalling import recall


def find_root_causes(
    incident: Incident, cluster: ClusterSnapshot, rules: RuleSet = OURS, readings: Sequence[Reading] = ()
) -> Diagnosis:
    """Run the rules and rank what they found; what the report names, in whoever's words, comes first."""
    told = (incident.text, *(reading.says for reading in readings))
    named = tuple(mention.ref for text in told for mention in mentions(text) if mention.ref)
    diagnosis = diagnose(cluster, incident, named, rules)
    concerned = [
        *(ref for cause in diagnosis.root_causes for ref in (cause.subject, *cause.affected)),
        *(symptom.subject for symptom in diagnosis.unexplained),
    ]
    return diagnosis.model_copy(update={"log_changes": log_changes(cluster, concerned)})


def leaves_open(diagnosis: Diagnosis) -> bool:
    """Whether there is something for a model to look into."""
    return bool(diagnosis.left_open)


def conclude(
    cluster: ClusterSnapshot, diagnosis: Diagnosis, inquiries: Sequence[Inquiry], rules: RuleSet = OURS
) -> Diagnosis:
    """Weigh what looking into hypotheses brought. What the rules have proven stands."""
    return with_leads(cluster, diagnosis, [inquiry.lead for inquiry in inquiries if inquiry.lead], rules)


def recollect(diagnosis: Diagnosis, memory: Memory) -> Recollection:
    """Look up what earlier runs and runbooks say of the root causes. The diagnosis stands; this goes beside it."""
    return recall(memory, diagnosis.root_causes)
