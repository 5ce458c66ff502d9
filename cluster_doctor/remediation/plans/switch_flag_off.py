"""Switch a feature flag off that brings trouble."""

from __future__ import annotations

import json
import re

from pydantic import JsonValue

from cluster_doctor.domain.diagnosis import RootCause
from cluster_doctor.domain.remediation import Risk
from cluster_doctor.domain.steps import StepType
from cluster_doctor.remediation.change import Change, repairs
from cluster_doctor.remediation.fields import edit_of
from cluster_doctor.remediation.wording import kubectl
from cluster_doctor.snapshot.paths import mapping
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import ConfigMap


@repairs("feature_flag_is_on", by=StepType.EDIT_CONFIG_MAP)
def switch_flag_off(cluster: ClusterSnapshot, cause: RootCause) -> Change | None:
    """Set the flag's default to its only variant that does nothing; with several a person chooses."""
    settings = cluster.get(ConfigMap, cause.subject.namespace, cause.subject.name)
    key, flag, variant, idle = (cause.facts.get(name, "") for name in ("key", "flag", "variant", "idle"))
    old = settings.values.get(key, "") if settings else ""
    new = _with_default(old, flag, variant, idle) if idle else None
    if settings is None or new is None:
        return None
    edit = edit_of(settings.raw, ("data", key), new)
    if edit.was != old:
        return None
    return Change(
        title=f"Set feature flag {flag} in {settings.ref} to {idle}",
        target=settings.ref,
        instruction=f"Set defaultVariant of {flag} in {key} to {idle}; it is {variant}. Ask first who switched it on.",
        precondition=f"the default variant is still {variant}, and nobody tests with it",
        type=StepType.EDIT_CONFIG_MAP,
        edits=(edit,),
        check=f"{kubectl('get', settings.ref, '-o', 'yaml')} shows {idle}, and what suffered is well again",
        risk=Risk.LOW,
    )


def _with_default(text: str, flag: str, variant: str, idle: str) -> str | None:
    """The text with the one word replaced, so that all else stays as somebody wrote it."""
    try:
        wanted: JsonValue = json.loads(text)
    except ValueError:
        return None
    mapping(wanted, "flags", flag)["defaultVariant"] = idle
    pattern = re.compile(rf'("defaultVariant"\s*:\s*){re.escape(json.dumps(variant))}')
    for found in pattern.finditer(text):
        new = f"{text[: found.start()]}{found[1]}{json.dumps(idle)}{text[found.end() :]}"
        if json.loads(new) == wanted:
            return new
    return None
