"""Pods that the API server does not take, whatever the reason."""

from __future__ import annotations

import re

from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.admission.rejection import refusals, rejection_in
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Event

_WORDS = re.compile(
    r"RuntimeClass \S+ not found"
    r"|Pod \"[^\"]*\" is invalid: .*"
    r"|because it is being terminated"
    r"|etcdserver: .*"
    r"|too many requests",
    re.DOTALL,
)
"""Reasons that lie in the Pod template itself, in the namespace's end or in an API server that is not well."""


@rule(Severity.ERROR, subject=Event, directness=Directness.STATED, among=refusals)
def pods_are_refused(event: Event, cluster: ClusterSnapshot) -> Matches:
    """The API server refuses the workload's Pods: the template is invalid, names no RuntimeClass, or it cannot write.

    Why it matters:
        The controller tries again and again, longer apart each time; until the reason is gone there is no Pod.

    Fires on:
        kind: Event
        metadata: {name: e1}
        involvedObject: {kind: ReplicaSet, name: web-1}
        reason: FailedCreate
        type: Warning
        message: 'Error creating: pods "web-1-" is forbidden: pod rejected: RuntimeClass "gvisor" not found'

    Stays quiet on:
        kind: Event
        metadata: {name: e1}
        involvedObject: {kind: ReplicaSet, name: web-1}
        reason: SuccessfulCreate
        type: Normal
        message: 'Created pod: web-1-x'

    Remedy:
        Correct the field that the message names, create the RuntimeClass, or restore the API server and its etcd.

    References:
        https://kubernetes.io/docs/concepts/containers/runtime-class/
        https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/replica-set-v1/#ReplicaSetStatus
    """
    said = rejection_in(_WORDS, event, cluster)
    if said is None:
        return
    rejection, found = said
    yield Match(
        message=f"the Pods of {rejection.workload} are refused: {found[0]}",
        evidence=(rejection.evidence,),
        blame=rejection.workload,
        effects=rejection.effects,
        since=rejection.at,
        facts=(("words", found[0]),),
    )
