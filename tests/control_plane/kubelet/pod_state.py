"""What the simulated kubelet remembers of one Pod."""

from __future__ import annotations

import time

from control_plane.kubelet.api import Json, stamp
from control_plane.kubelet.instances import Backoff, Instance


class PodState:
    """One Pod on one node."""

    def __init__(self, pod: Json, speed: float) -> None:
        self.pod = pod
        self.speed = speed
        self.instances: dict[str, list[Instance]] = {}
        self.waiting: dict[str, tuple[str, str]] = {}
        self.retry_at: dict[str, float] = {}
        self.pulling: dict[str, float] = {}
        self.pull_failed: dict[str, str] = {}
        self.restart_backoff = Backoff(speed)
        self.pull_backoff = Backoff(speed)
        self.mount_due: dict[str, tuple[float, float]] = {}
        self.start_time: float | None = None
        self.volumes_ready = False
        self.sandboxed = False
        self.address = ""
        self.evicted: str | None = None
        self.overdue = False
        self.ending_since: float | None = None
        self.done = pod.get("status", {}).get("phase") in ("Succeeded", "Failed")
        self.gone = False
        self._conditions: dict[str, Json] = {}

    @property
    def uid(self) -> str:
        """The Pod's uid."""
        return str(self.pod["metadata"]["uid"])

    @property
    def namespace(self) -> str:
        """The Pod's namespace."""
        return str(self.pod["metadata"]["namespace"])

    @property
    def name(self) -> str:
        """The Pod's name."""
        return str(self.pod["metadata"]["name"])

    @property
    def full_name(self) -> str:
        """The Pod as the kubelet's messages name it."""
        return f"{self.name}_{self.namespace}({self.uid})"

    def last(self, container: str) -> Instance | None:
        """The latest instance of a container."""
        history = self.instances.get(container)
        return history[-1] if history else None

    def condition(self, kind: str, holds: bool, reason: str | None, message: str | None) -> Json:  # noqa: FBT001
        """A condition whose transition time moves only when its status does."""
        status = "True" if holds else "False"
        before = self._conditions.get(kind)
        known = [entry for entry in self.pod.get("status", {}).get("conditions", []) if entry["type"] == kind]
        before = before or (known[0] if known else None)
        moved = before["lastTransitionTime"] if before and before["status"] == status else stamp(time.time())
        entry = {"type": kind, "status": status, "reason": reason, "message": message, "lastTransitionTime": moved}
        self._conditions[kind] = entry
        return entry
