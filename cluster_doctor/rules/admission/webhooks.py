"""Webhook configurations by the name of a webhook."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.paths import objects, text, words
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import MutatingWebhookConfiguration, WebhookConfiguration

_FAILED = re.compile(r'failed calling webhook "([^"]+)"')


def named_webhook(words: str) -> str:
    """The webhook that the API server says it could not call; empty if it says no such thing."""
    found = _FAILED.search(words)
    return found[1] if found else ""


def owner_of_webhook(name: str, cluster: ClusterSnapshot) -> ObjectRef:
    """Find the configuration that registers a webhook; where it was not read, name it after the webhook."""
    for kind in (WebhookConfiguration, MutatingWebhookConfiguration):
        for configuration in cluster.all(kind):
            if any(text(webhook, "name") == name for _, webhook in configuration.webhooks):
                return configuration.ref
    return WebhookConfiguration.ref_to(None, name)


def calling(service: ObjectRef, cluster: ClusterSnapshot) -> Iterator[WebhookConfiguration]:
    """Webhook configurations that call a Service."""
    for kind in (WebhookConfiguration, MutatingWebhookConfiguration):
        for configuration in cluster.all(kind):
            if (service.namespace, service.name) in [_service_of(webhook) for _, webhook in configuration.webhooks]:
                yield configuration


def insisting_on(service: ObjectRef, cluster: ClusterSnapshot) -> Iterator[WebhookConfiguration]:
    """Webhook configurations that call a Service and refuse writes where it does not answer."""
    for configuration in calling(service, cluster):
        for _, webhook in configuration.webhooks:
            if not may_be_skipped(webhook) and _service_of(webhook) == (service.namespace, service.name):
                yield configuration
                break


def may_be_skipped(webhook: Mapping[str, JsonValue]) -> bool:
    """Tell whether a write goes on without the webhook; in admissionregistration.k8s.io/v1 it does not by default."""
    return (text(webhook, "failurePolicy") or "Fail") != "Fail"


def _service_of(webhook: Mapping[str, JsonValue]) -> tuple[str, str]:
    return text(webhook, "clientConfig", "service", "namespace"), text(webhook, "clientConfig", "service", "name")


def changes_pods(configuration: WebhookConfiguration) -> bool:
    """Tell whether a configuration's webhooks are asked when a Pod is created."""
    return any(
        "CREATE" in words(entry, "operations") and "pods" in words(entry, "resources")
        for _, webhook in configuration.webhooks
        for _, entry in objects(webhook, "rules")
    )


def webhook_effects(name: str, cluster: ClusterSnapshot) -> tuple[Effect, ...]:
    """What, brought about by another finding, explains that a webhook fails: its Service is unreachable."""
    return (Effect(EffectKind.WRITES_REJECTED, owner_of_webhook(name, cluster)),)
