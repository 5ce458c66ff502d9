"""States that one object brings about in another."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cluster_doctor.domain.refs import ObjectRef


class EffectKind(StrEnum):
    """What can be the matter with an object, as somebody who depends on it sees it."""

    NODE_NOT_READY = "node not ready"
    NODE_UNDER_PRESSURE = "node under pressure"
    NODE_NETWORK_IMPAIRED = "node network impaired"
    PODS_NOT_CREATED = "pods not created"
    POD_NOT_SCHEDULED = "pod not scheduled"
    POD_NOT_STARTED = "pod not started"
    POD_EVICTED = "pod evicted"
    POD_NOT_TERMINATING = "pod does not terminate"
    CONTAINER_CRASHING = "container crashing"
    POD_NOT_READY = "pod not ready"
    WORKLOAD_UNAVAILABLE = "workload unavailable"
    ROLLOUT_STUCK = "rollout stuck"
    JOB_FAILED = "job failed"
    JOB_NOT_RUN = "job not run"
    SERVICE_UNREACHABLE = "service unreachable"
    SERVICE_MISSING = "service missing"
    NAME_UNRESOLVED = "name not resolved"
    CALLS_FAILING = "calls failing"
    SERVING_ERRORS = "serving errors"
    SLOW = "slow"
    ROUTE_BROKEN = "route broken"
    CLAIM_UNBOUND = "claim unbound"
    VOLUME_NOT_MOUNTED = "volume not mounted"
    WRITES_REJECTED = "writes rejected"
    NOT_SCALING = "not scaling"
    NOT_RECONCILED = "not reconciled"
    NOT_DELETED = "not deleted"
    LIMITS_OVERWRITTEN = "limits overwritten"
    MEMORY_LEAKING = "memory leaking"
    FLOODED = "flooded"
    ACCESS_FORBIDDEN = "access forbidden"
    PREEMPTED = "preempted"
    CREDENTIALS_OUTDATED = "credentials outdated"


@dataclass(frozen=True, slots=True)
class Effect:
    """A state of one object. Findings observe effects or bring them about; equal effects link the two."""

    kind: EffectKind
    at: ObjectRef

    def __str__(self) -> str:
        """`Service shop/web: service unreachable`."""
        return f"{self.at}: {self.kind.value}"
