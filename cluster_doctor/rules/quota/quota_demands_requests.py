"""Pods that a quota rejects because they declare no resources."""

from __future__ import annotations

import re

from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.admission.rejection import refusals, rejection_in
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Event

_WORDS = re.compile(r"failed quota: ([^:]+): must specify (.*)")


@rule(Severity.ERROR, subject=Event, directness=Directness.STATED, among=refusals)
def quota_demands_requests(event: Event, cluster: ClusterSnapshot) -> Matches:
    """A ResourceQuota counts a resource that the workload's containers do not declare.

    Why it matters:
        Where a quota counts CPU or memory, every Pod must declare it, or the API server rejects it.

    Fires on:
        kind: Event
        metadata: {name: e1}
        involvedObject: {kind: ReplicaSet, name: web-1}
        reason: FailedCreate
        type: Warning
        message: 'Error creating: pods "web-1-abc" is forbidden: failed quota: team: must specify limits.memory
          for: app'

    Stays quiet on:
        kind: Event
        metadata: {name: e1}
        involvedObject: {kind: ReplicaSet, name: web-1}
        reason: SuccessfulCreate
        type: Normal
        message: 'Created pod: web-1-abc'

    Remedy:
        Declare requests and limits in the Pod template, or add a LimitRange with defaults.

    References:
        https://kubernetes.io/docs/concepts/policy/resource-quotas/
    """
    said = rejection_in(_WORDS, event, cluster)
    if said is None:
        return
    rejection, found = said
    yield Match(
        message=f"quota {found[1]} wants {found[2]} declared, which the Pods of {rejection.workload} do not",
        evidence=(rejection.evidence,),
        blame=rejection.workload,
        effects=rejection.effects,
        since=rejection.at,
        facts=(("quota", found[1]), ("missing", found[2])),
    )
