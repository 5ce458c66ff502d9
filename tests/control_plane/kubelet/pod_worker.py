"""Drives one Pod, a step at a time."""

from __future__ import annotations

import json
import threading
import time

from control_plane.kubelet import behaviour, probes
from control_plane.kubelet.api import CHANCE, MERGE, ApiError, Json, say
from control_plane.kubelet.instances import Instance
from control_plane.kubelet.node_agent import NodeAgents
from control_plane.kubelet.pod_state import PodState
from control_plane.kubelet.references import volume_errors
from control_plane.kubelet.starting import Starter, end_of
from control_plane.kubelet.status import pod_status, restarts

_CNI = (
    'rpc error: code = Unknown desc = failed to setup network for sandbox "{}": plugin type="calico" failed (add): '
    "stat /var/lib/calico/nodename: no such file or directory: "
    "check that the calico/node container is running and has mounted /var/lib/calico/"
)
_NFS = (
    "mount failed: exit status 32\nMounting command: mount\nMounting arguments: -t nfs storage.example.com:/export "
    "/var/lib/kubelet/pods/{}/volumes/kubernetes.io~nfs/{}\nOutput: mount.nfs: Connection timed out"
)
_LOW = "The node was low on resource: {}. Threshold quantity: 100Mi, available: 84204Ki. "


