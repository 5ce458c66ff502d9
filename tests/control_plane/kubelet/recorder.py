"""Writes Events as the kubelet does: equal ones are counted."""

from __future__ import annotations

import threading
import time

from control_plane.kubelet.api import CHANCE, MERGE, Api, ApiError, Json, say, stamp


class Recorder:
    """Records Events of one node's kubelet."""

    def __init__(self, api: Api, node: str) -> None:
        self.api, self.node = api, node
        self._known: dict[tuple[str, ...], tuple[str, int]] = {}
        self._lock = threading.Lock()

    def record(self, about: Json, kind: str, reason: str, message: str) -> None:
        """Record one Event; in a namespace that goes away it is lost, as in a real cluster."""
        now = time.time()
        namespace = about.get("namespace") or "default"
        key = (
            about["kind"],
            namespace,
            about["name"],
            about.get("uid", ""),
            about.get("fieldPath", ""),
            reason,
            message,
        )
        path = f"/api/v1/namespaces/{namespace}/events"
        with self._lock:
            name, count = self._known.get(key, ("", 0))
            if not name:
                name = f"{about['name']}.{int(now * 1e9) + CHANCE.randrange(1000):x}"
            self._known[key] = (name, count + 1)
        try:
            if count:
                patch = {"count": count + 1, "lastTimestamp": stamp(now)}
                if self.api.send("PATCH", f"{path}/{name}", patch, MERGE) is not None:
                    return
            body = {
                "apiVersion": "v1",
                "kind": "Event",
                "metadata": {"name": name, "namespace": namespace},
                "involvedObject": about,
                "type": kind,
                "reason": reason,
                "message": message,
                "source": {"component": "kubelet", "host": self.node},
                "reportingComponent": "kubelet",
                "reportingInstance": self.node,
                "firstTimestamp": stamp(now),
                "lastTimestamp": stamp(now),
                "count": count + 1,
            }
            self.api.send("POST", path, body)
        except ApiError as error:
            if error.status not in (403, 404, 409):
                say("event not written:", error)
