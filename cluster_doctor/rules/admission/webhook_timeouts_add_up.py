"""Admission webhooks that together take longer than the API server waits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.admission.rejection import refusals, rejection_in
from cluster_doctor.rules.admission.webhooks import changes_pods
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.paths import integer, text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Event, MutatingWebhookConfiguration, Service, WebhookConfiguration

_WORDS = re.compile(r"context deadline exceeded|request did not complete within requested timeout|timed out")
_NAMED = re.compile(r"failed calling webhook")

DEADLINE = 30
"""Seconds that the controllers' clients give a request, and that many proxies before the API server do."""

DEFAULT = 10
"""`timeoutSeconds` where a webhook of admissionregistration.k8s.io/v1 sets none."""


@rule(
    Severity.CRITICAL,
    subject=Event,
    among=refusals,
    needs=(MutatingWebhookConfiguration, WebhookConfiguration, Service),
    directness=Directness.COMPARED,
)
def webhook_timeouts_add_up(event: Event, cluster: ClusterSnapshot) -> Matches:
    """Creations time out, and webhooks that do not answer may together take longer than a request lasts.

    Why it matters:
        Mutating webhooks are called one after the other. One that may be skipped is waited for all the same, and
        enough of them use up the whole request: `failurePolicy: Ignore` does not help then.

    Fires on:
        kind: Event
        metadata: {name: 'e1'}
        involvedObject: {kind: ReplicaSet, name: web-1, apiVersion: apps/v1}
        reason: FailedCreate
        type: Warning
        message: >-
          Error creating: Timeout: request did not complete within requested timeout - context deadline exceeded
        ---
        kind: MutatingWebhookConfiguration
        metadata: {name: audit-0}
        webhooks:
        - name: audit-0.example.com
          failurePolicy: Ignore
          timeoutSeconds: 10
          clientConfig: {service: {name: audit, namespace: audit}}
          rules: [{operations: [CREATE], resources: [pods]}]
        ---
        kind: MutatingWebhookConfiguration
        metadata: {name: audit-1}
        webhooks:
        - name: audit-1.example.com
          failurePolicy: Ignore
          timeoutSeconds: 10
          clientConfig: {service: {name: audit, namespace: audit}}
          rules: [{operations: [CREATE], resources: [pods]}]
        ---
        kind: MutatingWebhookConfiguration
        metadata: {name: audit-2}
        webhooks:
        - name: audit-2.example.com
          failurePolicy: Ignore
          timeoutSeconds: 10
          clientConfig: {service: {name: audit, namespace: audit}}
          rules: [{operations: [CREATE], resources: [pods]}]

    Stays quiet on:
        kind: Event
        metadata: {name: 'e1'}
        involvedObject: {kind: ReplicaSet, name: web-1, apiVersion: apps/v1}
        reason: FailedCreate
        type: Warning
        message: >-
          Error creating: Timeout: request did not complete within requested timeout - context deadline exceeded
        ---
        kind: MutatingWebhookConfiguration
        metadata: {name: audit-0}
        webhooks:
        - name: audit-0.example.com
          failurePolicy: Ignore
          timeoutSeconds: 1
          clientConfig: {service: {name: audit, namespace: audit}}
          rules: [{operations: [CREATE], resources: [pods]}]
        ---
        kind: MutatingWebhookConfiguration
        metadata: {name: audit-1}
        webhooks:
        - name: audit-1.example.com
          failurePolicy: Ignore
          timeoutSeconds: 1
          clientConfig: {service: {name: audit, namespace: audit}}
          rules: [{operations: [CREATE], resources: [pods]}]
        ---
        kind: MutatingWebhookConfiguration
        metadata: {name: audit-2}
        webhooks:
        - name: audit-2.example.com
          failurePolicy: Ignore
          timeoutSeconds: 1
          clientConfig: {service: {name: audit, namespace: audit}}
          rules: [{operations: [CREATE], resources: [pods]}]

    Remedy:
        Restore the webhooks' Services or delete their configurations; set `timeoutSeconds` to one or two.

    References:
        https://kubernetes.io/docs/concepts/cluster-administration/admission-webhooks-good-practices/#timeouts
    """
    said = rejection_in(_WORDS, event, cluster)
    if said is None or _NAMED.search(event.message):
        return  # a webhook that is named has failed by itself
    rejection, _ = said
    waited = list(_waited_for(cluster))
    total = sum(seconds for _, _, seconds in waited)
    if len(waited) < 2 or total < DEADLINE:
        return
    first, position, _ = min(waited, key=lambda entry: (-entry[2], entry[0].name))
    yield Match(
        message=f"{len(waited)} webhooks that nobody answers may take {total} s together, longer than a request of "
        f"{DEADLINE} s: {', '.join(dict.fromkeys(entry.name for entry, _, _ in waited))}",
        evidence=(rejection.evidence, first.cite(f"webhooks[{position}]")),
        blame=first.ref,
        effects=(*rejection.effects, Effect(EffectKind.WRITES_REJECTED, first.ref)),
        since=rejection.at,
        facts=(("seconds", str(total)),),
    )


def _waited_for(cluster: ClusterSnapshot) -> Iterator[tuple[WebhookConfiguration, int, int]]:
    """Mutating webhooks of Pods whose Service is absent or has no ready endpoint: each is waited for in full."""
    for configuration in cluster.all(MutatingWebhookConfiguration):
        if not changes_pods(configuration):
            continue
        for position, webhook in configuration.webhooks:
            namespace = text(webhook, "clientConfig", "service", "namespace")
            name = text(webhook, "clientConfig", "service", "name")
            service = cluster.get(Service, namespace, name) if name else None
            addresses = cluster.addresses_of(service) if service else []
            absent = service is None and cluster.exists(Service, namespace, name) is False
            if name and (absent or (addresses is not None and not any(a.ready for a in addresses))):
                yield configuration, position, integer(webhook, "timeoutSeconds", default=DEFAULT)
