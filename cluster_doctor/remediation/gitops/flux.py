"""Origins that Flux's Kustomizations and HelmReleases tell.

Sources: fluxcd.io, "Kustomization", "Helm Releases", "Git Repositories".
"""

from __future__ import annotations

from posixpath import normpath

from pydantic import JsonValue

from cluster_doctor.remediation.gitops.argo import leaves
from cluster_doctor.remediation.gitops.origin import NoOriginError, Origin, deployer, without_login
from cluster_doctor.remediation.gitops.source import Entry, Tool
from cluster_doctor.snapshot.management import Management
from cluster_doctor.snapshot.paths import mapping, text, words
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Custom

_SOURCE_GROUP = "source.toolkit.fluxcd.io"
_DEFAULT_BRANCH = "master"
"""The branch that Flux takes where a GitRepository names none."""


def kustomization_origin(cluster: ClusterSnapshot, management: Management) -> Origin:
    """Read the origin of what a Flux Kustomization applies.

    Raises:
        NoOriginError: it or its source was not read, or the source is no Git repository.
    """
    view = deployer(cluster, management, "Kustomization", "kustomize.toolkit.fluxcd.io")
    repository, revision = _git(cluster, view, view.mapping("spec", "sourceRef"), management)
    spec = view.mapping("spec")
    overridden: list[tuple[str, ...]] = [("image",)] if spec.get("images") else []
    if any(spec.get(field) for field in ("patches", "patchesStrategicMerge", "patchesJson6902")):
        overridden.append(())
    entry = Entry(path=normpath(text(spec, "path").lstrip("/") or "."), overridden=tuple(overridden))
    return Origin(repository, revision, entry, str(management))


def helm_release_origin(cluster: ClusterSnapshot, management: Management) -> Origin:
    """Read the origin of what a HelmRelease installs.

    Raises:
        NoOriginError: it or its source was not read, or the chart is in no Git repository.
    """
    view = deployer(cluster, management, "HelmRelease", "helm.toolkit.fluxcd.io")
    chart = view.mapping("spec", "chart", "spec")
    if not chart:
        raise NoOriginError(f"{management} takes its chart by reference", "Name the repository and path.")
    repository, revision = _git(cluster, view, mapping(chart, "sourceRef"), management)
    overridden = list(leaves(view.mapping("spec", "values")))
    if view.objects("spec", "valuesFrom"):
        overridden.append(())
    entry = Entry(
        path=normpath(text(chart, "chart").lstrip("/") or "."),
        tool=Tool.HELM,
        values=tuple(normpath(file.lstrip("/")) for file in words(chart, "valuesFiles")),
        release=view.text("spec", "releaseName") or view.ref.name,
        overridden=tuple(overridden),
    )
    return Origin(repository, revision, entry, str(management))


def _git(
    cluster: ClusterSnapshot, view: Custom, named: dict[str, JsonValue], management: Management
) -> tuple[str, str]:
    """URL and revision of the GitRepository that is named."""
    kind, name = text(named, "kind"), text(named, "name")
    space = text(named, "namespace") or view.ref.namespace
    if kind != "GitRepository":
        raise NoOriginError(f"{management} deploys from {kind or 'no source'} {name}", "Name the repository and path.")
    for source in cluster.all(Custom):
        ref = source.ref
        if (ref.kind, ref.group, ref.namespace, ref.name) == (kind, _SOURCE_GROUP, space, name):
            wanted = source.mapping("spec", "ref")
            revision = next((found for field in ("commit", "tag", "branch") if (found := text(wanted, field))), "")
            if not revision and (text(wanted, "semver") or text(wanted, "name")):
                return without_login(source.text("spec", "url")), text(wanted, "name")
            return without_login(source.text("spec", "url")), revision or _DEFAULT_BRANCH
    raise NoOriginError(
        f"GitRepository {space}/{name} of {management} is not among what was read of the cluster",
        f"Read gitrepositories.{_SOURCE_GROUP} too, or name the repository and path.",
    )
