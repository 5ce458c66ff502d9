"""Ask Argo CD or Flux to bring about again what it keeps, to go back to what it kept before, or to go on."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import JsonValue

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.remediation import Risk
from cluster_doctor.domain.steps import StepType
from cluster_doctor.remediation.by_the_rule import by_the_rule
from cluster_doctor.remediation.change import Change, repairs
from cluster_doctor.remediation.fields import edit_of
from cluster_doctor.remediation.wording import kubectl
from cluster_doctor.snapshot.health.conditions import condition_status
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
_SOURCES = (("sourceRef",), ("chartRef",), ("chart", "spec", "sourceRef"))
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


@repairs("custom_resource_is_not_ready", beside=(StepType.FLUX_RECONCILE, StepType.FLUX_RESUME))
def ask_flux(cluster: ClusterSnapshot, cause: RootCause) -> Change | None:
    """Leave the repair to a person; beside it, ask Flux for another attempt, or resume what it waits for in vain.

    What is suspended is no fault by itself. What waits for it is: it stays as it is until somebody resumes it.
    """
    repair, found = by_the_rule(cause), cluster.find(cause.subject)
    known = cause.subject.group in _FLUX_GROUPS and cause.subject.kind in _FLUX_KINDS
    if repair is None or not isinstance(found, Custom) or not known:
        return repair
    resumed = [_resumed(it, found) for it in _awaited(found, cluster) if it.flag("spec", "suspend")]
    return repair.or_else(*(resumed or [_asked(found, cluster)]))


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


def _awaited(resource: Custom, cluster: ClusterSnapshot) -> Iterator[Custom]:
    """What of Flux a resource cannot go on without and is not ready: its source, and what it depends on.

    fluxcd.io, "Kustomization" and "Helm Releases", "Dependencies" and "Source reference".
    """
    wanted = {
        (resource.ref.kind, text(entry, "name"), text(entry, "namespace") or resource.namespace)
        for _, entry in resource.objects("spec", "dependsOn")
    } | {
        (text(source, "kind"), text(source, "name"), text(source, "namespace") or resource.namespace)
        for source in (mapping(resource.raw, "spec", *path) for path in _SOURCES)
    }
    for other in cluster.all(Custom):
        known = other.ref.group in _FLUX_GROUPS and (other.ref.kind, other.name, other.namespace) in wanted
        if known and condition_status(other.condition("Ready")) != "True":
            yield other


def _resumed(suspended: Custom, waiting: Custom) -> Change:
    return Change(
        title=f"Resume {suspended.ref}",
        target=suspended.ref,
        instruction=f"Let Flux deliver {suspended.ref} again; {waiting.ref} waits for it. Ask first who suspended it.",
        precondition="what it was suspended for is over",
        type=StepType.FLUX_RESUME,
        edits=(edit_of(suspended.raw, ("spec", "suspend"), False),),  # noqa: FBT003 - the field's value
        of_the_moment=True,
        check=f"{kubectl('get', suspended.ref)} and {kubectl('get', waiting.ref)} show Ready True",
        risk=Risk.MEDIUM,
    )
