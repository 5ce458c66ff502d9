"""The kubelet's HTTPS port: container logs."""

from __future__ import annotations

import ssl
import threading
import urllib.parse
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from control_plane.kubelet.instances import Instance
from control_plane.kubelet.pod_worker import PodWorker
from control_plane.kubelet.status import container_status

Find = Callable[[str, str], PodWorker | None]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients go away; that is theirs."""


def serve(find: Find, port: int, pki: Path) -> None:
    """Answer `/containerLogs/NAMESPACE/POD/CONTAINER` to the API server."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
            """Say nothing."""

        def do_GET(self) -> None:
            url = urllib.parse.urlsplit(self.path)
            parts = [urllib.parse.unquote(part) for part in url.path.strip("/").split("/")]
            query = dict(urllib.parse.parse_qsl(url.query))
            if len(parts) != 4 or parts[0] != "containerLogs":
                self._answer(404, b"404 page not found\n")
                return
            worker = find(parts[1], parts[2])
            if worker is None:
                self._answer(404, f'pod "{parts[2]}" does not exist'.encode())
            elif worker.agents.lost(worker.node):
                self.close_connection = True
            else:
                self._answer(*_log(worker, parts[3], query))

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pki / "kubelet.crt", pki / "kubelet.key")
    context.load_verify_locations(pki / "ca.crt")
    context.verify_mode = ssl.CERT_REQUIRED
    server = _Server(("127.0.0.1", port), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def _log(worker: PodWorker, container: str, query: dict[str, str]) -> tuple[int, bytes]:
    with worker.lock:
        found = _instance(worker, container, previous=query.get("previous") == "true")
    if isinstance(found, str):
        return 400, found.encode()
    lines = found.lines[-int(query["tailLines"]) :] if "tailLines" in query else found.lines
    body = "".join(f"{line}\n" for line in lines).encode()
    return 200, body[: int(query["limitBytes"])] if "limitBytes" in query else body


def _instance(worker: PodWorker, container: str, *, previous: bool) -> Instance | str:
    """The instance whose log is meant, or what the kubelet says when there is none."""
    state = worker.state
    specs = [*state.pod["spec"].get("initContainers", []), *state.pod["spec"]["containers"]]
    spec = next((entry for entry in specs if entry["name"] == container), None)
    if spec is None:
        return f'container "{container}" in pod "{state.name}" is not available'
    status = container_status(state, spec)
    known = {instance.id: instance for instance in state.instances.get(container, [])}
    before = status["lastState"].get("terminated", {}).get("containerID", "")
    if previous:
        absent = f'previous terminated container "{container}" in pod "{state.name}" not found'
        return known.get(before, absent)
    shown = status["state"]
    if "waiting" not in shown:
        return known[status["containerID"]]
    reason = shown["waiting"].get("reason", "")
    words = {"ErrImagePull": "image can't be pulled", "ImagePullBackOff": "trying and failing to pull image"}
    text = f'container "{container}" in pod "{state.name}" is waiting to start: {words.get(reason, reason)}'
    return known.get(before, text)
