"""Instances of containers in an imaginary runtime, and back-off between them."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field

from control_plane.kubelet.api import Json, stamp


@dataclass
class ProbeState:
    """How one probe of an instance fares."""

    due: float
    passed: int = 0
    failed: int = 0
    result: bool | None = None


@dataclass
class Instance:
    """One run of one container. `ends_at` None: it runs until it is killed."""

    spec: Json
    attempt: int
    lines: list[str]
    started: float = 0.0
    finished: float | None = None
    ends_at: float | None = None
    exit_code: int = 0
    reason: str = "Completed"
    message: str = ""
    probes: dict[str, ProbeState] = field(default_factory=dict)
    killed_at: tuple[float, int] | None = None
    id: str = field(default_factory=lambda: "containerd://" + hashlib.sha256(os.urandom(16)).hexdigest())

    @property
    def name(self) -> str:
        """The container's name."""
        return str(self.spec["name"])

    @property
    def running(self) -> bool:
        """Whether it runs."""
        return self.finished is None

    def end(self, moment: float, code: int, reason: str, message: str = "") -> None:
        """End it."""
        self.finished, self.exit_code, self.reason, self.message = moment, code, reason, message

    def state(self) -> Json:
        """Its state, as the kubelet reports it."""
        if self.finished is None:
            return {"running": {"startedAt": stamp(self.started)}}
        ended: Json = {
            "exitCode": self.exit_code,
            "reason": self.reason,
            "startedAt": stamp(self.started),
            "finishedAt": stamp(self.finished),
            "containerID": self.id,
        }
        if self.message:
            ended["message"] = self.message
        return {"terminated": ended}


class Backoff:
    """The kubelet's back-off: 10 s, doubling, up to 5 minutes."""

    def __init__(self, speed: float) -> None:
        self.speed = speed
        self._entries: dict[str, tuple[float, float]] = {}

    def seconds(self, key: str) -> float:
        """The current wait, in simulated seconds."""
        return self._entries.get(key, (0.0, 0.0))[0]

    def until(self, key: str, since: float) -> float:
        """When the wait that began at `since` is over."""
        return since + self.seconds(key) / self.speed

    def grow(self, key: str, now: float) -> None:
        """Double the wait."""
        before = self.seconds(key)
        self._entries[key] = (min(300.0, before * 2) if before else 10.0, now)

    def since_growth(self, key: str) -> float:
        """When the wait was last doubled."""
        return self._entries.get(key, (0.0, 0.0))[1]

    def seed(self, key: str, restarts: int, now: float) -> None:
        """Pretend that there were restarts before."""
        self._entries[key] = (min(300.0, 10.0 * 2 ** max(0, restarts - 1)), now)


def duration(seconds: float) -> str:
    """Write a duration as Go does: `1m20s`."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return (f"{hours}h" if hours else "") + (f"{minutes}m" if minutes or hours else "") + f"{rest}s"
