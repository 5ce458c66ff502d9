"""How containers end, read off their status."""

from __future__ import annotations

from datetime import datetime, timedelta

from cluster_doctor.snapshot.paths import dig, integer, text
from cluster_doctor.snapshot.times import parse_time
from cluster_doctor.snapshot.views import Container, ContainerRole, Pod

RECENT = timedelta(minutes=10)
"""A restart further back than this healed by itself; the kubelet's longest back-off is five minutes."""

SIGNALS = {129: "SIGHUP", 130: "SIGINT", 134: "SIGABRT", 137: "SIGKILL", 139: "SIGSEGV", 143: "SIGTERM"}
"""Exit codes above 128 name the signal that ended the process: 128 + its number."""


def crashing_now(pod: Pod, container: Container, now: datetime) -> bool:
    """Tell whether a container keeps ending at the time of the picture.

    One that ended with 0 counts as well where it is started again at once: a server must not end.
    """
    if container.waiting == "CrashLoopBackOff":
        return True
    exit_code = integer(container.terminated, "exitCode")
    if container.terminated:
        if container.role is ContainerRole.INIT:
            return exit_code != 0
        return exit_code != 0 and pod.spec.restart_policy != "Never"
    if container.restarts < 2 and not (container.restarts and not container.ready):
        return False
    finished = parse_time(dig(container.last_terminated, "finishedAt")) or container.running_since
    return finished is not None and now - finished < RECENT


def exit_code(container: Container) -> int | None:
    """Exit code of the latest instance that ended, None if none did."""
    ended, _ = container.ended
    return integer(ended, "exitCode") if ended else None


def how_it_ended(container: Container) -> str:
    """Describe the latest end: `exit 137 (SIGKILL), OOMKilled, 4 restarts`."""
    ended, _ = container.ended
    parts = []
    if ended:
        code = integer(ended, "exitCode")
        signal = SIGNALS.get(code)
        parts.append(f"exit {code} ({signal})" if signal else f"exit {code}")
        reason = text(ended, "reason")
        if reason and reason != "Error":
            parts.append(reason)
    else:
        parts.append(container.waiting or "restarted")
    parts.append(f"{container.restarts} restarts")
    return ", ".join(parts)
