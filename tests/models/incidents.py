"""Incidents that the rules leave open: programs that know better than their platform what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator

_TEMPLATE = """
kind: Deployment
metadata: {{name: {name}, uid: d-1, creationTimestamp: "2025-12-01T08:00:00Z"}}
spec:
  replicas: 1
  selector: {{matchLabels: {{app: {name}}}}}
  template: {template_after}
status: {{replicas: 1, updatedReplicas: 1, unavailableReplicas: 1}}
---
kind: ReplicaSet
metadata:
  name: {name}-1
  uid: r-1
  creationTimestamp: "2025-12-01T08:00:00Z"
  annotations: {{deployment.kubernetes.io/revision: "1"}}
  ownerReferences: [{{apiVersion: apps/v1, kind: Deployment, name: {name}, uid: d-1, controller: true}}]
spec: {{replicas: 0, template: {template_before}}}
---
kind: ReplicaSet
metadata:
  name: {name}-2
  uid: r-2
  creationTimestamp: "2026-01-01T11:30:00Z"
  annotations: {{deployment.kubernetes.io/revision: "2"}}
  ownerReferences: [{{apiVersion: apps/v1, kind: Deployment, name: {name}, uid: d-1, controller: true}}]
spec: {{replicas: 1, template: {template_after}}}
---
kind: Pod
metadata:
  name: {name}-2-x
  labels: {{app: {name}}}
  creationTimestamp: "2026-01-01T11:30:05Z"
  ownerReferences: [{{apiVersion: apps/v1, kind: ReplicaSet, name: {name}-2, uid: r-2, controller: true}}]
spec: {{nodeName: node-1, containers: {containers}}}
status:
  phase: Running
  conditions: [{{type: Ready, status: "False", lastTransitionTime: "2026-01-01T11:31:00Z"}}]
  containerStatuses: [{{name: {name}, ready: false, {state}}}]
---
kind: Log
subject: Pod/{name}-2-x
container: {name}
lines: ["starting {name} 1.4.0 with 12 workers", "{says}"]
---
kind: Event
metadata: {{name: e1}}
involvedObject: {{kind: Pod, name: {name}-2-x, namespace: shop}}
type: Warning
reason: {reason}
message: "{message}"
count: 30
firstTimestamp: "2026-01-01T11:31:00Z"
lastTimestamp: "2026-01-01T11:59:00Z"
"""
_CRASHING = (
    'restartCount: 9, state: {waiting: {reason: CrashLoopBackOff, message: "back-off 5m0s restarting"}}, lastState: '
    '{terminated: {exitCode: 4, reason: Error, startedAt: "2026-01-01T11:50:00Z", finishedAt: "2026-01-01T11:50:01Z"}}'
)
_RUNNING = 'restartCount: 0, state: {running: {startedAt: "2026-01-01T11:30:10Z"}}'


def misconfigured(name: str, setting: str, *, was: str, became: str, says: str, crashing: bool) -> str:
    """A Deployment whose last rollout changed a setting to what its program does not know.

    Args:
        name: of the Deployment, its container and, with endings, its Pod.
        setting: name of the variable.
        was: its value before.
        became: its value since.
        says: what the program logs about it.
        crashing: whether it ends, or is never ready.
    """
    message = f"Back-off restarting failed container {name} in pod {name}-2-x"
    return _TEMPLATE.format(
        name=name,
        template_before=_pods(name, setting, was),
        template_after=_pods(name, setting, became),
        containers=_containers(name, setting, became),
        says=says,
        state=_CRASHING if crashing else _RUNNING,
        reason="BackOff" if crashing else "Unhealthy",
        message=message if crashing else "Readiness probe failed: HTTP probe failed with statuscode: 503",
    )


def _pods(name: str, setting: str, value: str) -> str:
    return f"{{metadata: {{labels: {{app: {name}}}}}, spec: {{containers: {_containers(name, setting, value)}}}}}"


def _containers(name: str, setting: str, value: str) -> str:
    env = f'[{{name: {setting}, value: "{value}"}}, {{name: WORKERS, value: "12"}}]'
    return f"[{{name: {name}, image: registry.example/{name}:1.4.0, env: {env}}}]"


ENDS = misconfigured(
    "ledger",
    "ROUNDING",
    was="half-even",
    became="half-evn",
    says="fatal: no such rounding half-evn",
    crashing=True,
)
"""A program that ends because it does not know a value; the rules suggest that it ends by itself."""

NEVER_READY = misconfigured(
    "ledger",
    "REGION",
    was="eu-west-1",
    became="eu-wset-1",
    says="not serving yet: no shard map for region eu-wset-1",
    crashing=False,
)
"""A program that waits because it does not know a value; the rules find nothing."""

OWN_WORDS = (
    ("MODE", "primary", "primry", "cannot start: mode primry is not one of primary, replica"),
    ("CODEC", "zstd", "zstdd", "no codec registered under zstdd"),
    ("TENANT", "acme-eu", "acme-ue", "tenant acme-ue is unknown to this cell"),
    ("FEATURE_SET", "stable-7", "stable-17", "feature set stable-17 was never published"),
    ("SHARD_RANGE", "0-127", "0-1270", "bad shard range 0-1270"),
    ("LOCALE", "pt-BR", "pt-RB", "unsupported locale pt-RB"),
    ("CURRENCY", "EUR", "EURO", "rejecting EURO: not an ISO 4217 code"),
    ("TOPIC_PREFIX", "orders.v2", "orders.v3", "schema for orders.v3 missing, refusing to consume"),
    ("PARTITIONER", "murmur2", "murmur9", "unrecognized partitioner murmur9"),
    ("LEDGER_EPOCH", "2024b", "2042b", "epoch 2042b not found in ledger index"),
    ("POOL_STRATEGY", "least-busy", "least-bussy", "panic: strategy least-bussy"),
    ("JOURNAL_MODE", "append", "appnd", "illegal journal mode appnd"),
)
"""Settings of programs that no rule can know: name, value before and since, and what the program says of it."""


def own_words() -> Iterator[tuple[str, str]]:
    """Incidents by such settings: each once ending, once never ready."""
    for setting, was, became, says in OWN_WORDS:
        for crashing in (True, False):
            name = f"{setting.lower().replace('_', '-')}-{'ends' if crashing else 'waits'}"
            yield name, misconfigured(name, setting, was=was, became=became, says=says, crashing=crashing)
