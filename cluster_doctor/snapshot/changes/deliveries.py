"""Versions that Argo CD, Flux and Helm applied.

Sources: Argo CD, pkg/apis/application/v1alpha1 (RevisionHistory, OperationState); Flux, "Kustomization: History" and
"Helm Releases: History"; Helm, "Storage backends": a Secret for each revision of a release, with its name, number and
state in labels. What is in that Secret is not read.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import JsonValue

from cluster_doctor.domain.change import Change, ChangeKind
from cluster_doctor.snapshot.paths import flag, mapping, text, words
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views import Custom, Secret, View

MOST_ENTRIES = 5
"""Entries of one history that are told, the newest."""

_ARGO, _FLUX_KUSTOMIZE, _FLUX_HELM = "argoproj.io", "kustomize.toolkit.fluxcd.io", "helm.toolkit.fluxcd.io"
_ENDED_BADLY = frozenset({"Failed", "Error"})
HELM_STORE = "helm.sh/release.v1"
"""The type of the Secrets in which Helm keeps releases."""


def deliveries(view: View, _: ClusterSnapshot) -> Iterator[Change]:
    """What a resource of Argo CD or Flux, or a Secret in which Helm keeps a release, tells of what was delivered."""
    if isinstance(view, Secret):
        if view.type == HELM_STORE and view.labels.get("owner") == "helm":
            yield _helm_revision(view)
    elif isinstance(view, Custom):
        match view.ref.kind, view.ref.group:
            case "Application", group if group == _ARGO:
                yield from _synced(view)
            case "Kustomization", group if group == _FLUX_KUSTOMIZE:
                yield from _reconciled(view)
            case "HelmRelease", group if group == _FLUX_HELM:
                yield from _released(view)
            case _:
                pass


def _synced(application: Custom) -> Iterator[Change]:
    """Argo CD's history has what succeeded, the newest last; its operation tells what is under way or failed."""
    for position, entry in application.objects("status", "history")[-MOST_ENTRIES:]:
        version = text(entry, "revision") or ", ".join(words(entry, "revisions"))
        started_by = mapping(entry, "initiatedBy")
        yield _delivery(
            application,
            f"Argo CD deployed {version or 'a version that it does not name'}",
            entry.get("deployedAt"),
            f"status.history[{position}]",
            version=version,
            by=text(started_by, "username") or ("automated sync" if flag(started_by, "automated") else ""),
        )
    operation = application.mapping("status", "operationState")
    phase, version = text(operation, "phase"), text(operation, "syncResult", "revision")
    if phase in _ENDED_BADLY or phase == "Running":
        told = "is under way" if phase == "Running" else f"ended with {phase}: {text(operation, 'message')}"
        yield _delivery(
            application,
            f"Argo CD's sync of {version or 'a version'} {told}",
            operation.get("finishedAt") or operation.get("startedAt"),
            "status.operationState",
            version=version,
            by=text(operation, "operation", "initiatedBy", "username"),
        )


def _reconciled(resource: Custom) -> Iterator[Change]:
    """Flux keeps, the newest first, one entry for each artifact and result; older versions keep the revision alone."""
    history = resource.objects("status", "history")
    for position, entry in history[:MOST_ENTRIES]:
        version = text(entry, "metadata", "revision") or text(entry, "digest")
        result = text(entry, "lastReconciledStatus")
        yield _delivery(
            resource,
            f"Flux applied {version}" + (f": {result}" if result else ""),
            entry.get("firstReconciled"),
            f"status.history[{position}]",
            version=text(entry, "metadata", "originRevision") or version,
        )
    applied = resource.text("status", "lastAppliedRevision")
    if applied and not history:
        yield _delivery(resource, f"Flux applied {applied}", None, "status.lastAppliedRevision", version=applied)


def _released(resource: Custom) -> Iterator[Change]:
    for position, entry in resource.objects("status", "history")[:MOST_ENTRIES]:
        version = text(entry, "chartVersion")
        told = f"Flux released chart {text(entry, 'chartName')} {version} as revision {entry.get('version')}"
        state = text(entry, "status")
        yield _delivery(
            resource,
            f"{told}: {state}" if state else told,
            entry.get("lastDeployed"),
            f"status.history[{position}]",
            version=version,
        )


def _helm_revision(secret: Secret) -> Change:
    release, number = secret.labels.get("name", ""), secret.labels.get("version", "")
    state = secret.labels.get("status", "")
    return Change(
        kind=ChangeKind.DELIVERY,
        subject=secret.ref,
        statement=f"Helm made revision {number} of release {release}" + (f" ({state})" if state else ""),
        at=secret.created_at,
        by="Helm",
        version=number,
        evidence=(secret.cite("metadata.creationTimestamp"), secret.cite("metadata.labels")),
    )


def _delivery(resource: Custom, statement: str, at: JsonValue, path: str, *, version: str = "", by: str = "") -> Change:
    return Change(
        kind=ChangeKind.DELIVERY,
        subject=resource.ref,
        statement=statement,
        at=parse_time(at),
        by=by,
        version=version,
        evidence=(resource.cite(path),),
    )
