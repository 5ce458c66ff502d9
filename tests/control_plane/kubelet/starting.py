"""Starts a container: back-off, image, configuration, creation."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from control_plane.kubelet import behaviour, images
from control_plane.kubelet.api import CHANCE, Json
from control_plane.kubelet.behaviour import Behaviour
from control_plane.kubelet.instances import Instance, duration
from control_plane.kubelet.pod_state import PodState
from control_plane.kubelet.references import Lookup, environment_error

Report = Callable[[str, str, str, str], None]
"""Takes type, reason, message and container of an Event."""
PRESENT = 'Container image "{}" already present on machine and can be accessed by the pod'


class Starter:
    """Brings containers of one Pod up."""

    def __init__(self, state: PodState, present: set[tuple[str, str]], lookup: Lookup, report: Report) -> None:
        self.state, self.present, self.lookup, self.report = state, present, lookup, report

    def start(self, spec: Json, now: float) -> float | None:
        """Go one step; returns when to go on, None if the container runs without an end of its own."""
        state, name = self.state, spec["name"]
        does = behaviour.of_container(state.pod, spec)
        previous = state.last(name)
        if state.retry_at.get(name, 0.0) > now:
            return state.retry_at[name]
        if previous is not None and previous.finished is not None:
            over = state.restart_backoff.until(name, previous.finished)
            if now < over:
                wait = duration(state.restart_backoff.seconds(name))
                text = f"back-off {wait} restarting failed container={name} pod={state.full_name}"
                state.waiting[name] = ("CrashLoopBackOff", text)
                said = f"Back-off restarting failed container {name} in pod {state.full_name}"
                self.report("Warning", "BackOff", said, name)
                return min(over + 0.02, now + CHANCE.uniform(20, 30) / state.speed)
        if previous is None and does.number("restarts", 0):
            self._pretend_history(spec, does, now)
            return now + 0.02
        pulled = self._pull(spec, does, now)
        if pulled is not None:
            return pulled
        error = environment_error(self.lookup, state.namespace, spec)
        if does.kind == "configerror":
            error = f'{does.text("kind", "configmap")} "{does.text("name", "absent")}" not found'
        if error:
            self.report("Warning", "Failed", f"Error: {error}", name)
            return self._fail(name, "CreateContainerConfigError", error, now)
        if does.kind == "createerror":
            text = 'failed to generate spec: failed to mkdir "/data": mkdir /data: read-only file system'
            self.report("Warning", "Failed", f"Error: {text}", name)
            return self._fail(name, "CreateContainerError", text, now)
        if previous is not None:
            state.restart_backoff.grow(name, now)
        return self._run(spec, does, previous.attempt + 1 if previous else 0, now)

    def _fail(self, name: str, reason: str, message: str, now: float) -> float:
        self.state.waiting[name] = (reason, message)
        self.state.retry_at[name] = now + CHANCE.uniform(10, 15) / self.state.speed
        return self.state.retry_at[name]

    def _pull(self, spec: Json, does: Behaviour, now: float) -> float | None:
        """Bring the image; None when it is there."""
        state, name, image = self.state, spec["name"], spec["image"]
        node = state.pod["spec"]["nodeName"]
        broken = does.kind == "imagepull"
        if broken and does.text("error") == "invalidname":
            text = images.invalid_name(image)
            self.report("Warning", "InspectFailed", text, name)
            self.report("Warning", "Failed", "Error: InvalidImageName", name)
            return self._fail(name, "InvalidImageName", text, now)
        if not broken and (node, images.reference(image)) in self.present:
            self.report("Normal", "Pulled", PRESENT.format(image), name)
            return None
        if name not in state.pulling:
            if now < state.pull_backoff.until(image, state.pull_backoff.since_growth(image)):
                text = f'Back-off pulling image "{image}"'
                self.report("Normal", "BackOff", text, name)
                self.report("Warning", "Failed", "Error: ImagePullBackOff", name)
                return self._fail(name, "ImagePullBackOff", f"{text}: {state.pull_failed[image]}", now)
            self._warn_of_absent_secrets()
            self.report("Normal", "Pulling", f'Pulling image "{image}"', name)
            state.pulling[name] = now + 1.5 / state.speed
        if now < state.pulling[name]:
            return state.pulling[name]
        del state.pulling[name]
        if broken:
            text = images.pull_error(does.text("error", "notfound"), image)
            self.report("Warning", "Failed", f'Failed to pull image "{image}": {text}', name)
            self.report("Warning", "Failed", "Error: ErrImagePull", name)
            state.pull_backoff.grow(image, now)
            state.pull_failed[image] = f"ErrImagePull: {text}"
            return self._fail(name, "ErrImagePull", text, now)
        size = int(hashlib.sha256(image.encode()).hexdigest()[:7], 16) % 180_000_000 + 20_000_000
        took = f"in 1.5s (1.5s including waiting). Image size: {size} bytes."
        self.report("Normal", "Pulled", f'Successfully pulled image "{image}" {took}', name)
        self.present.add((node, images.reference(image)))
        return None

    def _warn_of_absent_secrets(self) -> None:
        named = [entry["name"] for entry in self.state.pod["spec"].get("imagePullSecrets", [])]
        absent = [name for name in named if self.lookup("secrets", name) is None]
        if absent:
            text = (
                f"Unable to retrieve some image pull secrets ({', '.join(absent)}); "
                "attempting to pull the image may not succeed."
            )
            self.report("Warning", "FailedToRetrieveImagePullSecret", text, "")

    def _pretend_history(self, spec: Json, does: Behaviour, now: float) -> None:
        """A container that has restarted often before we look."""
        count = int(does.number("restarts", 0))
        history = []
        for attempt in (count - 1, count):
            instance = self._new(spec, does, attempt, now - 30)
            instance.end(now, *_ending(does))
            history.append(instance)
        self.state.instances[spec["name"]] = history
        self.state.restart_backoff.seed(spec["name"], count, now)
        self.report("Normal", "Started", "Container started", spec["name"])

    def _new(self, spec: Json, does: Behaviour, attempt: int, now: float) -> Instance:
        instance = Instance(spec, attempt, behaviour.log_text(self.state.pod, spec), started=now)
        if does.kind in ("crashloop", "oom", "completed"):
            default = {"crashloop": 1.0, "oom": 3.0, "completed": 3.0}[does.kind]
            instance.ends_at = now + does.number("run", default) / self.state.speed
        return instance

    def _run(self, spec: Json, does: Behaviour, attempt: int, now: float) -> float | None:
        state, name = self.state, spec["name"]
        instance = self._new(spec, does, attempt, now)
        state.instances[name] = [*state.instances.get(name, []), instance][-2:]
        state.waiting.pop(name, None)
        state.retry_at.pop(name, None)
        self.report("Normal", "Created", "Container created", name)
        if does.kind == "starterror":
            command = (spec.get("command") or ["/app/server"])[0]
            cause = (
                f"stat {command}: no such file or directory"
                if command.startswith("/")
                else ("executable file not found in $PATH")
            )
            text = (
                "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create "
                "failed: unable to start container process: error during container init: "
                f'exec: "{command}": {cause}: unknown'
            )
            instance.lines = []
            instance.started = 0.0
            instance.end(now, 128, "StartError", text)
            self.report("Warning", "Failed", f"Error: {text}", name)
            state.waiting[name] = ("RunContainerError", text)
            return now + 1.0 / state.speed
        self.report("Normal", "Started", "Container started", name)
        return instance.ends_at


def _ending(does: Behaviour) -> tuple[int, str]:
    match does.kind:
        case "oom":
            return 137, "OOMKilled"
        case "completed":
            return 0, "Completed"
        case "crashloop":
            code = int(does.number("exit", 1))
            return code, does.text("reason", "Error" if code else "Completed")
        case _:
            return 137, "Error"


def end_of(does: Behaviour) -> tuple[int, str]:
    """Exit code and reason with which a container ends by itself."""
    return _ending(does)
