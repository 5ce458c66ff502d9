"""Webhook configurations by the name of a webhook."""

from __future__ import annotations

import re
from collections.abc import Iterator

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
            called = [
                (
                    text(webhook, "clientConfig", "service", "namespace"),
                    text(webhook, "clientConfig", "service", "name"),
                )
                for _, webhook in configuration.webhooks
            ]
            if (service.namespace, service.name) in called:
                yield configuration


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
