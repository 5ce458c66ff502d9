"""What stands behind webhooks."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match
from cluster_doctor.rules.admission.webhooks import may_be_skipped
from cluster_doctor.snapshot.paths import text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Service, WebhookConfiguration


def without_backend(configuration: WebhookConfiguration, cluster: ClusterSnapshot) -> Iterator[Match]:
    """Yield the webhooks of a configuration whose Service is known to be absent or without ready endpoints.

    A webhook that may be skipped is left out.
    """
    for position, webhook in configuration.webhooks:
        name = text(webhook, "clientConfig", "service", "name")
        namespace = text(webhook, "clientConfig", "service", "namespace")
        if not name or may_be_skipped(webhook):
            continue
        ref = Service.ref_to(namespace, name)
        rejected = (Effect(EffectKind.WRITES_REJECTED, configuration.ref),)
        service = cluster.get(Service, namespace, name)
        if service is not None and _has_no_ready_endpoint(service, cluster):
            state, shown = "has no ready endpoint", service.cite("spec.selector")
        elif cluster.exists(Service, namespace, name) is False:
            state, shown = "does not exist", cluster.cite_absence(ref)
        else:
            continue
        called = text(webhook, "name")
        yield Match(
            message=f"webhook {called} of {configuration.ref} calls Service {ref.path}, which {state}",
            evidence=(configuration.cite(f"webhooks[{position}].clientConfig.service"), shown),
            effects=rejected,
            because=rejected if service else (),
            about=called,
            facts=(("webhook", called), ("service", ref.path)),
        )


def _has_no_ready_endpoint(service: Service, cluster: ClusterSnapshot) -> bool:
    addresses = cluster.addresses_of(service)
    return addresses is not None and bool(service.selector) and not any(address.ready for address in addresses)
