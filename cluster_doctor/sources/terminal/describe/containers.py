"""The section `Containers:` of a Pod or a Pod template."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pydantic import JsonValue

from cluster_doctor.sources.terminal.describe.probes import read_probe
from cluster_doctor.sources.terminal.merge import JsonObject
from cluster_doctor.sources.terminal.moments import date
from cluster_doctor.sources.terminal.outline import NOTHING, Entry

_PORT = re.compile(r"(\d{1,5})(?:/(TCP|UDP|SCTP))?(?: \(([^)]*)\))?")
_KEY = re.compile(r"<set to the key '([^']*)' (in secret|of config map) '([^']*)'>(?:\s+Optional: (true|false))?")
_FIELD = re.compile(r"\((\w+):([\w.\[\]'/-]+)\)$")
_RESOURCE_FIELD = re.compile(r"(\S+) \(((?:limits|requests)\.\S+)\)$")
_FROM = re.compile(r"(\S+)\s+(ConfigMap|Secret)(?: with prefix '([^']*)')?(?:\s+Optional: (true|false))?")
_MOUNT = re.compile(r"(\S.*?) from (\S+) \(([^)]*)\)")
_SHELL_FLAG = re.compile(r"-\w*c")


def read_containers(section: Entry | None) -> tuple[list[JsonValue], list[JsonValue]]:
    """Read the section into specifications and, where it prints states, statuses."""
    specs: list[JsonValue] = []
    statuses: list[JsonValue] = []
    for entry in section or ():
        name = entry.key
        if not name or name in NOTHING:
            continue
        specs.append(_spec(name, entry))
        status = _status(name, entry)
        if status:
            statuses.append(status)
    return specs, statuses


def _spec(name: str, entry: Entry) -> JsonObject:
    spec: JsonObject = {"name": name}
    if image := entry.get("Image"):
        spec["image"] = image
    ports = read_ports(entry.get("Port", "Ports"), entry.get("Host Port", "Host Ports"))
    spec["ports"] = ports or None
    command, args = entry.find("Command"), entry.find("Args")
    spec["command"] = _arguments(command) if command else None
    spec["args"] = _arguments(args, script=_ends_in_shell(spec["command"])) if args else None
    resources: JsonObject = {}
    for key, field in (("Limits", "limits"), ("Requests", "requests")):
        found = entry.find(key)
        amounts: JsonObject = {line.key: line.value for line in found or () if line.key}
        resources[field] = amounts or None
    spec["resources"] = resources
    for key in ("Liveness", "Readiness", "Startup"):
        found = entry.find(key)
        spec[f"{key.lower()}Probe"] = read_probe(found.value) if found else None
    source = entry.find("Environment Variables from")
    spec["envFrom"] = [read for line in source or () if (read := _env_from(line.text))] or None
    environment = entry.find("Environment")
    spec["env"] = _env(environment) if environment and environment.children else None
    mounts = entry.find("Mounts")
    if mounts:
        spec["volumeMounts"] = [read for line in mounts if (read := _mount(line.text))] or None
    return spec


def read_ports(shown: str | None, host: str | None) -> list[JsonValue]:
    """Read `8080/TCP, 9090/TCP`; newer kubectl adds names: `8080/TCP (http)`. Host port 0 is none."""
    ports: list[JsonValue] = []
    hosts = [_PORT.match(part.strip()) for part in (host or "").split(",")]
    for position, part in enumerate((shown or "").split(",")):
        match = _PORT.match(part.strip())
        if not match:
            continue
        port: JsonObject = {"containerPort": int(match[1]), "protocol": match[2] or "TCP"}
        if match[3]:
            port["name"] = match[3]
        other = hosts[position] if position < len(hosts) else None
        if other and int(other[1]):
            port["hostPort"] = int(other[1])
        ports.append(port)
    return ports


def _ends_in_shell(command: JsonValue) -> bool:
    """Tell whether a command waits for a script as its next argument."""
    return isinstance(command, list) and len(command) > 1 and bool(_SHELL_FLAG.fullmatch(str(command[-1])))


def _arguments(section: Entry, *, script: bool = False) -> list[JsonValue]:
    """One argument a line; lines of a script behind `sh -c` belong together, because kubectl splits them."""
    lines = list(section.lines())
    if script:
        return ["\n".join(lines)]
    for position, line in enumerate(lines[:-1]):
        if position <= 1 and _SHELL_FLAG.fullmatch(line):
            return [*lines[: position + 1], "\n".join(lines[position + 1 :])]
    return list(lines)


def _optional(text: str | None) -> JsonObject:
    return {"optional": True} if text == "true" else {}


def _env(section: Entry) -> list[JsonValue]:
    found: list[JsonValue] = []
    last: JsonObject | None = None
    names = min((entry.indent for entry in section), default=0)
    for entry in section:
        if not entry.key or entry.indent > names:
            if last is not None and isinstance(last.get("value"), str):
                last["value"] = f"{last['value']}\n{entry.text}"
            continue
        last = _variable(entry.key, entry.value)
        if entry.children and isinstance(last.get("value"), str):
            last["value"] = "\n".join([entry.value, *entry.below()])
        found.append(last)
    return found


def _variable(name: str, value: str) -> JsonObject:
    if match := _KEY.match(value):
        field = "secretKeyRef" if match[2] == "in secret" else "configMapKeyRef"
        return {"name": name, "valueFrom": {field: {"name": match[3], "key": match[1], **_optional(match[4])}}}
    if match := _FIELD.fullmatch(value):
        return {"name": name, "valueFrom": {"fieldRef": {"apiVersion": match[1], "fieldPath": match[2]}}}
    if match := _RESOURCE_FIELD.fullmatch(value):
        return {"name": name, "valueFrom": {"resourceFieldRef": {"resource": match[2]}}}
    return {"name": name, "value": value}


def _env_from(line: str) -> JsonObject | None:
    match = _FROM.match(line)
    if not match:
        return None
    field = "secretRef" if match[2] == "Secret" else "configMapRef"
    found: JsonObject = {field: {"name": match[1], **_optional(match[4])}}
    if match[3]:
        found["prefix"] = match[3]
    return found


def _mount(line: str) -> JsonObject | None:
    match = _MOUNT.fullmatch(line)
    if not match:
        return None
    mount: JsonObject = {"mountPath": match[1], "name": match[2]}
    for flag in match[3].split(","):
        key, equals, value = flag.partition("=")
        if flag == "ro":
            mount["readOnly"] = True
        elif equals and key == "path":
            mount["subPath"] = value.strip('"')
    return mount


def _status(name: str, entry: Entry) -> JsonObject | None:
    state = entry.find("State")
    if state is None:
        return None
    status: JsonObject = {"name": name, "ready": entry.get("Ready") == "True", "state": _state(state)}
    restarts = entry.get("Restart Count") or "0"
    status["restartCount"] = int(restarts) if restarts.isdigit() and len(restarts) < 10 else 0
    last = entry.find("Last State")
    status["lastState"] = _state(last) if last else {}
    for key, field in (("Container ID", "containerID"), ("Image", "image"), ("Image ID", "imageID")):
        status[field] = entry.get(key) or ""
    return status


def _state(entry: Entry) -> JsonObject:
    word = entry.value.lower()
    if word not in {"waiting", "running", "terminated"}:
        return {}
    if word == "running":
        return {"running": _set(startedAt=date(entry.get("Started") or ""))}
    message = entry.find("Message")
    said = "\n".join(message.lines()) if message else None
    if word == "waiting":
        return {"waiting": _set(reason=entry.get("Reason"), message=said)}
    return {
        "terminated": _set(
            reason=entry.get("Reason"),
            message=said,
            exitCode=_integer(entry.get("Exit Code")),
            signal=_integer(entry.get("Signal")),
            startedAt=date(entry.get("Started") or ""),
            finishedAt=date(entry.get("Finished") or ""),
        )
    }


def _integer(text: str | None) -> int | None:
    return int(text) if text and re.fullmatch(r"-?\d{1,9}", text) else None


def _set(**fields: str | int | None) -> JsonObject:
    return {name: value for name, value in fields.items() if value is not None}


def labelled(lines: Iterable[str]) -> JsonObject:
    """Read lines of `key=value`, as labels and node selectors are printed."""
    return {key: value for key, equals, value in (line.partition("=") for line in lines) if equals}
