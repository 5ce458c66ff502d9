"""What the words mean that controllers write into fields such as `status.phase`."""

from __future__ import annotations

import re

from cluster_doctor.snapshot.health.verdict import HealthStatus

_WELL = frozenset(
    {"accepted", "active", "applied", "approved", "attached", "available", "bound", "complete", "completed",
     "compliant", "connected", "created", "current", "deployed", "done", "enabled", "established", "exists",
     "finished", "fullyapplied", "green", "healthy", "initialized", "installed", "insync", "normal", "ok",
     "online", "open", "operational", "propagated", "provisioned", "published", "ready", "reconciled",
     "registered", "running", "stable", "subscribed", "succeeded", "success", "successful", "synced",
     "synchronized", "up", "uploaded", "valid", "validated"}
)  # fmt: skip
_AT_REST = frozenset({"disabled", "halted", "hibernated", "paused", "sleeping", "stopped", "suspended"})
_AT_WORK = frozenset(
    {"bootstrap", "initial", "initialization", "inprogress", "new", "notready", "orange", "pending", "queued",
     "scheduled", "started", "submitted", "unready", "upgrade", "validation", "waitfor", "waiting", "yellow"}
)  # fmt: skip
_ABSENT = frozenset({"absent", "missing", "notfound"})
_UNTOLD = frozenset({"", "none", "unknown"})
_FAILURES = re.compile(
    r"abnormal|fail|error|invalid|unhealthy|degraded|reject|denied|crash|abort|(?<!\w)lost|broken|conflict"
    r"|non ?compliant|not ?allowed|unrecoverable|(?<!in)stalled|orphan|blocked|mismatch|offline|unavailable"
    r"|time(d ?)?out|expired|critical|warning|cannot|unable|inconsistent|unreachable|evicted|cancel|forbidden"
    r"|back ?off|^(down|red|err)(?!\w)"
)
_PARTICIPLE = re.compile(r"(?<!\w)(?!\w*(?:running|existing|missing))\w{3,}ing(?!\w)|\w+ing(?:to|for|on|up|down)(?!\w)")
_SPLIT = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[\s_,.:;-]+")


def status_of(word: str, *, ends: bool = False) -> HealthStatus | None:
    """Tell what a state means, such as `Ready`, `ScalingDown` or `Waiting for Pods`; None if no family has it.

    Args:
        word: as the controller wrote it; case and separators do not matter.
        ends: the kind runs to an end, as a Job does, so that `Running` is not the goal.
    """
    plain = " ".join(part.lower() for part in _SPLIT.split(word[:400]) if part)
    joined = plain.replace(" ", "")
    if joined in _UNTOLD:
        return HealthStatus.UNKNOWN if joined else None
    if joined in _WELL:
        return HealthStatus.PROGRESSING if ends and joined in {"running", "active"} else HealthStatus.HEALTHY
    if joined in _AT_REST:
        return HealthStatus.SUSPENDED
    if joined in _AT_WORK:
        return HealthStatus.PROGRESSING
    if joined in _ABSENT:
        return HealthStatus.MISSING
    if _FAILURES.search(plain):
        return HealthStatus.DEGRADED
    parts = plain.split(" ")
    if _PARTICIPLE.search(plain) or any(part in _AT_WORK for part in parts) or "in progress" in plain:
        return HealthStatus.PROGRESSING
    if len(parts) > 1 and parts[0] not in {"not", "no"} and any(part in _WELL for part in parts):
        return HealthStatus.HEALTHY
    return None


_ENDS = re.compile(
    r"(Run|Job|Task|Backup|Restore|Snapshot|Workflow|Experiment|Evaluation|Migration|Import|Export|Build|Request"
    r"|Execution|Operation|Test|Scan|Script|Copy|Delete|Erase|Upload|Cleanup)$"
)


def runs_to_an_end(kind: str) -> bool:
    """Tell by its name whether a kind stands for something that ends."""
    return bool(_ENDS.search(kind))
