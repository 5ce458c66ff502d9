"""Ask Argo CD or Flux to bring about again what it keeps, or to go back to what it kept before."""

from __future__ import annotations

from pydantic import JsonValue

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.remediation import Risk
from cluster_doctor.domain.steps import StepType
from cluster_doctor.remediation.by_the_rule import by_the_rule
from cluster_doctor.remediation.change import Change, repairs
from cluster_doctor.remediation.fields import edit_of
from cluster_doctor.remediation.wording import kubectl
from cluster_doctor.snapshot.paths import dig, mapping, text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Custom

_BY: dict[str, JsonValue] = {"username": "cluster-doctor"}
_FLUX_GROUPS = frozenset(
    {"kustomize.toolkit.fluxcd.io", "helm.toolkit.fluxcd.io", "source.toolkit.fluxcd.io"}
)  # fmt: skip
_FLUX_KINDS = frozenset(
    {"Kustomization", "HelmRelease", "GitRepository", "OCIRepository", "HelmRepository", "HelmChart", "Bucket"}
)
_REQUESTED, _RESET = "reconcile.fluxcd.io/requestedAt", "reconcile.fluxcd.io/resetAt"
"""Annotations that Flux's controllers answer; a reset counts only with the same value as the request."""


@repairs("argo_application_is_unwell", beside=(StepType.ARGO_SYNC, StepType.ARGO_ROLL_BACK))
def ask_argo(cluster: ClusterSnapshot, cause: RootCause) -> Change | None:
    """Leave the repair to a person; beside it, synchronise what is out of sync, or go back from what is degraded."""
    repair, found = by_the_rule(cause), cluster.find(cause.subject)
    if repair is None or not isinstance(found, Custom) or found.raw.get("operation"):
        return repair  # one operation is under way already
    sync, health = found.text("status", "sync", "status"), found.text("status", "health", "status")
    way = _back(found) if (sync, health) == ("Synced", "Degraded") else None
    if sync == "OutOfSync":
        way = _synchronised(found)
    return repair.or_else(way) if way else repair


def _synchronised(application: Custom) -> Change:
    revision = application.text("status", "sync", "revision")
    sync: JsonValue = {"revision": revision} if revision else {}
    return Change(
        title=f"Synchronise {application.ref}",
        target=application.ref,
        instruction=f"Let Argo CD apply revision {revision or 'of its source'}; nothing is pruned.",
        precondition="what differs in the cluster is not there on purpose",
        type=StepType.ARGO_SYNC,
        edits=(edit_of(application.raw, ("operation",), {"initiatedBy": _BY, "sync": sync}),),
        command=f"argocd app sync {application.name}",
        undo="What was applied stays; synchronise an older revision.",
        check=f"{kubectl('get', application.ref)} shows Synced",
        risk=Risk.MEDIUM,
    )


def _back(application: Custom) -> Change | None:
    """Go back to the deployment before the one that runs; Argo CD rolls back only while it does not sync by itself."""
    history = [entry for _, entry in application.objects("status", "history")]
    now = application.text("status", "sync", "revision")
    if len(history) < 2 or not now or text(history[-1], "revision") != now:
        return None
    earlier, source = text(history[-2], "revision"), mapping(history[-2], "source")
    if not earlier or earlier == now or not source:
        return None
    operation: JsonValue = {"initiatedBy": _BY, "sync": {"revision": earlier, "source": source}}
    automated = ("spec", "syncPolicy", "automated")
    stop = (edit_of(application.raw, automated, None),) if dig(application.raw, *automated) is not None else ()
    return Change(
        title=f"Roll {application.ref} back to revision {earlier}",
        target=application.ref,
        instruction=f"Let Argo CD apply revision {earlier}, which it had applied before {now}"
        + (", and stop its automated synchronisation until Git is corrected." if stop else "; then correct Git."),
        precondition=f"nothing in {now} is needed, and data that it wrote can be read by {earlier}",
        type=StepType.ARGO_ROLL_BACK,
        edits=(*stop, edit_of(application.raw, ("operation",), operation)),
        command=f"argocd app rollback {application.name}",
        undo="Synchronise the revision of before, and let it be automated again.",
        check=f"{kubectl('get', application.ref)} shows Healthy",
        risk=Risk.MEDIUM,
    )


@repairs("custom_resource_is_not_ready", beside=(StepType.FLUX_RECONCILE,))
def ask_flux(cluster: ClusterSnapshot, cause: RootCause) -> Change | None:
    """Leave the repair to a person; beside it, ask Flux for another attempt. What is suspended is no fault."""
    repair, found = by_the_rule(cause), cluster.find(cause.subject)
    known = cause.subject.group in _FLUX_GROUPS and cause.subject.kind in _FLUX_KINDS
    if repair is None or not isinstance(found, Custom) or not known:
        return repair
    return repair.or_else(_asked(found, cluster))


def _asked(resource: Custom, cluster: ClusterSnapshot) -> Change:
    moment = f"{cluster.taken_at:%Y-%m-%dT%H:%M:%SZ}"
    given_up = resource.ref.kind == "HelmRelease" and resource.condition("Stalled").get("reason") == "RetriesExceeded"
    marks = (_REQUESTED, _RESET) if given_up else (_REQUESTED,)
    return Change(
        title=f"Ask Flux to reconcile {resource.ref} now",
        target=resource.ref,
        instruction="Ask for another attempt" + (", and to count failures anew; it has given up." if given_up else "."),
        precondition="what made it fail is corrected",
        type=StepType.FLUX_RECONCILE,
        edits=tuple(edit_of(resource.raw, ("metadata", "annotations", mark), moment) for mark in marks),
        undo="Nothing to take back: it asks for an attempt.",
        check=f"{kubectl('get', resource.ref)} shows Ready True",
        risk=Risk.LOW,
    )
