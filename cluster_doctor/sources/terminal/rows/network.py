"""Rows of Services and what leads to them."""

from __future__ import annotations

import re

from pydantic import JsonValue

from cluster_doctor.sources.terminal.merge import JsonObject
from cluster_doctor.sources.terminal.moments import Clock
from cluster_doctor.sources.terminal.rows.cells import NONE, pairs, selector
from cluster_doctor.sources.terminal.table import Row

_PORT = re.compile(r"(\d{1,5})(?::(\d{1,5}))?/(TCP|UDP|SCTP)")
_ADDRESS = re.compile(r"\[?([0-9a-fA-F.:]+?)\]?:(\d{1,5})")


def service(row: Row, _: Clock) -> JsonObject:
    """PORT(S) is `port:nodePort/protocol`; target ports are not shown."""
    ports: list[JsonValue] = []
    for part in row.get("PORT(S)", "").split(","):
        match = _PORT.fullmatch(part.strip())
        if match:
            port: JsonObject = {"port": int(match[1]), "protocol": match[3]}
            if match[2]:
                port["nodePort"] = int(match[2])
            ports.append(port)
    spec: JsonObject = {"type": row.get("TYPE") or None, "ports": ports or None}
    if row.get("CLUSTER-IP"):
        headless = row["CLUSTER-IP"] in {"None", "<none>"}
        spec["clusterIP"] = "None" if headless else row["CLUSTER-IP"]
    if row.get("TYPE") == "ExternalName" and row.get("EXTERNAL-IP", "") not in NONE:
        spec["externalName"] = row["EXTERNAL-IP"]
        spec.pop("clusterIP", None)
    if "SELECTOR" in row:
        spec["selector"] = pairs(row["SELECTOR"])
    status: JsonObject = {}
    if row.get("TYPE") == "LoadBalancer" and row.get("EXTERNAL-IP", "") not in NONE:
        status["loadBalancer"] = {"ingress": [_ingress(part) for part in row["EXTERNAL-IP"].split(",")]}
    return {"spec": spec, "status": status} if status else {"spec": spec}


def _ingress(part: str) -> JsonObject:
    return {"ip" if re.fullmatch(r"[0-9.]+|[0-9a-fA-F:]*:[0-9a-fA-F:]*", part) else "hostname": part}


def endpoints(row: Row, _: Clock) -> JsonObject:
    """ENDPOINTS lists ready addresses only, and the first three of them where there are more."""
    cell = row.get("ENDPOINTS", "")
    by_port: dict[int, list[JsonValue]] = {}
    for part in re.split(r",| \+", cell):
        match = _ADDRESS.fullmatch(part.strip())
        if match:
            by_port.setdefault(int(match[2]), []).append({"ip": match[1]})
    return {
        "subsets": [{"addresses": addresses, "ports": [{"port": port}]} for port, addresses in sorted(by_port.items())]
    }


def endpoint_slice(row: Row, _: Clock) -> JsonObject:
    """PORTS and ENDPOINTS; readiness is not shown. The Service's name is left to labels."""
    ports: list[JsonValue] = [{"port": int(cell)} for cell in row.get("PORTS", "").split(",") if cell.isdigit()]
    shown = row.get("ENDPOINTS", "")
    addresses: list[JsonValue] = [
        {"addresses": [part.strip()]} for part in shown.split(" + ")[0].split(",") if part.strip() not in NONE
    ]
    return {"addressType": row.get("ADDRESSTYPE") or "IPv4", "ports": ports, "endpoints": addresses}


def ingress(row: Row, _: Clock) -> JsonObject:
    """CLASS, HOSTS and ADDRESS; backends are not shown."""
    spec: JsonObject = {}
    if row.get("CLASS", "") not in NONE:
        spec["ingressClassName"] = row["CLASS"]
    hosts = [host for host in row.get("HOSTS", "").split(",") if host not in NONE and host != "*" and "+" not in host]
    if hosts:
        spec["rules"] = [{"host": host.strip()} for host in hosts]
    status: JsonObject = {}
    if row.get("ADDRESS", "") not in NONE:
        status["loadBalancer"] = {"ingress": [_ingress(part) for part in row["ADDRESS"].split(",")]}
    return {"spec": spec, "status": status}


def network_policy(row: Row, _: Clock) -> JsonObject:
    """POD-SELECTOR is a label selector; `<none>` selects every Pod."""
    return {"spec": {"podSelector": selector(row.get("POD-SELECTOR", "")) or {}}}
