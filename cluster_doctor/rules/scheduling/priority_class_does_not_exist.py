"""A priority class that does not exist."""

from __future__ import annotations

import re

from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.admission.rejection import refusals, rejection_in
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Event

_WORDS = re.compile(r"no PriorityClass with name (\S+) was found")


@rule(Severity.ERROR, subject=Event, directness=Directness.STATED, among=refusals)
def priority_class_does_not_exist(event: Event, cluster: ClusterSnapshot) -> Matches:
    """The workload's Pods name a PriorityClass that does not exist.

    Why it matters:
        The API server admits no Pod whose PriorityClass is missing.

    Fires on:
        kind: Event
        metadata: {name: e1}
        involvedObject: {kind: ReplicaSet, name: web-1}
        reason: FailedCreate
        type: Warning
        message: 'Error creating: pods "web-1-abc" is forbidden: no PriorityClass with name gold was found'

    Stays quiet on:
        kind: Event
        metadata: {name: e1}
        involvedObject: {kind: ReplicaSet, name: web-1}
        reason: SuccessfulCreate
        type: Normal
        message: 'Created pod: web-1-abc'

    Remedy:
        Create the PriorityClass, or correct `priorityClassName`.

    References:
        https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/
    """
    said = rejection_in(_WORDS, event, cluster)
    if said is None:
        return
    rejection, found = said
    yield Match(
        message=f"PriorityClass {found[1]}, which the Pods of {rejection.workload} name, does not exist",
        evidence=(rejection.evidence,),
        blame=rejection.workload,
        effects=rejection.effects,
        since=rejection.at,
        facts=(("name", found[1]),),
    )
