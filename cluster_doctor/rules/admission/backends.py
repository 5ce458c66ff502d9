"""What stands behind webhooks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.paths import text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Service, WebhookConfiguration


@dataclass(frozen=True, slots=True)
class BackendProblem:
    """A webhook that may not be skipped and leads to nobody."""

    webhook: str
    service: ObjectRef
    exists: bool
    state: str
    evidence: tuple[Evidence, ...]


def backend_problems(configuration: WebhookConfiguration, cluster: ClusterSnapshot) -> Iterator[BackendProblem]:
    """Yield the webhooks of a configuration whose Service is known to be absent or without ready endpoints.

    The default of failurePolicy is Fail in admissionregistration.k8s.io/v1.
    """
    for position, webhook in configuration.webhooks:
        name = text(webhook, "clientConfig", "service", "name")
        namespace = text(webhook, "clientConfig", "service", "namespace")
        if not name or (text(webhook, "failurePolicy") or "Fail") != "Fail":
            continue
        ref = Service.ref_to(namespace, name)
        cited = configuration.cite(f"webhooks[{position}].clientConfig.service")
        service = cluster.get(Service, namespace, name)
        if service is None:
            if cluster.exists(Service, namespace, name) is False:
                state, evidence = "does not exist", (cited, cluster.cite_absence(ref))
                yield BackendProblem(text(webhook, "name"), ref, False, state, evidence)  # noqa: FBT003 - named above
            continue
        addresses = cluster.addresses_of(service)
        if addresses is not None and service.selector and not any(address.ready for address in addresses):
            evidence = (cited, service.cite("spec.selector"))
            state = "has no ready endpoint"
            yield BackendProblem(text(webhook, "name"), ref, True, state, evidence)  # noqa: FBT003 - named above
