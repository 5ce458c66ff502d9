"""Builds a Pod's status as the kubelet does."""

from __future__ import annotations

import hashlib
import time

from control_plane.kubelet import behaviour, images, probes
from control_plane.kubelet.api import Json, stamp
from control_plane.kubelet.instances import Instance
from control_plane.kubelet.pod_state import PodState


def container_status(state: PodState, spec: Json) -> Json:
    """Status of one container."""
    pod, name = state.pod, spec["name"]
    history = state.instances.get(name, [])
    initial = "PodInitializing" if pod["spec"].get("initContainers") else "ContainerCreating"
    status: Json = {
        "name": name, "image": spec["image"], "imageID": "", "ready": False, "restartCount": 0, "started": False,
        "state": {"waiting": {"reason": initial}}, "lastState": {},
    }  # fmt: skip
    if history:
        _add_instance(state, spec, status, history)
    over = state.done or state.evicted is not None or state.ending_since is not None
    if name in state.waiting and not over and not (history and history[-1].running):
        if "terminated" in status["state"]:
            status["lastState"] = status["state"]
        reason, message = state.waiting[name]
        status["state"] = {"waiting": {"reason": reason, "message": message}}
    return status


def _add_instance(state: PodState, spec: Json, status: Json, history: list[Instance]) -> None:
    pod, instance = state.pod, history[-1]
    full = images.reference(instance.spec["image"])
    status["restartCount"] = instance.attempt
    status["image"] = full
    status["imageID"] = f"{full.rsplit(':', 1)[0]}@sha256:{hashlib.sha256(full.encode()).hexdigest()}"
    status["containerID"] = instance.id
    status["state"] = instance.state()
    if len(history) > 1:
        status["lastState"] = history[-2].state()
    if behaviour.is_init(pod, spec["name"]) and not behaviour.is_sidecar(pod, spec):
        status["ready"] = not instance.running and instance.exit_code == 0
        status["started"] = instance.running
    else:
        does = behaviour.of_container(pod, spec)
        status["started"] = probes.is_started(instance, does)
        status["ready"] = probes.is_ready(instance, does)


def restarts(pod: Json, spec: Json, exit_code: int) -> bool:
    """Whether the kubelet restarts a container that ended so."""
    if behaviour.is_sidecar(pod, spec):
        return True
    policy = spec.get("restartPolicy") or pod["spec"].get("restartPolicy", "Always")
    if behaviour.is_init(pod, spec["name"]):
        return exit_code != 0 and policy != "Never"
    return policy == "Always" or (policy == "OnFailure" and exit_code != 0)


def _ended(status: Json) -> Json | None:
    state = status["state"]
    return state.get("terminated") or (status["lastState"].get("terminated") if "waiting" in state else None)


def _phase(state: PodState, init: list[Json], main: list[Json]) -> str:
    pod = state.pod
    blocked = False
    for spec, status in zip(pod["spec"].get("initContainers", []), init, strict=True):
        ended = _ended(status)
        if behaviour.is_sidecar(pod, spec):
            blocked |= not status["started"] and not ended
        elif ended and ended["exitCode"] and not restarts(pod, spec, ended["exitCode"]):
            return "Failed"
        else:
            blocked |= not ended
    if blocked and not any(state.instances.get(spec["name"]) for spec in pod["spec"]["containers"]):
        return "Pending"
    ends = []
    running = False
    for spec, status in zip(pod["spec"]["containers"], main, strict=True):
        ended = _ended(status)
        running |= "running" in status["state"]
        if ended:
            ends.append((ended["exitCode"], restarts(pod, spec, ended["exitCode"])))
        elif "waiting" in status["state"]:
            return "Pending"
    if running or (any(again for _, again in ends) and state.ending_since is None):
        return "Running"
    if not ends:
        return "Pending"
    return "Succeeded" if all(code == 0 for code, _ in ends) else "Failed"


def pod_status(state: PodState) -> Json:
    """Status of the whole Pod."""
    pod = state.pod
    before = pod.get("status", {})
    init = [container_status(state, spec) for spec in pod["spec"].get("initContainers", [])]
    main = [container_status(state, spec) for spec in pod["spec"]["containers"]]
    phase = _phase(state, init, main)
    status: Json = {"startTime": stamp(state.start_time or time.time()), "reason": None, "message": None}
    for failed, reason, message in (
        (state.evicted is not None, "Evicted", state.evicted),
        (state.overdue, "DeadlineExceeded", "Pod was active on the node longer than the specified deadline"),
    ):
        if failed:
            phase = "Failed"
            status["reason"], status["message"] = reason, message
    status["phase"] = before["phase"] if before.get("phase") in ("Succeeded", "Failed") else phase
    status["hostIP"] = "127.0.0.1"
    if state.address:
        status["podIP"] = state.address
        status["podIPs"] = [{"ip": state.address}]
    if init:
        status["initContainerStatuses"] = init
    status["containerStatuses"] = main
    status["conditions"] = _conditions(state, status["phase"], init, main)
    return status


def _conditions(state: PodState, phase: str, init: list[Json], main: list[Json]) -> list[Json]:
    pod = state.pod
    unset = [
        status["name"]
        for spec, status in zip(pod["spec"].get("initContainers", []), init, strict=True)
        if not status["started" if behaviour.is_sidecar(pod, spec) else "ready"]
    ]
    begun = any(state.instances.get(spec["name"]) for spec in pod["spec"]["containers"])
    unready = [status["name"] for status in main if not status["ready"]]
    ready: tuple[bool, str | None, str | None] = (True, None, None)
    if phase in ("Succeeded", "Failed"):
        ready = (False, "PodCompleted" if phase == "Succeeded" else "PodFailed", None)
    elif unready:
        ready = (False, "ContainersNotReady", f"containers with unready status: [{' '.join(unready)}]")
    initialized: tuple[bool, str | None, str | None] = (True, None, None)
    if unset and not begun:
        message = f"containers with incomplete status: [{' '.join(unset)}]"
        initialized = (False, "ContainersNotInitialized", message)
    rows = [
        ("PodReadyToStartContainers", (state.sandboxed, None, None)),
        ("Initialized", initialized),
        ("Ready", ready),
        ("ContainersReady", ready),
        ("PodScheduled", (True, None, None)),
    ]
    if state.evicted is not None:
        rows.insert(0, ("DisruptionTarget", (True, "TerminationByKubelet", state.evicted)))
    return [state.condition(name, *row) for name, row in rows]
