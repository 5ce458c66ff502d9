"""A custom resource whose versions nobody converts."""

from __future__ import annotations

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Match, Severity
from cluster_doctor.rules.protocol import Matches, rule
from cluster_doctor.snapshot.paths import flag, words
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import CustomDefinition, Service

_CALLED = ("spec", "conversion", "webhook", "clientConfig", "service")


@rule(Severity.ERROR, subject=CustomDefinition, needs=(Service,))
def conversion_webhook_has_no_backend(definition: CustomDefinition, cluster: ClusterSnapshot) -> Matches:
    """A definition of custom resources has them converted by a Service that does not exist or does not answer.

    Why it matters:
        Whoever asks for objects in another version than they are stored in gets an error for the whole list; operators,
        the garbage collector and deletions of namespaces come to a halt.

    Fires on:
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: widgets.example.com}
        spec:
          conversion: {strategy: Webhook, webhook: {clientConfig: {service: {name: convert, namespace: shop}}}}
          versions: [{name: v1, served: true, storage: true}, {name: v1beta1, served: true}]
        ---
        kind: Service
        metadata: {name: web}

    Stays quiet on:
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: widgets.example.com}
        spec:
          conversion: {strategy: Webhook, webhook: {clientConfig: {service: {name: convert, namespace: shop}}}}
          versions: [{name: v1, served: true, storage: true}, {name: v1beta1, served: true}]
        ---
        kind: Service
        metadata: {name: convert}

    Remedy:
        Bring the Service of the operator back, or remove the definition if the operator is gone for good.

    References:
        https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#webhook-conversion
    """
    name, namespace = definition.text(*_CALLED, "name"), definition.text(*_CALLED, "namespace")
    if definition.text("spec", "conversion", "strategy") != "Webhook" or not name:
        return
    served = {
        str(version.get("name")) for _, version in definition.objects("spec", "versions") if flag(version, "served")
    }
    if len(served | set(words(definition.raw, "status", "storedVersions"))) < 2:
        return  # with one version nothing is ever converted
    service = cluster.get(Service, namespace, name)
    if service is not None:
        addresses = cluster.addresses_of(service)
        if addresses is None or not service.selector or any(address.ready for address in addresses):
            return
        state, shown = "has no ready endpoint", service.cite("spec.selector")
    elif cluster.exists(Service, namespace, name) is False:
        state, shown = "does not exist", cluster.cite_absence(Service.ref_to(namespace, name))
    else:
        return
    yield Match(
        message=f"objects of {definition.name} are converted by Service {namespace}/{name}, which {state}",
        evidence=(definition.cite(".".join(_CALLED)), shown),
        effects=(Effect(EffectKind.NOT_RECONCILED, definition.ref),),
        because=(Effect(EffectKind.SERVICE_UNREACHABLE, service.ref),) if service else (),
        facts=(("service", f"{namespace}/{name}"),),
    )
