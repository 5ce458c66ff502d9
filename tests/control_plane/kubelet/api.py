"""A thin client of the API server for the simulated kubelet."""

from __future__ import annotations

import json
import ssl
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from secrets import SystemRandom
from typing import Any

import urllib3

Json = dict[str, Any]
CHANCE = SystemRandom()
MERGE = "application/strategic-merge-patch+json"


class ApiError(Exception):
    """The API server refused."""

    def __init__(self, status: int, text: str) -> None:
        self.status = status
        super().__init__(text)


class Api:
    """Requests as administrator, from many threads."""

    def __init__(self, server: str, pki: Path) -> None:
        context = ssl.create_default_context(cafile=str(pki / "ca.crt"))
        context.load_cert_chain(pki / "admin.crt", pki / "admin.key")
        self.server = server
        self.pool = urllib3.PoolManager(maxsize=24, ssl_context=context, retries=False)

    def send(self, method: str, path: str, body: Json | None = None, kind: str = "application/json") -> Json | None:
        """Send one request; None for 404."""
        data = json.dumps(body).encode() if body is not None else None
        for attempt in range(4):
            try:
                answer = self.pool.request(
                    method, self.server + path, body=data, headers={"Content-Type": kind}, timeout=30
                )
            except urllib3.exceptions.HTTPError as error:
                if attempt == 3:
                    raise ApiError(0, str(error)) from error
                time.sleep(0.3 * (attempt + 1))
                continue
            if answer.status not in (429, 500, 503) or attempt == 3:
                break
            time.sleep(0.3 * (attempt + 1))
        if answer.status == 404:
            return None
        found: Json = json.loads(answer.data) if answer.data else {}
        if answer.status >= 300:
            raise ApiError(answer.status, f"{method} {path}: {answer.status} {found.get('message', '')}")
        return found

    def watch(self, path: str, query: str, take: Callable[[str, Json], None], stop: threading.Event) -> None:
        """List, then watch until stopped; `take` gets the kind of change and the object."""
        while not stop.is_set():
            try:
                listed = self.send("GET", f"{path}?{query}") or {"items": [], "metadata": {"resourceVersion": "0"}}
                for item in listed["items"]:
                    take("SYNC", item)
                self._follow(path, query, listed["metadata"]["resourceVersion"], take, stop)
            except (ApiError, urllib3.exceptions.HTTPError, ValueError) as error:
                if not stop.is_set():
                    say("watch", path, "restarts:", error)
                    time.sleep(0.5)

    def _follow(
        self, path: str, query: str, version: str, take: Callable[[str, Json], None], stop: threading.Event
    ) -> None:
        url = f"{self.server}{path}?{query}&watch=1&timeoutSeconds=300&resourceVersion={version}"
        answer = self.pool.request("GET", url, preload_content=False, timeout=urllib3.Timeout(connect=10, read=330))
        rest = b""
        for piece in answer.stream(65536):
            *lines, rest = (rest + piece).split(b"\n")
            for line in filter(None, lines):
                change = json.loads(line)
                if change["type"] == "ERROR":
                    raise ValueError(change["object"].get("message"))
                take(change["type"], change["object"])
            if stop.is_set():
                break
        answer.release_conn()


def stamp(moment: float) -> str:
    """Write a time as Kubernetes does."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))


def micro_stamp(moment: float) -> str:
    """Write a time with microseconds."""
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment)) + f".{int(moment % 1 * 1e6):06d}Z"


def say(*words: object) -> None:
    """Write one line to the kubelet's own log."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()
