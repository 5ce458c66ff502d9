"""Probes of running containers."""

from __future__ import annotations

from collections.abc import Callable

from control_plane.kubelet.api import Json
from control_plane.kubelet.behaviour import Behaviour
from control_plane.kubelet.instances import Instance, ProbeState

FORCED = {"notready": "readiness", "livenessfail": "liveness", "startupfail": "startup"}
"""Behaviours that fail a probe; where the Pod has no such probe, one is imagined."""
_IMAGINED: Json = {"httpGet": {"path": "/healthz", "port": 8080}}

Report = Callable[[str, str], None]
"""Takes the reason and message of a Warning."""


def run_probes(
    instance: Instance, does: Behaviour, address: str, now: float, speed: float, report: Report
) -> tuple[str | None, list[float]]:
    """Run the probes that are due. Returns the probe for which the container must be killed, and the next times."""
    age = (now - instance.started) * speed
    wakes: list[float] = []
    for name in ("startup", "liveness", "readiness"):
        probe = instance.spec.get(f"{name}Probe") or (_IMAGINED if FORCED.get(does.kind) == name else None)
        if probe is None:
            continue
        delay = float(probe.get("initialDelaySeconds", 0)) / speed
        state = instance.probes.setdefault(name, ProbeState(instance.started + delay + 0.1 / speed))
        started = instance.probes.get("startup")
        if (name != "startup" and started is not None and started.result is not True) or (
            name == "startup" and state.result is True
        ):
            continue
        if now < state.due:
            wakes.append(state.due)
            continue
        state.due = now + float(probe.get("periodSeconds", 10)) / speed
        wakes.append(state.due)
        if not _fails(name, does, age):
            state.passed, state.failed = state.passed + 1, 0
            if state.passed >= int(probe.get("successThreshold", 1)):
                state.result = True
            continue
        state.failed, state.passed = state.failed + 1, 0
        report("Unhealthy", f"{name.capitalize()} probe failed: {_answer(probe, does, address, instance.spec)}")
        if state.failed >= int(probe.get("failureThreshold", 3)):
            if name != "readiness":
                return name, wakes
            state.result = False
        elif state.result is None and name != "startup":
            state.result = False
    return None, wakes


def _fails(name: str, does: Behaviour, age: float) -> bool:
    if name == "readiness":
        return (does.kind == "notready" and age >= does.number("after", 0)) or age < does.number("ready", 0)
    if name == "liveness":
        return does.kind == "livenessfail" and age >= does.number("after", 10)
    return does.kind == "startupfail"


def _answer(probe: Json, does: Behaviour, address: str, spec: Json) -> str:
    if "exec" in probe:
        return ""
    if "tcpSocket" in probe:
        return f"dial tcp {address}:{_port(probe['tcpSocket']['port'], spec)}: connect: connection refused"
    http = probe.get("httpGet") or _IMAGINED["httpGet"]
    port = _port(http["port"], spec)
    url = f"{(http.get('scheme') or 'HTTP').lower()}://{address}:{port}{http.get('path') or '/'}"
    match does.text("probe"):
        case "refused":
            return f'Get "{url}": dial tcp {address}:{port}: connect: connection refused'
        case "timeout":
            return f'Get "{url}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
        case _:
            return f"HTTP probe failed with statuscode: {does.text('code', '503')}"


def _port(port: object, spec: Json) -> object:
    named = {entry.get("name"): entry["containerPort"] for entry in spec.get("ports", [])}
    return named.get(port, port)


def is_started(instance: Instance, does: Behaviour) -> bool:
    """Whether the startup probe has passed, if there is one."""
    if not instance.running:
        return False
    if instance.spec.get("startupProbe") or does.kind == "startupfail":
        state = instance.probes.get("startup")
        return state is not None and state.result is True
    return True


def is_ready(instance: Instance, does: Behaviour) -> bool:
    """Whether the readiness probe passes, if there is one."""
    if not is_started(instance, does):
        return False
    if instance.spec.get("readinessProbe") or does.kind == "notready":
        state = instance.probes.get("readiness")
        return state is not None and state.result is True
    return True
