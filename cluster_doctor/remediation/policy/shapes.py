"""What a step of each type may look like, so that a step does what its type says and nothing else.

A policy allows types. A step that calls itself `scale` and edits an image would pass as something that it is not, so
each type says how its target is reached, which kinds it is for and which fields it may set.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.remediation import RemediationStep
from cluster_doctor.domain.steps import FieldEdit, StepType, Verb
from cluster_doctor.remediation.policy.facts import group_of
from cluster_doctor.remediation.strategic import patch_of
from cluster_doctor.snapshot.kinds import BY_KIND

Field = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TargetKind:
    """A kind of object that steps are made for, and the resource that the API serves it as."""

    group: str
    kind: str
    resource: str

    def is_that_of(self, target: ObjectRef) -> bool:
        """Whether a target is one of these."""
        return target.kind == self.kind and group_of(target) == self.group


@dataclass(frozen=True, slots=True)
class Shape:
    """How steps of a type look.

    Attributes:
        verb: how the target is reached.
        kinds: what it is for; any kind if there is none.
        fields: paths that it may set. `*` stands for one key, `[]` for a member of a list, `**` at the end for
            everything below, and the field itself.
        values: what the fields may become; anything if it is None.
    """

    verb: Verb
    kinds: tuple[TargetKind, ...] = ()
    fields: tuple[Field, ...] = ()
    values: tuple[bool | None, ...] | None = None


def kind(name: str) -> TargetKind:
    """One of Kubernetes' own kinds."""
    known = BY_KIND[name]
    return TargetKind(known.group, name, known.plural)


def _path(text: str) -> Field:
    return tuple(part for dotted in text.split(".") for part in dotted.replace("[]", "\0[]").split("\0"))


def _in_pods(*ends: str) -> tuple[Field, ...]:
    """Fields of a Pod's spec, wherever a Pod's spec stands."""
    return tuple(_path(f"{place}.{end}") for place in _POD_SPECS for end in ends)


def _in_containers(*ends: str) -> tuple[Field, ...]:
    return _in_pods(*(f"{listed}[].{end}" for listed in ("containers", "initContainers") for end in ends))


_POD_SPECS = ("spec", "spec.template.spec", "spec.jobTemplate.spec.template.spec")
_ROLLED = tuple(map(kind, ("Deployment", "StatefulSet", "DaemonSet")))
_SCALED = tuple(map(kind, ("Deployment", "StatefulSet", "ReplicaSet", "ReplicationController")))
_TEMPLATED = (*_ROLLED, *map(kind, ("CronJob", "ReplicaSet", "ReplicationController")))
_FLUX = (
    TargetKind("kustomize.toolkit.fluxcd.io", "Kustomization", "kustomizations"),
    TargetKind("helm.toolkit.fluxcd.io", "HelmRelease", "helmreleases"),
    TargetKind("source.toolkit.fluxcd.io", "GitRepository", "gitrepositories"),
    TargetKind("source.toolkit.fluxcd.io", "OCIRepository", "ocirepositories"),
    TargetKind("source.toolkit.fluxcd.io", "HelmRepository", "helmrepositories"),
    TargetKind("source.toolkit.fluxcd.io", "HelmChart", "helmcharts"),
    TargetKind("source.toolkit.fluxcd.io", "Bucket", "buckets"),
)
_ARGO = (TargetKind("argoproj.io", "Application", "applications"),)
_ON, _OFF = (True,), (False, None)

