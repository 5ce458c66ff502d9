"""Which lists an incident needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cluster_doctor.snapshot.kinds import BY_KIND, KINDS
from cluster_doctor.sources.live.discovery import Discovery, ServedKind

_BUILT_IN = frozenset(
    {
        "", "admissionregistration.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io", "apps",
        "authentication.k8s.io", "authorization.k8s.io", "autoscaling", "batch", "certificates.k8s.io",
        "coordination.k8s.io", "discovery.k8s.io", "events.k8s.io", "extensions", "flowcontrol.apiserver.k8s.io",
        "internal.apiserver.k8s.io", "networking.k8s.io", "node.k8s.io", "policy", "rbac.authorization.k8s.io",
        "resource.k8s.io", "scheduling.k8s.io", "storage.k8s.io", "storagemigration.k8s.io",
    }
)  # fmt: skip
"""API groups of Kubernetes itself; everything else is an extension."""

_MEASUREMENTS = frozenset({"metrics.k8s.io", "custom.metrics.k8s.io", "external.metrics.k8s.io"})
"""Extensions whose objects are numbers of this moment, not state."""

_EXPLAINING_GROUPS = (
    "argoproj.io", "kustomize.toolkit.fluxcd.io", "helm.toolkit.fluxcd.io", "source.toolkit.fluxcd.io",
    "cert-manager.io", "acme.cert-manager.io", "gateway.networking.k8s.io", "external-secrets.io", "keda.sh",
    "operators.coreos.com", "pkg.crossplane.io", "apiextensions.crossplane.io", "snapshot.storage.k8s.io",
    "monitoring.coreos.com",
)  # fmt: skip
"""Extensions that often explain why a workload is as it is; they are read before others."""

DELIVERY = frozenset(
    {
        ("Application", "argoproj.io"),
        ("Kustomization", "kustomize.toolkit.fluxcd.io"),
        ("HelmRelease", "helm.toolkit.fluxcd.io"),
        ("GitRepository", "source.toolkit.fluxcd.io"),
        ("HelmRepository", "source.toolkit.fluxcd.io"),
        ("Gateway", "gateway.networking.k8s.io"),
    }
)
"""Kinds that live in one namespace and act on another; they are listed over all namespaces."""

NEIGHBOUR_KINDS = ("Pod", "Service", "EndpointSlice", "Endpoints", "Deployment", "DaemonSet", "StatefulSet", "Event")
"""What is read of namespaces that hold the cluster's own machinery."""

MACHINERY = ("kube-system", "calico-system", "kube-flannel", "cilium", "openshift-dns")
"""Namespaces that DNS, the Service proxy and the network run in, as far as they exist."""

_HELM_STORAGE = "type!=helm.sh/release.v1"
"""Helm keeps each release, compressed, in a Secret of up to a megabyte; no Pod can want one."""


def field_selector(kind: str) -> str:
    """What to leave out of a kind's list because nothing can refer to it."""
    return _HELM_STORAGE if kind == "Secret" else ""


@dataclass(frozen=True)
class Plan:
    """Kinds to list, the library's own first.

    Attributes:
        namespaced: listed in each namespace of the scope.
        everywhere: live in no namespace.
        delivery: listed over all namespaces.
        missing: kinds that the library knows and the server does not serve.
        left_out: kinds of custom resources beyond the bound.
    """

    namespaced: tuple[ServedKind, ...]
    everywhere: tuple[ServedKind, ...]
    delivery: tuple[ServedKind, ...]
    missing: tuple[str, ...]
    left_out: tuple[ServedKind, ...]


def make_plan(discovery: Discovery, custom_kinds: int) -> Plan:
    """Choose what to list of what is served."""
    found = [(name, discovery.known(name)) for name in KINDS]
    own = [served for _, served in found if served]
    custom = sorted(
        (kind for kind in discovery.kinds if kind.group not in _BUILT_IN | _MEASUREMENTS), key=_explains_first
    )
    chosen = own + custom[:custom_kinds]
    delivery = tuple(kind for kind in chosen if (kind.kind, kind.group) in DELIVERY)
    return Plan(
        namespaced=tuple(kind for kind in chosen if kind.namespaced and kind not in delivery),
        everywhere=tuple(kind for kind in chosen if not kind.namespaced),
        delivery=delivery,
        missing=tuple(name.kind for name, served in found if served is None),
        left_out=tuple(custom[custom_kinds:]),
    )


def _explains_first(kind: ServedKind) -> tuple[int, str, str]:
    rank = _EXPLAINING_GROUPS.index(kind.group) if kind.group in _EXPLAINING_GROUPS else len(_EXPLAINING_GROUPS)
    return rank, kind.group, kind.kind


def is_custom(kind: ServedKind) -> bool:
    """Tell whether a kind is an extension's."""
    return kind.group not in _BUILT_IN


def coverage_names(kinds: Iterable[ServedKind], read: frozenset[ServedKind]) -> Iterator[str]:
    """Names under which custom kinds are covered: only where no other kind of that name went unread.

    Coverage knows kinds by name alone, and extensions do reuse names, those of Kubernetes included.
    """
    for name in {kind.kind for kind in kinds}:
        same = {kind for kind in kinds if kind.kind == name}
        if name not in BY_KIND and same <= read:
            yield name
