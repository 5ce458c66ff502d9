"""Commands and checks, as a person would type and read them."""

from __future__ import annotations

import json
import shlex

from pydantic import JsonValue

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.kinds import BY_KIND


def kubectl(verb: str, target: ObjectRef, *rest: str) -> str:
    """Write a kubectl command about one object; every word is quoted, because names come from the cluster."""
    words = ["kubectl", *verb.split(), resource_of(target), target.name]
    return " ".join([*map(shlex.quote, words), *scope_of(target), *rest])


def scope_of(target: ObjectRef) -> list[str]:
    """`-n NAMESPACE`, for what lives in one."""
    return ["-n", shlex.quote(target.namespace)] if target.namespace else []


def resource_of(target: ObjectRef) -> str:
    """A kind as kubectl takes it."""
    known = BY_KIND.get(target.kind)
    if known and (not target.group or known.api_version.startswith(target.group)):
        return known.kind.lower()
    return f"{target.kind.lower()}.{target.group}" if target.group else target.kind.lower()


def patch_command(target: ObjectRef, patch: dict[str, JsonValue]) -> str:
    """Write the command that applies a patch. Custom resources know no strategic merge."""
    own = target.kind in BY_KIND
    kind = "strategic" if own else "merge"
    return kubectl("patch", target, f"--type={kind}", "-p", shlex.quote(json.dumps(patch, sort_keys=True)))


def rollout_check(target: ObjectRef) -> str:
    """How to see that a workload came up."""
    if target.kind in {"Deployment", "StatefulSet", "DaemonSet"}:
        scope = " ".join(scope_of(target))
        name = shlex.quote(f"{target.kind.lower()}/{target.name}")
        return f"kubectl rollout status {name} {scope} --timeout=5m".replace("  ", " ")
    return f"{kubectl('get', target)} shows it healthy"
