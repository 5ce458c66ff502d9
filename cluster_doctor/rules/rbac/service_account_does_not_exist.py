"""A workload whose ServiceAccount does not exist."""

from __future__ import annotations

import re

from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.admission.rejection import refusals, rejection_in
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Event, ServiceAccount

_WORDS = re.compile(r"serviceaccount \"([^\"]+)\" not found")


@rule(Severity.ERROR, subject=Event, directness=Directness.STATED, among=refusals)
def service_account_does_not_exist(event: Event, cluster: ClusterSnapshot) -> Matches:
    """The workload's Pods name a ServiceAccount that does not exist.

    Why it matters:
        The API server admits no Pod whose ServiceAccount is missing, so that not one Pod is created.

    Fires on:
        kind: Event
        metadata: {name: e1}
        involvedObject: {kind: ReplicaSet, name: web-1}
        reason: FailedCreate
        type: Warning
        message: 'Error creating: pods "web-1-" is forbidden: error looking up service account shop/web: serviceaccount
          "web" not found'

    Stays quiet on:
        kind: Event
        metadata: {name: e1}
        involvedObject: {kind: ReplicaSet, name: web-1}
        reason: SuccessfulCreate
        type: Normal
        message: 'Created pod: web-1-abc'

    Remedy:
        Create the ServiceAccount, or correct `serviceAccountName` in the Pod template.

    References:
        https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/
    """
    said = rejection_in(_WORDS, event, cluster)
    if said is None:
        return
    rejection, found = said
    if cluster.exists(ServiceAccount, rejection.owner.namespace, found[1]):
        return
    yield Match(
        message=f"ServiceAccount {found[1]}, which the Pods of {rejection.workload} run as, does not exist",
        evidence=(rejection.evidence,),
        blame=rejection.workload,
        effects=rejection.effects,
        since=rejection.at,
        facts=(("name", found[1]),),
    )
