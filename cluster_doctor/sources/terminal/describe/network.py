"""`kubectl describe` of Services, endpoints, Ingresses and NetworkPolicies."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pydantic import JsonValue

from cluster_doctor.sources.terminal.describe.probes import port as port_of
from cluster_doctor.sources.terminal.merge import JsonObject
from cluster_doctor.sources.terminal.moments import Clock
from cluster_doctor.sources.terminal.outline import NOTHING, Entry
from cluster_doctor.sources.terminal.rows.cells import number, pairs, selector

_PORT = re.compile(r"(?:(\S+)\s+)?(\d{1,5})/(\w+)")
_BACKEND = re.compile(r"(\S+?):(\S+)(?:\s+\(.*\))?")
_TLS = re.compile(r"(\S+) terminates(?: (.*))?")


def described_service(outline: Entry, _: Clock) -> JsonObject:
    """Read a Service; `Port`, `TargetPort`, `NodePort` and `Endpoints` repeat for every port."""
    ports: list[JsonValue] = []
    last: JsonObject = {}
    for entry in outline:
        match = _PORT.fullmatch(entry.value)
        if entry.key == "Port" and match:
            last = {"port": int(match[2]), "protocol": match[3]}
            if match[1] and match[1] != "<unset>":
                last["name"] = match[1]
            ports.append(last)
        elif entry.key == "TargetPort" and entry.value:
            last["targetPort"] = port_of(entry.value.partition("/")[0])
        elif entry.key == "NodePort" and match:
            last["nodePort"] = int(match[2])
    spec: JsonObject = {
        "selector": pairs(outline.get("Selector") or ""),
        "type": outline.get("Type"),
        "ports": ports or None,
        "sessionAffinity": outline.get("Session Affinity"),
        "ipFamilyPolicy": outline.get("IP Family Policy"),
        "externalTrafficPolicy": outline.get("External Traffic Policy"),
        "internalTrafficPolicy": outline.get("Internal Traffic Policy"),
    }
    if outline.get("Type") == "ExternalName":
        spec["externalName"] = outline.get("External Name")
    else:
        spec["clusterIP"] = outline.get("IP")
    found: JsonObject = {"spec": spec}
    balanced = outline.get("LoadBalancer Ingress")
    if balanced:
        parts = [part.strip().partition(" ")[0] for part in balanced.split(",")]
        found["status"] = {
            "loadBalancer": {
                "ingress": [
                    {"ip" if re.fullmatch(r"[\d.]+|[\da-fA-F:]+", part) else "hostname": part} for part in parts
                ]
            }
        }
    return found


def described_endpoints(outline: Entry, _: Clock) -> JsonObject:
    """Read Endpoints; every `Addresses` begins a subset."""
    subsets: list[JsonValue] = []
    last: JsonObject = {}
    for entry in outline.find("Subsets") or ():
        if entry.key == "Addresses":
            last = {"addresses": _addresses(entry.value)}
            subsets.append(last)
        elif entry.key == "NotReadyAddresses" and entry.value not in NOTHING:
            last["notReadyAddresses"] = _addresses(entry.value)
        elif entry.key == "Ports":
            last["ports"] = [read for line in entry if (read := _endpoint_port(line.text))]
    for subset in subsets:
        if isinstance(subset, dict) and not subset["addresses"]:
            del subset["addresses"]
    return {"subsets": subsets}


def _addresses(cell: str) -> list[JsonValue]:
    return [{"ip": ip.strip()} for ip in cell.split(",") if ip.strip() not in NOTHING]


def _endpoint_port(line: str) -> JsonObject | None:
    words = line.split()
    if len(words) != 3 or not words[1].isdigit() or len(words[1]) > 5:
        return None
    found: JsonObject = {"port": int(words[1]), "protocol": words[2]}
    if words[0] != "<unset>":
        found["name"] = words[0]
    return found


def described_endpoint_slice(outline: Entry, _: Clock) -> JsonObject:
    """Read an EndpointSlice."""
    section = outline.find("Ports")
    ports: list[JsonValue] = [read for line in section or () if (read := _endpoint_port(line.text))]
    endpoints: list[JsonValue] = []
    last: JsonObject = {}
    for entry in outline.find("Endpoints") or ():
        if entry.key.startswith("- Addresses"):
            last = {"addresses": [ip.strip() for ip in entry.value.split(",") if ip.strip()]}
            endpoints.append(last)
            _slice_endpoint(last, entry)
    return {"addressType": outline.get("AddressType"), "ports": ports, "endpoints": endpoints}


def _slice_endpoint(endpoint: JsonObject, entry: Entry) -> None:
    for line in entry.children:
        if line.key == "Conditions":
            ready = line.get("Ready")
            if ready in {"true", "false"}:
                endpoint["conditions"] = {"ready": ready == "true"}
        elif line.key == "TargetRef" and "/" in line.value:
            kind, _, name = line.value.partition("/")
            endpoint["targetRef"] = {"kind": kind, "name": name}
        elif line.key == "NodeName" and line.value not in NOTHING:
            endpoint["nodeName"] = line.value


def described_ingress(outline: Entry, _: Clock) -> JsonObject:
    """Read an Ingress: rules, backends, TLS."""
    spec: JsonObject = {"ingressClassName": outline.get("Ingress Class")}
    default = outline.get("Default backend")
    if default and not default.startswith("default-http-backend"):
        spec["defaultBackend"] = _backend(default)
    secrets: list[JsonValue] = []
    for line in outline.find("TLS") or ():
        match = _TLS.fullmatch(line.text)
        if match:
            hosts: list[JsonValue] = [host for host in (match[2] or "").split(",") if host]
            secrets.append({"secretName": match[1], **({"hosts": hosts} if hosts else {})})
    spec["tls"] = secrets or None
    spec["rules"] = _rules(outline.find("Rules") or ()) or None
    found: JsonObject = {"spec": spec}
    address = outline.get("Address")
    if address:
        found["status"] = {"loadBalancer": {"ingress": [{"ip": part.strip()} for part in address.split(",")]}}
    return found


def _rules(lines: Iterable[Entry]) -> list[JsonValue]:
    rules: list[JsonValue] = []
    flat = [deep for line in lines for deep in (line, *_walk(line))]
    paths: list[JsonValue] = []
    for line in flat:
        text = line.text
        if text.startswith(("Host ", "----")):
            continue
        path, _, rest = text.partition(" ")
        if path.startswith("/") or _BACKEND.fullmatch(text):
            shown = rest.strip() if path.startswith("/") else text
            paths.append({"path": path if path.startswith("/") else "/", "backend": _backend(shown)})
        else:
            paths = []
            host: JsonObject = {} if text == "*" else {"host": text}
            rules.append({**host, "http": {"paths": paths}})
    return rules


def _walk(entry: Entry) -> Iterable[Entry]:
    for child in entry:
        yield child
        yield from _walk(child)


def _backend(text: str) -> JsonObject:
    match = _BACKEND.match(text)
    if not match:
        return {}
    shown = match[2]
    return {"service": {"name": match[1], "port": {"number": int(shown)} if number(shown) else {"name": shown}}}


def described_network_policy(outline: Entry, _: Clock) -> JsonObject:
    """Read a NetworkPolicy: whom it selects, its directions, and its rules as far as they are printed."""
    section = outline.find("Spec") or outline
    chosen = section.get("PodSelector") or ""
    types: list[JsonValue] = [part.strip() for part in (section.get("Policy Types") or "").split(",") if part.strip()]
    spec: JsonObject = {
        "podSelector": {} if chosen.startswith("<none>") else selector(chosen) or {},
        "policyTypes": types,
    }
    for key, field, peers in (
        ("Allowing ingress traffic", "ingress", "from"),
        ("Allowing egress traffic", "egress", "to"),
    ):
        rules = section.find(key)
        if rules:
            spec[field] = _policy_rules(rules, peers)
    return {"spec": spec}


def _policy_rules(section: Entry, field: str) -> list[JsonValue]:
    rules: list[JsonValue] = []
    ports: list[JsonValue] = []
    peers: list[JsonValue] = []

    def end() -> None:
        if ports or peers:
            rules.append({**({"ports": list(ports)} if ports else {}), **({field: list(peers)} if peers else {})})
        ports.clear()
        peers.clear()

    for line in section:
        if line.text.startswith("<none>"):
            return []
        if line.text.startswith("---"):
            end()
        elif line.key == "To Port" and (match := re.match(r"(\S+?)/(\w+)", line.value)):
            ports.append({"port": port_of(match[1]), "protocol": match[2]})
        elif line.key in {"From", "To"}:
            if line.value.startswith("<any>"):
                peers.append({})
            peers += _peers(line)
    end()
    return [_anyone(rule, field) for rule in rules]


def _anyone(rule: JsonValue, field: str) -> JsonValue:
    """A rule without peers lets everybody in; the API says so by leaving the list out."""
    if isinstance(rule, dict) and rule.get(field) == [{}]:
        return {key: value for key, value in rule.items() if key != field}
    return rule


def _peers(line: Entry) -> list[JsonValue]:
    peer: JsonObject = {}
    for part in line:
        match part.key:
            case "PodSelector":
                peer["podSelector"] = selector(part.value) or {}
            case "NamespaceSelector":
                peer["namespaceSelector"] = selector(part.value) or {}
            case "CIDR":
                peer["ipBlock"] = {"cidr": part.value}
            case "IPBlock":
                excepted: list[JsonValue] = [cidr.strip() for cidr in (part.get("Except") or "").split(",") if cidr]
                peer["ipBlock"] = {
                    "cidr": part.get("CIDR") or "",
                    **({"except": excepted} if excepted else {}),
                }
            case _:
                continue
    return [peer] if peer else []