class PodWorker:
    """One Pod; `step` is called whenever something is due."""

    def __init__(self, pod: Json, agents: NodeAgents) -> None:
        self.state = PodState(pod, agents.speed)
        self.agents = agents
        self.lock = threading.Lock()
        self._sent = ""
        self.starter = Starter(
            self.state,
            agents.images,
            lambda plural, name: agents.lookup(self.state.namespace, plural, name),
            self._report,
        )

    @property
    def node(self) -> str:
        """The node that the Pod is bound to."""
        return str(self.state.pod["spec"]["nodeName"])

    def _report(self, kind: str, reason: str, message: str, container: str = "") -> None:
        state = self.state
        about: Json = {
            "kind": "Pod", "apiVersion": "v1", "namespace": state.namespace, "name": state.name, "uid": state.uid,
            "resourceVersion": state.pod["metadata"]["resourceVersion"],
        }  # fmt: skip
        if container:
            place = "initContainers" if behaviour.is_init(state.pod, container) else "containers"
            about["fieldPath"] = f"spec.{place}{{{container}}}"
        self.agents.recorders[self.node].record(about, kind, reason, message)

    def step(self) -> float | None:
        """Do what is due; returns when to be called again."""
        state, now = self.state, time.time()
        if state.gone:
            return None
        wakes = self._exits(now)
        if state.pod["metadata"].get("deletionTimestamp"):
            return self._terminate(now)
        if state.done:
            return None
        if state.start_time is None:
            state.start_time = now
        wake = self._volumes(now)
        if wake is None:
            wake = self._sandbox(now)
        if wake is not None:
            self._write()
            return wake
        wakes += self._limits(now)
        if self._over():
            self._write()
            return None
        wakes += self._probes(now)
        wakes += self._containers(now)
        self._write()
        if self._sent and json.loads(self._sent)["phase"] in ("Succeeded", "Failed"):
            state.done = True
            self._stop_all(now, 0)
            self._write()
            return None
        return max(min([*wakes, now + 60.0]), now + 0.02)

    def _limits(self, now: float) -> list[float]:
        due = (self._deadline(now), self._eviction(now) if not self._over() else None)
        return [moment for moment in due if moment is not None]

    def _over(self) -> bool:
        return self.state.done

    def _exits(self, now: float) -> list[float]:
        wakes = []
        for history in self.state.instances.values():
            instance = history[-1]
            if not instance.running or instance.ends_at is None:
                continue
            if now >= instance.ends_at:
                code, reason = end_of(behaviour.of_container(self.state.pod, instance.spec))
                instance.end(instance.ends_at, code, reason, self._last_words(instance, code))
                self.state.waiting.pop(instance.name, None)
                self.state.retry_at[instance.name] = now + 1.0 / self.state.speed
                self._write()
            else:
                wakes.append(instance.ends_at)
        return wakes

    def _last_words(self, instance: Instance, code: int) -> str:
        wanted = instance.spec.get("terminationMessagePolicy") == "FallbackToLogsOnError"
        return "\n".join(instance.lines[-80:])[-2048:] + "\n" if wanted and code and instance.lines else ""

    def _deadline(self, now: float) -> float | None:
        state = self.state
        seconds = state.pod["spec"].get("activeDeadlineSeconds")
        if not seconds or state.start_time is None:
            return None
        due = state.start_time + seconds / state.speed
        if now < due:
            return float(due)
        self._report("Normal", "DeadlineExceeded", "Pod was active on the node longer than the specified deadline")
        self._stop_all(now, 137)
        state.overdue = state.done = True
        return None

    def _volumes(self, now: float) -> float | None:
        state = self.state
        if state.volumes_ready:
            return None
        broken = dict(volume_errors(self.starter.lookup, state.pod))
        does = behaviour.of_pod(state.pod)
        if does.kind == "mountfail":
            volume = does.text("volume", "data")
            broken[volume] = _NFS.format(state.uid, volume)
        for volume, error in broken.items():
            due, wait = state.mount_due.get(volume, (0.0, 0.5))
            if now >= due:
                self._report("Warning", "FailedMount", f'MountVolume.SetUp failed for volume "{volume}" : {error}')
                state.mount_due[volume] = (now + wait / state.speed, min(122.0, wait * 2))
        state.volumes_ready = not broken
        return min(state.mount_due[volume][0] for volume in broken) if broken else None

    def _sandbox(self, now: float) -> float | None:
        state = self.state
        if behaviour.of_pod(state.pod).kind == "sandboxfail":
            text = _CNI.format(state.uid.replace("-", "") * 2)
            self._report("Warning", "FailedCreatePodSandBox", f"Failed to create pod sandbox: {text}")
            return now + CHANCE.uniform(10, 15) / state.speed
        if not state.sandboxed:
            state.sandboxed = True
            state.address = state.address or self.agents.address(self.node, state.pod)
        return None

    def _eviction(self, now: float) -> float | None:
        state, does = self.state, behaviour.of_pod(self.state.pod)
        if does.kind != "evicted" or state.start_time is None:
            return None
        owner = next((ref["uid"] for ref in state.pod["metadata"].get("ownerReferences", [])), state.uid)
        if not self.agents.may_evict(owner, state.uid, int(does.number("max", 1))):
            return None
        due = state.start_time + does.number("after", 5) / state.speed
        if now < due or not state.instances:
            return max(due, now + 0.1)
        resource, spec = does.text("resource", "memory"), state.pod["spec"]["containers"][0]
        asked = (spec.get("resources", {}).get("requests") or {}).get(resource, "0")
        used = does.text("using", "1536Mi")
        text = (
            f"{_LOW.format(resource)}Container {spec['name']} was using {used}, request is {asked}, "
            f"has larger consumption of {resource}. "
        )
        self._report("Warning", "Evicted", text)
        self._stop_all(now, 137)
        state.evicted, state.done, state.sandboxed = text, True, False
        return None

    def _probes(self, now: float) -> list[float]:
        state, wakes = self.state, []
        for history in state.instances.values():
            instance = history[-1]
            if not instance.running:
                continue
            if instance.killed_at:
                due, code = instance.killed_at
                if now >= due:
                    instance.end(now, code, "Error")
                    state.waiting.pop(instance.name, None)
                else:
                    wakes.append(due)
                continue
            does = behaviour.of_container(state.pod, instance.spec)
            name = instance.name
            failed, more = probes.run_probes(
                instance, does, state.address, now, state.speed,
                lambda reason, message, name=name: self._report("Warning", reason, message, name),  # type: ignore[misc]  # a default binds the name
            )  # fmt: skip
            wakes += more
            if failed:
                again = ", will be restarted" if restarts(state.pod, instance.spec, 1) else ""
                self._report("Normal", "Killing", f"Container {name} failed {failed} probe{again}", name)
                instance.killed_at = (now + 2.0 / state.speed, int(does.number("exit", 137)))
                wakes.append(instance.killed_at[0])
        return wakes

    def _containers(self, now: float) -> list[float]:
        state, pod = self.state, self.state.pod
        wakes: list[float] = []

        def up(spec: Json) -> None:
            last = state.last(spec["name"])
            if last is None or (not last.running and restarts(pod, spec, last.exit_code)):
                wake = self.starter.start(spec, now)
                if wake is not None:
                    wakes.append(wake)

        for spec in pod["spec"].get("initContainers", []):
            last = state.last(spec["name"])
            if last is not None and not last.running and last.exit_code == 0 and not behaviour.is_sidecar(pod, spec):
                continue
            up(spec)
            last = state.last(spec["name"])
            begun = last is not None and probes.is_started(last, behaviour.of_container(pod, spec))
            if not (behaviour.is_sidecar(pod, spec) and begun):
                return wakes
        for spec in pod["spec"]["containers"]:
            up(spec)
        if any(history[-1].running and not history[-1].probes for history in state.instances.values()):
            wakes.append(now + 0.2 / state.speed)
        return wakes

    def _stop_all(self, now: float, code: int) -> None:
        for history in self.state.instances.values():
            if history[-1].running:
                self._report("Normal", "Killing", f"Stopping container {history[-1].name}", history[-1].name)
                history[-1].end(now, code, "Error" if code else "Completed")

    def _terminate(self, now: float) -> float | None:
        state = self.state
        if state.ending_since is None:
            state.ending_since = now
        if behaviour.of_pod(state.pod).kind == "stuckterm":
            return now + 10.0
        due = state.ending_since + min(state.pod["metadata"].get("deletionGracePeriodSeconds", 30), 1.0) / state.speed
        if now < due:
            return float(due)
        self._stop_all(now, 0 if behaviour.of_pod(state.pod).kind == "running" else 137)
        if not state.done:
            self._write()
        options = {
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            "gracePeriodSeconds": 0,
            "preconditions": {"uid": state.uid},
        }
        try:
            self.agents.api.send("DELETE", f"/api/v1/namespaces/{state.namespace}/pods/{state.name}", options)
        except ApiError as error:
            if error.status != 409:
                return now + 2.0
        if state.pod["metadata"].get("finalizers"):
            return now + 5.0
        state.gone = True
        return None

    def _write(self) -> None:
        state = self.state
        status = pod_status(state)
        text = json.dumps(status, sort_keys=True)
        if text == self._sent:
            return
        path = f"/api/v1/namespaces/{state.namespace}/pods/{state.name}/status"
        try:
            answer = self.agents.api.send("PATCH", path, {"metadata": {"uid": state.uid}, "status": status}, MERGE)
        except ApiError as error:
            state.gone = error.status == 409
            say("status not written:", error)
            return
        if answer is None:
            state.gone = True
            return
        self._sent = text
        if int(answer["metadata"]["resourceVersion"]) > int(state.pod["metadata"]["resourceVersion"]):
            state.pod = answer
