"""Pods that the namespace's security level forbids."""

from __future__ import annotations

import re

from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.admission.rejection import refusals, rejection_in
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Event

_WORDS = re.compile(r"violates PodSecurity \"([^\"]+)\": (.*)")


@rule(Severity.ERROR, subject=Event, directness=Directness.STATED, among=refusals)
def pods_violate_pod_security(event: Event, cluster: ClusterSnapshot) -> Matches:
    """The namespace enforces a Pod security level that the workload's Pods violate.

    Why it matters:
        The API server rejects each Pod; running ones stay until they are replaced, which is when it shows.

    Fires on:
        kind: Event
        metadata: {name: e1}
        involvedObject: {kind: ReplicaSet, name: web-1}
        reason: FailedCreate
        type: Warning
        message: 'Error creating: pods "web-1-abc" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot
          != true (pod or container "app" must set securityContext.runAsNonRoot=true)'

    Stays quiet on:
        kind: Event
        metadata: {name: e1}
        involvedObject: {kind: ReplicaSet, name: web-1}
        reason: SuccessfulCreate
        type: Normal
        message: 'Created pod: web-1-abc'

    Remedy:
        Set the securityContext that the level asks for, or lower the level on the namespace.

    References:
        https://kubernetes.io/docs/concepts/security/pod-security-admission/
    """
    said = rejection_in(_WORDS, event, cluster)
    if said is None:
        return
    rejection, found = said
    yield Match(
        message=f"Pods of {rejection.workload} violate Pod security level {found[1]}: {found[2]}",
        evidence=(rejection.evidence,),
        blame=rejection.workload,
        effects=rejection.effects,
        since=rejection.at,
        facts=(("level", found[1]), ("violations", found[2])),
    )
