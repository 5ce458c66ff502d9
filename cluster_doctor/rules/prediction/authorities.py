"""Certificate authorities that the API server trusts when it calls others."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from datetime import datetime

from pydantic import JsonValue

from cluster_doctor.snapshot.paths import mapping, text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import (
    APIService,
    CustomDefinition,
    MutatingWebhookConfiguration,
    View,
    WebhookConfiguration,
)

_INJECTED = (
    "cert-manager.io/inject-ca-from", "cert-manager.io/inject-ca-from-secret", "cert-manager.io/inject-apiserver-ca",
    "service.beta.openshift.io/inject-cabundle",
)  # fmt: skip
"""Annotations by which somebody keeps a bundle up to date."""

Bundle = tuple[str, str]
"""Where a bundle stands in its object, and its text."""


def trusting(cluster: ClusterSnapshot) -> Iterator[View]:
    """Objects that carry a bundle which nobody keeps up to date by itself."""
    for kind in (WebhookConfiguration, MutatingWebhookConfiguration, APIService, CustomDefinition):
        for view in cluster.all(kind):
            if any(bundles(view)) and not any(name in view.annotations for name in _INJECTED):
                yield view


def bundles(view: View) -> Iterator[Bundle]:
    """Bundles of an object."""
    for position, webhook in view.objects("webhooks"):
        yield from _bundle(mapping(webhook, "clientConfig"), f"webhooks[{position}].clientConfig.caBundle")
    yield from _bundle(view.mapping("spec"), "spec.caBundle")
    conversion = view.mapping("spec", "conversion", "webhook", "clientConfig")
    yield from _bundle(conversion, "spec.conversion.webhook.clientConfig.caBundle")


def _bundle(raw: dict[str, JsonValue], path: str) -> Iterator[Bundle]:
    found = text(raw, "caBundle")
    if found:
        yield path, found


def validity(bundle: str) -> tuple[datetime, datetime] | None:
    """Read from when and until when the authority is valid that lasts longest; None if there is none to read.

    While an authority is replaced the old one stands beside the new one, and may end.
    """
    from cryptography import x509  # noqa: PLC0415 - most bundles are somebody else's care and never read

    try:
        read = x509.load_pem_x509_certificates(base64.b64decode(bundle))
    except (binascii.Error, ValueError):
        return None
    return max(
        ((one.not_valid_before_utc, one.not_valid_after_utc) for one in read), key=lambda span: span[1], default=None
    )
