"""Pods that a policy denies."""

from __future__ import annotations

import re

from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.admission.rejection import refusals, rejection_in
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Event

_WORDS = re.compile(
    r"admission webhook \"([^\"]+)\" denied the request: (.*)"
    r"|(ValidatingAdmissionPolicy '[^']+')[^:]*denied request: (.*)",
    re.DOTALL,
)


@rule(Severity.ERROR, subject=Event, directness=Directness.STATED, among=refusals)
def policy_denies_pods(event: Event, cluster: ClusterSnapshot) -> Matches:
    """An admission policy or webhook denies the workload's Pods.

    Why it matters:
        The API server rejects each Pod with the policy's words, so that not one is created.

    Fires on:
        kind: Event
        metadata: {name: e1}
        involvedObject: {kind: ReplicaSet, name: web-1}
        reason: FailedCreate
        type: Warning
        message: 'Error creating: admission webhook "validation.example.com" denied the request: [need-team-label]
          you must provide labels: {"team"}'

    Stays quiet on:
        kind: Event
        metadata: {name: e1}
        involvedObject: {kind: ReplicaSet, name: web-1}
        reason: SuccessfulCreate
        type: Normal
        message: 'Created pod: web-1-abc'

    Remedy:
        Change the Pod template to comply, or the policy, with its owner.

    References:
        https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/
    """
    said = rejection_in(_WORDS, event, cluster)
    if said is None:
        return
    rejection, found = said
    yield Match(
        message=f"{found[1] or found[3]} denies the Pods of {rejection.workload}: {found[2] or found[4]}",
        evidence=(rejection.evidence,),
        blame=rejection.workload,
        effects=rejection.effects,
        since=rejection.at,
        facts=(("policy", found[1] or found[3]), ("words", found[2] or found[4])),
    )
