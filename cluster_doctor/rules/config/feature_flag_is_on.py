"""A feature flag that is on while what it is named after misbehaves."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from pydantic import JsonValue

from cluster_doctor.domain.effects import Effect, EffectKind
from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.performance.anomalies import troubled
from cluster_doctor.rules.protocol import Matches, Records, rule
from cluster_doctor.snapshot.paths import dig, mapping, text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import ConfigMap

_OFF = frozenset({"off", "false", "disabled", "none", "0", "control"})
"""What the variant that does nothing is called."""

_TROUBLE = re.compile(
    r"fail|error|slow|latency|delay|leak|fault|chaos|unreachable|overload|flood|highcpu|crash|problem"
)


@rule(Severity.ERROR, subject=ConfigMap, needs=(Records.ALERTS,), directness=Directness.REPORTED)
def feature_flag_is_on(settings: ConfigMap, cluster: ClusterSnapshot) -> Matches:
    """A flag of OpenFeature's flagd is on whose name says that it brings trouble to a workload that has it.

    Why it matters:
        A flag changes what a program does without a rollout: no object but the flag's own differs from before.

    Fires on:
        kind: ConfigMap
        metadata: {name: flagd-config}
        data:
          flags.json: >-
            {"flags": {"webFailure": {"state": "ENABLED", "variants": {"on": true, "off": false},
            "defaultVariant": "on"}}}
        ---
        kind: Deployment
        metadata: {name: web}
        spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: app}]}}}
        ---
        kind: Alert
        subject: Deployment/web
        anomaly: errors
        before: 0.01
        now: 0.4
        text: '40% of requests fail'

    Stays quiet on:
        kind: ConfigMap
        metadata: {name: flagd-config}
        data:
          flags.json: >-
            {"flags": {"webFailure": {"state": "ENABLED", "variants": {"on": true, "off": false},
            "defaultVariant": "off"}}}
        ---
        kind: Deployment
        metadata: {name: web}
        spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: app}]}}}
        ---
        kind: Alert
        subject: Deployment/web
        anomaly: errors
        before: 0.01
        now: 0.4
        text: '40% of requests fail'

    Remedy:
        Set the flag's `defaultVariant` back to the variant that does nothing.

    References:
        https://flagd.dev/reference/flag-definitions/
    """
    ill = troubled(cluster)
    if not ill:
        return
    for key, name, variant, idle in _switched_on(settings):
        word = _plain(name)
        if not _TROUBLE.search(word):
            continue
        meant = sorted(ref for ref in ill if _bears(word, _plain(ref.name)))
        if not meant:
            continue
        yield Match(
            message=f"feature flag {name} of ConfigMap {settings.name} is {variant!r}, and {meant[0]} is unwell",
            evidence=(settings.cite(f"data['{key}']"), *(alert.cite() for alert in cluster.alerts_on(meant[0])[:1])),
            blame=settings.ref,
            effects=tuple(Effect(kind, ref) for ref in meant for kind in (EffectKind.SERVING_ERRORS, EffectKind.SLOW)),
            about=name,
            facts=(("key", key), ("flag", name), ("variant", variant), ("idle", idle)),
        )


def _switched_on(settings: ConfigMap) -> Iterator[tuple[str, str, str, str]]:
    """Flags that are enabled with another variant than one that does nothing: key, flag, variant, and the idle one.

    Where several variants do nothing, none is named.
    """
    for key, value in settings.values.items():
        if '"flags"' not in value or '"defaultVariant"' not in value:
            continue
        try:
            read: JsonValue = json.loads(value)
        except ValueError:
            continue
        for name, flag in mapping(read, "flags").items() if isinstance(read, dict) else ():
            if not isinstance(flag, dict) or text(flag, "state") == "DISABLED":
                continue
            variant = text(flag, "defaultVariant")
            idle = {choice for choice in mapping(flag, "variants") if choice.lower() in _OFF}
            if variant and idle and variant not in idle and dig(flag, "variants", variant) is not None:
                yield key, name, variant, next(iter(idle)) if len(idle) == 1 else ""


def _plain(word: str) -> str:
    return re.sub(r"[^a-z0-9]", "", word.lower())


def _bears(flag: str, workload: str) -> bool:
    """Whether a flag is named after a workload: `cartFailure` after `cart` and after `cart-service`."""
    bare = re.sub(r"(?:service|server|svc)$", "", workload)
    return bool(bare) and (flag.startswith(bare) or (len(bare) > 3 and bare in flag))