SHAPES: Mapping[StepType, Shape] = {
    # `kubectl rollout undo` puts back the Pod template, and of a Deployment the annotations of that revision.
    StepType.ROLL_BACK: Shape(Verb.PATCH, _ROLLED, (_path("spec.template.**"), _path("metadata.annotations.*"))),
    # `kubectl rollout restart` sets an annotation of the template.
    StepType.RESTART: Shape(Verb.PATCH, _ROLLED, (_path("spec.template.metadata.annotations.*"),)),
    StepType.SET_IMAGE: Shape(Verb.PATCH, (*_TEMPLATED, kind("Pod")), _in_containers("image")),
    StepType.SET_RESOURCES: Shape(
        Verb.PATCH, _TEMPLATED, _in_containers("resources", "resources.requests.**", "resources.limits.**")
    ),
    StepType.SCALE: Shape(Verb.PATCH, _SCALED, (_path("spec.replicas"),)),
    StepType.PATCH_PROBE: Shape(
        Verb.PATCH, _TEMPLATED, _in_containers("livenessProbe.**", "readinessProbe.**", "startupProbe.**")
    ),
    StepType.PATCH_SELECTOR: Shape(Verb.PATCH, (kind("Service"),), (_path("spec.selector.**"),)),
    StepType.PATCH_PORT: Shape(
        Verb.PATCH,
        (kind("Service"), kind("Ingress"), *_TEMPLATED),
        (
            _path("spec.ports.**"),
            _path("spec.defaultBackend.service.port.**"),
            _path("spec.rules[].http.paths[].backend.service.port.**"),
            *_in_containers("ports.**"),
        ),
    ),
    StepType.PATCH_ENV: Shape(Verb.PATCH, _TEMPLATED, _in_containers("env.**", "envFrom.**")),
    StepType.PATCH_TOLERATION: Shape(Verb.PATCH, _TEMPLATED, _in_pods("tolerations.**")),
    StepType.PATCH_AFFINITY: Shape(
        Verb.PATCH, _TEMPLATED, _in_pods("affinity.**", "nodeSelector.**", "topologySpreadConstraints.**")
    ),
    StepType.PATCH_ANNOTATION: Shape(
        Verb.PATCH, (), (_path("metadata.annotations.*"), _path("spec.template.metadata.annotations.*"))
    ),
    StepType.CREATE_CONFIG_MAP: Shape(Verb.CREATE, (kind("ConfigMap"),)),
    StepType.EDIT_CONFIG_MAP: Shape(
        Verb.PATCH, (kind("ConfigMap"),), (_path("data.*"), _path("binaryData.*"), _path("data"))
    ),
    StepType.CREATE_SERVICE_ACCOUNT: Shape(Verb.CREATE, (kind("ServiceAccount"),)),
    StepType.DELETE_POD: Shape(Verb.DELETE, (kind("Pod"),)),
    StepType.EVICT_POD: Shape(Verb.EVICT, (kind("Pod"),)),
    StepType.DELETE_JOB: Shape(Verb.DELETE, (kind("Job"),)),
    StepType.SUSPEND_CRON_JOB: Shape(Verb.PATCH, (kind("CronJob"),), (_path("spec.suspend"),), _ON),
    StepType.RESUME_CRON_JOB: Shape(Verb.PATCH, (kind("CronJob"),), (_path("spec.suspend"),), _OFF),
    StepType.CORDON: Shape(Verb.PATCH, (kind("Node"),), (_path("spec.unschedulable"),), _ON),
    StepType.UNCORDON: Shape(Verb.PATCH, (kind("Node"),), (_path("spec.unschedulable"),), _OFF),
    StepType.EXPAND_CLAIM: Shape(
        Verb.PATCH, (kind("PersistentVolumeClaim"),), (_path("spec.resources.requests.storage"),)
    ),
    StepType.ADJUST_QUOTA: Shape(Verb.PATCH, (kind("ResourceQuota"),), (_path("spec.hard.*"),)),
    StepType.ADJUST_AUTOSCALER: Shape(
        Verb.PATCH,
        (kind("HorizontalPodAutoscaler"),),
        tuple(map(_path, ("spec.minReplicas", "spec.maxReplicas", "spec.metrics.**", "spec.behavior.**"))),
    ),
    StepType.REMOVE_FINALIZER: Shape(Verb.PATCH, (), (_path("metadata.finalizers.**"),)),
    # argo-cd.readthedocs.io, "Sync Applications with Kubectl"; a rollback needs automated sync off.
    StepType.ARGO_SYNC: Shape(Verb.PATCH, _ARGO, (_path("operation.**"),)),
    StepType.ARGO_ROLL_BACK: Shape(Verb.PATCH, _ARGO, (_path("operation.**"), _path("spec.syncPolicy.automated.**"))),
    # fluxcd.io, "Reconcile": requestedAt, and for a HelmRelease forceAt and resetAt.
    StepType.FLUX_RECONCILE: Shape(
        Verb.PATCH,
        _FLUX,
        tuple(
            ("metadata", "annotations", f"reconcile.fluxcd.io/{mark}") for mark in ("requestedAt", "forceAt", "resetAt")
        ),
    ),
    StepType.FLUX_SUSPEND: Shape(Verb.PATCH, _FLUX, (_path("spec.suspend"),), _ON),
    StepType.FLUX_RESUME: Shape(Verb.PATCH, _FLUX, (_path("spec.suspend"),), _OFF),
}
"""One row for each type; a test holds it to that."""


