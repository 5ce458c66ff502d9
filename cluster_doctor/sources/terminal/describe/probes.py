"""Probes as `DescribeProbe` of kubectl writes them: `http-get http://:8080/health delay=5s timeout=1s …`."""

from __future__ import annotations

import re

from pydantic import JsonValue

from cluster_doctor.sources.terminal.merge import JsonObject

_FIGURES = re.compile(
    r"delay=(\d{1,9})s timeout=(\d{1,9})s period=(\d{1,9})s #success=(\d{1,9}) #failure=(\d{1,9})\s*$"
)
_FIELDS = ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold")
_URL = re.compile(r"(https?)://(\[[^\]]*\]|[^:/\s]*)(?::([^/\s]*))?(/\S*)?", re.IGNORECASE)


def port(text: str) -> int | str:
    """Read a port, which is a number or a name."""
    return int(text) if text.isdigit() and len(text) < 6 else text


def read_probe(text: str) -> JsonObject | None:
    """Read a probe; None if its action is not known."""
    figures = _FIGURES.search(text)
    action = _action(text[: figures.start()].strip() if figures else text.strip())
    if action is None:
        return None
    numbers: JsonObject = (
        {field: int(figure) for field, figure in zip(_FIELDS, figures.groups(), strict=True)} if figures else {}
    )
    return {**action, **numbers}


def _action(text: str) -> JsonObject | None:
    word, _, rest = text.partition(" ")
    rest = rest.strip()
    if word == "http-get" and (match := _URL.match(rest)):
        scheme, host, number, path = match.groups()
        get: JsonObject = {"path": path or "/", "scheme": scheme.upper()}
        if number:
            get["port"] = port(number)
        if host:
            get["host"] = host
        return {"httpGet": get}
    if word == "tcp-socket":
        host, _, number = rest.rpartition(":")
        return {"tcpSocket": {"port": port(number), **({"host": host} if host else {})}}
    if word == "grpc":
        target, _, service = rest.partition(" ")
        return {"grpc": {"port": port(target.rpartition(":")[2]), **({"service": service} if service else {})}}
    if word == "exec":
        return {"exec": {"command": _words(rest)}}
    return None


def _words(text: str) -> list[JsonValue]:
    """Split Go's `[sh -c …]`, which does not quote; what a shell is given is one word."""
    words = text.strip()[1:-1].split(" ") if text.startswith("[") else text.split(" ")
    for position, word in enumerate(words[:-1]):
        if position and re.fullmatch(r"-\w*c", word) and re.search(r"(^|/)\w*sh$", words[position - 1]):
            return [*words[: position + 1], " ".join(words[position + 1 :])]
    return list(words)
