"""Tells whether an object is kept by a tool that would undo a change made by hand."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Custom, View


class Keeper(StrEnum):
    """What keeps objects as they are written down elsewhere."""

    ARGO_CD = "Argo CD"
    FLUX_KUSTOMIZE = "Flux Kustomization"
    FLUX_HELM = "Flux HelmRelease"
    HELM = "Helm"


@dataclass(frozen=True)
class Management:
    """Who keeps an object, under which name, and which mark of the object says so."""

    keeper: Keeper
    name: str
    mark: str

    @property
    def reconciles(self) -> bool:
        """Whether a change made by hand is undone by itself; Helm acts only when somebody runs it."""
        return self.keeper is not Keeper.HELM

    def __str__(self) -> str:
        """`Argo CD application shop`."""
        match self.keeper:
            case Keeper.ARGO_CD:
                return f"Argo CD application {self.name}"
            case Keeper.FLUX_KUSTOMIZE | Keeper.FLUX_HELM:
                return f"{self.keeper.value} {self.name}"
            case Keeper.HELM:
                return f"Helm release {self.name}" if self.name else "Helm"


def management_of(cluster: ClusterSnapshot, ref: ObjectRef) -> Management | None:
    """Find what keeps an object, or the workload above it.

    Sources: argo-cd.readthedocs.io, "Resource Tracking"; fluxcd.io, "Kustomization" and "Helm Releases";
    helm.sh, "Labels and Annotations".
    """
    for candidate in dict.fromkeys((ref, cluster.workload_ref(ref))):
        view = cluster.find(candidate)
        found = management_told_by(cluster, view) if view else None
        if found:
            return found
    return None


def management_told_by(cluster: ClusterSnapshot, view: View) -> Management | None:
    """Find what keeps an object by its own marks alone."""
    tracking = view.annotations.get("argocd.argoproj.io/tracking-id", "")
    if tracking:
        return Management(Keeper.ARGO_CD, tracking.partition(":")[0], "argocd.argoproj.io/tracking-id")
    for label, keeper in (
        ("kustomize.toolkit.fluxcd.io/name", Keeper.FLUX_KUSTOMIZE),
        ("helm.toolkit.fluxcd.io/name", Keeper.FLUX_HELM),
    ):
        if name := view.labels.get(label):
            space = view.labels.get(label.replace("/name", "/namespace"), "")
            return Management(keeper, f"{space}/{name}" if space else name, label)
    for label in ("argocd.argoproj.io/instance", "app.kubernetes.io/instance"):
        name = view.labels.get(label, "")
        if name and (label.startswith("argocd") or _is_application(cluster, name)):
            return Management(Keeper.ARGO_CD, name, label)
    if release := view.annotations.get("meta.helm.sh/release-name"):
        return Management(Keeper.HELM, release, "meta.helm.sh/release-name")
    if "helm.sh/chart" in view.labels or view.labels.get("app.kubernetes.io/managed-by") == "Helm":
        return Management(Keeper.HELM, view.labels.get("app.kubernetes.io/instance", ""), "helm.sh/chart")
    return None


def _is_application(cluster: ClusterSnapshot, name: str) -> bool:
    """Whether an Argo CD Application of that name was seen; the label alone is common to all Helm charts."""
    return any(view.ref.name == name and view.ref.group == "argoproj.io" for view in cluster.all(Custom))
