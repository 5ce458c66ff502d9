"""What annotations say that a container does."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from control_plane.kubelet.api import Json

_INIT = {"initcrash": "crashloop", "initoom": "oom", "initimagepull": "imagepull"}


@dataclass(frozen=True)
class Behaviour:
    """One stage direction."""

    kind: str = "running"
    options: dict[str, str] = field(default_factory=dict)

    def number(self, key: str, default: float) -> float:
        """Read a number."""
        return float(self.options.get(key, default))

    def text(self, key: str, default: str = "") -> str:
        """Read a word."""
        return self.options.get(key, default)


def parse(text: str | None) -> Behaviour:
    """Read `KIND:key=value;key=value`."""
    kind, _, rest = (text or "running").partition(":")
    pairs = (part.partition("=") for part in rest.split(";") if part.strip())
    return Behaviour(kind.strip(), {key.strip(): value for key, _, value in pairs})


def notes_of(thing: Json) -> dict[str, str]:
    """Annotations of an object."""
    return thing["metadata"].get("annotations") or {}


def is_init(pod: Json, name: str) -> bool:
    """Whether a container is an init container or a sidecar."""
    return any(spec["name"] == name for spec in pod["spec"].get("initContainers", []))


def is_sidecar(pod: Json, spec: Json) -> bool:
    """Whether an init container keeps running."""
    return spec.get("restartPolicy") == "Always" and is_init(pod, spec["name"])


def _is_over(pod: Json) -> bool:
    """Whether the reason to misbehave, which `sim/while` names, is not in the Pod's spec."""
    reason = notes_of(pod).get("sim/while")
    return reason is not None and reason not in json.dumps(pod["spec"])


def of_pod(pod: Json) -> Behaviour:
    """What the Pod as a whole does."""
    return Behaviour() if _is_over(pod) else parse(notes_of(pod).get("sim/behaviour"))


def of_container(pod: Json, spec: Json) -> Behaviour:
    """What one container does."""
    name = spec["name"]
    own = notes_of(pod).get(f"sim/behaviour.{name}")
    if own and not _is_over(pod):
        return parse(own)
    whole = of_pod(pod)
    if is_init(pod, name):
        plain = [init["name"] for init in pod["spec"]["initContainers"] if not is_sidecar(pod, init)]
        if whole.kind in _INIT and plain and name == plain[0]:
            return Behaviour(_INIT[whole.kind], whole.options)
        return Behaviour() if is_sidecar(pod, spec) else Behaviour("completed", {"run": "1"})
    if whole.kind in _INIT or name != pod["spec"]["containers"][0]["name"]:
        return Behaviour()
    return whole


def log_text(pod: Json, spec: Json) -> list[str]:
    """What one container prints."""
    notes = {} if _is_over(pod) else notes_of(pod)
    text = notes.get(f"sim/log.{spec['name']}")
    first = pod["spec"]["containers"][0]["name"] == spec["name"]
    if text is None:
        text = notes.get("sim/log", "started") if first else "started"
    return text.rstrip("\n").split("\n") if text else []
