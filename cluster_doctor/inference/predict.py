"""What will go wrong next, where an incident is."""

from __future__ import annotations

from cluster_doctor.domain.findings import Finding, Stage
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.prediction import Prediction, by_urgency
from cluster_doctor.inference.scope import in_scope
from cluster_doctor.rules.engine import check_all
from cluster_doctor.rules.rule_set import OURS, RuleSet
from cluster_doctor.snapshot.snapshot import ClusterSnapshot

PREDICTIONS = frozenset({Stage.PREDICTION})


def predict(cluster: ClusterSnapshot, incident: Incident, rules: RuleSet = OURS) -> tuple[Prediction, ...]:
    """List what is coming up in the scope of an incident, what is due first before the rest.

    A prediction is no root cause and explains nothing: what is well today stays healthy.
    """
    remedies = {rule.name: rule.doc.remedy for rule in rules.rules if rule.stage in PREDICTIONS}
    found = [finding for finding in check_all(cluster, PREDICTIONS, rules).findings if in_scope(finding, incident)]
    return tuple(
        Prediction(**{name: getattr(finding, name) for name in Finding.model_fields}, remedy=remedies[finding.rule])
        for finding in sorted(found, key=by_urgency)
    )