def misfits(step: RemediationStep) -> Iterator[str]:
    """Say in which way a step is not what its type says."""
    if step.type is None:
        yield "a person has to choose a value or act by hand; a program cannot carry it out"
        return
    shape = SHAPES[step.type]
    if step.verb is not shape.verb:
        yield f"{step.type} is done by {shape.verb}, not by {step.verb}"
    if shape.kinds and not any(one.is_that_of(step.target) for one in shape.kinds):
        yield f"{step.type} is not for a {step.target.kind}" + (f" of {step.target.group}" if step.target.group else "")
    yield from _misplaced_edits(step, shape)
    yield from _other_object(step)


def _misplaced_edits(step: RemediationStep, shape: Shape) -> Iterator[str]:
    if shape.verb is Verb.PATCH and not step.edits:
        yield "it does not say which fields it sets"
    if shape.verb is not Verb.PATCH and step.edits:
        yield f"{step.type} sets no fields, and this one has some"
    for edit in step.edits:
        if not any(_covers(field, edit.path) for field in shape.fields):
            yield f"{step.type} does not set {edit.place}"
        elif shape.values is not None and not any(edit.becomes is value for value in shape.values):
            yield f"{step.type} does not make {edit.place} {edit.becomes!r}"
        elif step.type is StepType.REMOVE_FINALIZER and not _removes(edit):
            yield f"{step.type} only takes away, and {edit.place} gets something"
    if step.patch is not None and step.patch != patch_of(step.edits):
        yield "its patch says something else than the fields that it sets"


def _removes(edit: FieldEdit) -> bool:
    if edit.becomes is None:
        return True
    return (
        isinstance(edit.becomes, list) and isinstance(edit.was, list) and all(one in edit.was for one in edit.becomes)
    )


def _other_object(step: RemediationStep) -> Iterator[str]:
    """What is created has to be what the step names as its target."""
    made = step.manifest
    if step.verb is not Verb.CREATE:
        if made is not None:
            yield f"a step by {step.verb} makes no object, and this one has a manifest"
        return
    if made is None:
        yield "it does not say what it creates"
        return
    metadata = made.get("metadata")
    named = metadata if isinstance(metadata, dict) else {}
    wanted = (step.target.api_version, step.target.kind, step.target.name, step.target.namespace)
    if (made.get("apiVersion"), made.get("kind"), named.get("name"), named.get("namespace")) != wanted:
        yield "its manifest is another object than its target"
    if "generateName" in named:
        yield "its manifest leaves the name to the API server"


def _covers(field: Field, path: Sequence[str]) -> bool:
    below = field[-1:] == ("**",)
    wanted = field[:-1] if below else field
    if len(path) < len(wanted) or (len(path) > len(wanted) and not below):
        return False
    return all(_alike(part, found) for part, found in zip(wanted, path, strict=False))


def _alike(part: str, found: str) -> bool:
    member = found.startswith("[")
    if part == "[]":
        return member
    return not member and part in {"*", found}
