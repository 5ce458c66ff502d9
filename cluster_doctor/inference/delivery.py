"""What controllers of extensions make from a resource, and which resources they build on others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from pydantic import JsonValue

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.paths import mapping, text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Autoscaler, Custom, Secret

_FLUX = "toolkit.fluxcd.io"
_KEDA = "keda.sh"
_SOURCES = (("sourceRef",), ("chartRef",), ("chart", "spec", "sourceRef"))
"""Where a Kustomization, HelmRelease or HelmChart names the source that it is built from."""

_SECRETS = (("target", "name"), ("secretName",))
"""Where an ExternalSecret of external-secrets.io and a Certificate of cert-manager.io name the Secret they make."""

_MAKERS = frozenset({("ExternalSecret", "external-secrets.io"), ("Certificate", "cert-manager.io")})


def built_from(cluster: ClusterSnapshot, ref: ObjectRef) -> Iterator[ObjectRef]:
    """Resources of Flux that name another one as their source or depend on it."""

    def read() -> dict[tuple[str, str | None, str], list[ObjectRef]]:
        found: dict[tuple[str, str | None, str], list[ObjectRef]] = defaultdict(list)
        for resource in cluster.all(Custom):
            if resource.ref.group.endswith(_FLUX):
                for needed in _needed(resource):
                    found[needed].append(resource.ref)
        return found

    needing = cluster.remember("resources that Flux builds from others", read)
    return iter(needing.get((ref.kind, ref.namespace, ref.name), ()))


def _needed(resource: Custom) -> Iterator[tuple[str, str | None, str]]:
    spec = resource.mapping("spec")
    for path in _SOURCES:
        named = mapping(spec, *path)
        if named:
            yield text(named, "kind"), _place(named, resource), text(named, "name")
    for _, named in resource.objects("spec", "dependsOn"):
        yield resource.ref.kind, _place(named, resource), text(named, "name")


def _place(named: dict[str, JsonValue], resource: Custom) -> str | None:
    return text(named, "namespace") or resource.namespace


def made_by(cluster: ClusterSnapshot, ref: ObjectRef) -> Iterator[ObjectRef]:
    """What a controller makes from a resource and others miss: a Secret, or KEDA's autoscaler."""
    for child in cluster.all_owned_by(ref) if ref.group == _KEDA else ():
        if isinstance(child, Autoscaler):
            yield child.ref
    if (ref.kind, ref.group) not in _MAKERS:
        return
    resource = cluster.find(ref)
    if resource is not None:
        names = [resource.text("spec", *path) for path in _SECRETS]
        yield Secret.ref_to(ref.namespace, next((name for name in names if name), ref.name))
