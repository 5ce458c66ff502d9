"""Provide a ConfigMap or Secret, or the key in it, that a workload names."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator

from pydantic import JsonValue

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.remediation import Risk
from cluster_doctor.domain.steps import StepType, Verb
from cluster_doctor.remediation.change import Change, repairs
from cluster_doctor.remediation.content_hash import is_named_by
from cluster_doctor.remediation.fields import edit_of
from cluster_doctor.remediation.wording import kubectl, rollout_check, scope_of
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import ConfigMap, CronJob

_MAKES = {
    "ConfigMap": r"(?:configmaps?|cm)",
    "Secret": r"secrets?\s+(?:generic|docker-registry|tls)",
}
"""What follows `kubectl create` in a command that makes one."""
_NAMESPACE = re.compile(r"\s(?:-n|--namespace)[ =]?(\S+)")


@repairs("config_map_does_not_exist", beside=(StepType.CREATE_CONFIG_MAP, StepType.RESUME_CRON_JOB))
def create_missing_config_map(cluster: ClusterSnapshot, cause: RootCause) -> Change | None:
    """Create it; what belongs into it only a person knows, but where its name is a hash of what somebody else has."""
    return _provided(cluster, cause, "ConfigMap", "create configmap")


@repairs("secret_does_not_exist", beside=(StepType.RESUME_CRON_JOB,))
def create_missing_secret(cluster: ClusterSnapshot, cause: RootCause) -> Change | None:
    """Create it; what belongs into it only a person knows."""
    return _provided(cluster, cause, "Secret", "create secret generic")


def _provided(cluster: ClusterSnapshot, cause: RootCause, kind: str, make: str) -> Change | None:
    target = _target(cause, kind)
    if target is None:
        return None
    words = ["kubectl", *make.split(), shlex.quote(target.name), *scope_of(target), "--from-env-file=FILE"]
    by_a_person = Change(
        title=f"Create {target}",
        target=target,
        instruction=f"Create {target} with the keys that {cause.subject} needs. If it exists under another name, "
        "correct the reference instead.",
        precondition=f"{target} does not exist",
        command=" ".join(words),
        undo=kubectl("delete", target),
        check=rollout_check(cause.subject),
        risk=Risk.LOW,
        choice=True,
    )
    return by_a_person.or_else(*_copied(cluster, cause, target), *_made_again(cluster, cause, target))


def _copied(cluster: ClusterSnapshot, cause: RootCause, target: ObjectRef) -> Iterator[Change]:
    """Copy what another ConfigMap holds, if the missing one's name ends in the hash of just that.

    Ten digits are no proof against somebody who makes contents to fit, so a person says whether to trust the other one.
    """
    others = [
        view for view in cluster.all(ConfigMap) if target.kind == ConfigMap.kind and is_named_by(target.name, view)
    ]
    for other in others[:1]:
        held: dict[str, JsonValue] = {
            key: other.raw[key] for key in ("data", "binaryData", "immutable") if other.raw.get(key)
        }
        keys = ", ".join(sorted(other.keys))
        metadata: dict[str, JsonValue] = {"name": target.name, "namespace": target.namespace}
        yield Change(
            title=f"Create {target} with what {other.ref} holds",
            target=target,
            instruction=f"Create {target} as a copy of {other.ref}: the name that {cause.subject} asks for ends in the "
            f"hash of its contents, as kustomize makes it. Its keys are {keys}.",
            precondition=f"{target} does not exist, and whoever writes {other.ref} is trusted",
            type=StepType.CREATE_CONFIG_MAP,
            verb=Verb.CREATE,
            manifest={"apiVersion": "v1", "kind": target.kind, "metadata": metadata, **held},
            undo=kubectl("delete", target),
            check=rollout_check(cause.subject),
            risk=Risk.MEDIUM,
        )


def _made_again(cluster: ClusterSnapshot, cause: RootCause, target: ObjectRef) -> Iterator[Change]:
    """Resume a CronJob that makes the object, by its own command line.

    A start that was missed while it was suspended is made up for at once, unless there is a deadline:
    https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-suspension.
    """
    for cron in cluster.all(CronJob):
        said = list(_making(target, cron)) if cron.suspended else []
        if not said:
            continue
        yield Change(
            title=f"Resume {cron.ref}, which makes {target}",
            target=cron.ref,
            instruction=f"Let the CronJob start runs again; they do `{said[0]}`. A start that it missed is made up for "
            f"at once if there is no startingDeadlineSeconds, else it waits for {cron.schedule!r}. Ask first who "
            "suspended it.",
            precondition="what it was suspended for is over",
            type=StepType.RESUME_CRON_JOB,
            edits=(edit_of(cron.raw, ("spec", "suspend"), False),),  # noqa: FBT003 - the field's value
            check=f"{kubectl('get', target)} finds it; {rollout_check(cause.subject)}",
            risk=Risk.MEDIUM,
        )


def _making(target: ObjectRef, cron: CronJob) -> Iterator[str]:
    """Commands of a CronJob that make an object, in its own namespace unless they name another."""
    made = re.compile(
        rf"(\bkubectl\b[^|;&\n]{{0,300}}\bcreate\s+{_MAKES[target.kind]}\s+(?:-\S+\s+)*{re.escape(target.name)})"
        r"(?![\w.-])[^|;&\n]{0,300}"
    )
    for container in cron.template.containers:
        found = made.search(" ".join(container.command))
        place = _NAMESPACE.search(found[0]) if found else None
        if found and (place[1] if place else cron.namespace) == target.namespace:
            yield found[1]


@repairs("config_map_lacks_key", "secret_lacks_key")
def add_missing_key(cluster: ClusterSnapshot, cause: RootCause) -> Change | None:
    """Add the key; its value only a person knows."""
    del cluster
    target = _target(cause, "Secret" if cause.rule.startswith("secret") else "ConfigMap")
    key = cause.facts.get("key", "")
    if target is None or not key:
        return None
    field = "stringData" if target.kind == "Secret" else "data"
    patch, without = json.dumps({field: {key: "VALUE"}}), json.dumps({"data": {key: None}})
    return Change(
        title=f"Add key {key} to {target}",
        target=target,
        instruction=f"Add key {key}. If it is there under another name, correct the reference in {cause.subject}.",
        precondition=f"{target} has no key {key}",
        command=kubectl("patch", target, "--type=merge", "-p", shlex.quote(patch)),
        undo=kubectl("patch", target, "--type=merge", "-p", shlex.quote(without)),
        check=f"{rollout_check(cause.subject)}; Pods that crashed need a restart to see a key in their environment",
        risk=Risk.LOW,
        choice=True,
    )


def _target(cause: RootCause, kind: str) -> ObjectRef | None:
    name = cause.facts.get("name", "")
    return ObjectRef(kind=kind, name=name, namespace=cause.subject.namespace) if name else None
