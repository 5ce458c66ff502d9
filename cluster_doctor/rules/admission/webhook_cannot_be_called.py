"""A webhook that cannot be called and may not be skipped."""

from __future__ import annotations

import re

from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.admission.rejection import refusals, rejection_in
from cluster_doctor.rules.admission.webhooks import owner_of_webhook, webhook_effects
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Event

_WORDS = re.compile(r"failed calling webhook \"([^\"]+)\": (.*)", re.DOTALL)


@rule(Severity.ERROR, subject=Event, directness=Directness.STATED, among=refusals)
def webhook_cannot_be_called(event: Event, cluster: ClusterSnapshot) -> Matches:
    """An admission webhook with failurePolicy Fail cannot be called.

    Why it matters:
        Every write that the webhook is registered for is rejected while it cannot be called.

    Fires on:
        kind: Event
        metadata: {name: e1}
        involvedObject: {kind: ReplicaSet, name: web-1}
        reason: FailedCreate
        type: Warning
        message: 'Error creating: Internal error occurred: failed calling webhook "check.example.com": failed
          to call webhook: Post "https://check.tools.svc:443/v?timeout=10s": dial tcp 10.0.0.9:443: connect:
          connection refused'

    Stays quiet on:
        kind: Event
        metadata: {name: e1}
        involvedObject: {kind: ReplicaSet, name: web-1}
        reason: SuccessfulCreate
        type: Normal
        message: 'Created pod: web-1-abc'

    Remedy:
        Restore the webhook's backend or its certificate; until then remove the webhook or let it fail open.

    References:
        https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#failure-policy
    """
    said = rejection_in(_WORDS, event, cluster)
    if said is None:
        return
    rejection, found = said
    yield Match(
        message=f"admission webhook {found[1]} cannot be called: {found[2]}",
        evidence=(rejection.evidence,),
        blame=owner_of_webhook(found[1], cluster),
        effects=rejection.effects,
        because=webhook_effects(found[1], cluster),
        since=rejection.at,
        about=found[1],
        facts=(("webhook", found[1]), ("error", found[2])),
    )
