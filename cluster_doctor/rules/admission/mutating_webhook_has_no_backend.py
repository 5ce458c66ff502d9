"""A mutating webhook that leads to nobody."""

from __future__ import annotations

from cluster_doctor.domain.findings import Severity
from cluster_doctor.rules.admission.backends import without_backend
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import MutatingWebhookConfiguration, Service


@rule(Severity.ERROR, subject=MutatingWebhookConfiguration, needs=(Service,))
def mutating_webhook_has_no_backend(configuration: MutatingWebhookConfiguration, cluster: ClusterSnapshot) -> Matches:
    """The mutating webhook calls a Service that does not exist or has no ready endpoint, and may not be skipped.

    Why it matters:
        Every write that the webhook is registered for is rejected, also those that would repair it.

    Fires on:
        kind: MutatingWebhookConfiguration
        metadata: {name: check}
        webhooks:
        - name: check.example.com
          failurePolicy: Fail
          clientConfig:
            service: {namespace: shop, name: checker}
          rules:
          - apiGroups: ['']
            resources: [pods]
            operations: [CREATE]

    Stays quiet on:
        kind: MutatingWebhookConfiguration
        metadata: {name: check}
        webhooks:
        - name: check.example.com
          failurePolicy: Fail
          clientConfig:
            service: {namespace: shop, name: checker}
          rules:
          - apiGroups: ['']
            resources: [pods]
            operations: [CREATE]
        ---
        kind: Service
        metadata: {name: checker}
        spec:
          selector: {app: checker}
          ports:
          - {port: 443}
        ---
        kind: Endpoints
        metadata: {name: checker}
        subsets:
        - addresses:
          - {ip: 10.0.0.3}
          ports:
          - {port: 8443}

    Remedy:
        Restore the backend; until then delete the webhook configuration or set failurePolicy Ignore.

    References:
        https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
    """
    yield from without_backend(configuration, cluster)
