"""Pods that a LimitRange forbids."""

from __future__ import annotations

import re

from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.admission.rejection import refusals, rejection_in
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Event

_WORDS = re.compile(r"((?:maximum|minimum) \S+ (?:usage|limit to request ratio) per \w+ is [^,]+, but .*)")


@rule(Severity.ERROR, subject=Event, directness=Directness.STATED, among=refusals)
def limit_range_rejects_pods(event: Event, cluster: ClusterSnapshot) -> Matches:
    """A LimitRange of the namespace does not allow the resources that the workload's containers ask for.

    Why it matters:
        The API server rejects each Pod, so that not one is created.

    Fires on:
        kind: Event
        metadata: {name: e1}
        involvedObject: {kind: ReplicaSet, name: web-1}
        reason: FailedCreate
        type: Warning
        message: 'Error creating: pods "web-1-abc" is forbidden: maximum memory usage per Container is 128Mi,
          but limit is 256Mi'

    Stays quiet on:
        kind: Event
        metadata: {name: e1}
        involvedObject: {kind: ReplicaSet, name: web-1}
        reason: SuccessfulCreate
        type: Normal
        message: 'Created pod: web-1-abc'

    Remedy:
        Bring requests and limits within the LimitRange, or change the LimitRange.

    References:
        https://kubernetes.io/docs/concepts/policy/limit-range/
    """
    said = rejection_in(_WORDS, event, cluster)
    if said is None:
        return
    rejection, found = said
    yield Match(
        message=f"a LimitRange rejects the Pods of {rejection.workload}: {found[1]}",
        evidence=(rejection.evidence,),
        blame=rejection.workload,
        effects=rejection.effects,
        since=rejection.at,
        facts=(("rule", found[1]),),
    )
