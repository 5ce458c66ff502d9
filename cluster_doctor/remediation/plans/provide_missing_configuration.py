"""Provide a ConfigMap or Secret, or the key in it, that a workload names."""

from __future__ import annotations

import json
import shlex

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.remediation import Risk
from cluster_doctor.remediation.change import Change, repairs
from cluster_doctor.remediation.wording import kubectl, rollout_check, scope_of
from cluster_doctor.snapshot.snapshot import ClusterSnapshot


@repairs("config_map_does_not_exist", "secret_does_not_exist")
def create_missing_object(cluster: ClusterSnapshot, cause: RootCause) -> Change | None:
    """Create the object; what belongs into it only a person knows."""
    del cluster
    target = _target(cause, "Secret" if cause.rule.startswith("secret") else "ConfigMap")
    if target is None:
        return None
    make = "create secret generic" if target.kind == "Secret" else "create configmap"
    words = ["kubectl", *make.split(), shlex.quote(target.name), *scope_of(target), "--from-env-file=FILE"]
    return Change(
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
