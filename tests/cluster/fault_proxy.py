"""Stands between a client and an API server, and does harm to chosen requests."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@dataclass
class Fault:
    """Harm to the requests whose path `hits`; the first `times` of them, or all.

    Attributes:
        kind: `latency`, `reset` (in the middle of the body), `refuse` (a status), `truncated` (JSON cut short, with a
            length that agrees), `html`, `empty` (an object that is no list), `hang`.
        hits: chooses by path.
        times: how many requests are harmed; None for all.
        status: for `refuse`.
        seconds: for `latency` and `hang`.
        headers: for `refuse`.
    """

    kind: str
    hits: Callable[[str], bool]
    times: int | None = None
    status: int = 503
    seconds: float = 0.2
    headers: dict[str, str] = field(default_factory=dict)
    harmed: int = 0


@dataclass
class Recorded:
    """One request that came by."""

    method: str
    path: str


class FaultProxy:
    """A proxy with one fault at the most; remembers what was asked."""

    def __init__(self, upstream: str, pki: Path) -> None:
        self.fault: Fault | None = None
        self.seen: list[Recorded] = []
        self._lock = threading.Lock()
        self._host = upstream.removeprefix("https://")
        self._trust = ssl.create_default_context(cafile=str(pki / "ca.crt"))
        self._trust.load_cert_chain(pki / "admin.crt", pki / "admin.key")

    def struck(self, path: str) -> Fault | None:
        """The fault that a request meets."""
        with self._lock:
            fault = self.fault
            if fault is None or not fault.hits(path) or (fault.times is not None and fault.harmed >= fault.times):
                return None
            fault.harmed += 1
            return fault

    def ask(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        """Pass a request on, as administrator."""
        connection = http.client.HTTPSConnection(self._host, context=self._trust, timeout=30)
        try:
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    @contextmanager
    def serving(self, certificate: Path, key: Path) -> Iterator[str]:
        """Serve; gives the URL."""
        server = _Server(self)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"https://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, proxy: FaultProxy) -> None:
        self.proxy = proxy
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients give up; that is what is being tested."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
        """Say nothing."""

    def do_GET(self) -> None:
        proxy = self.server.proxy
        proxy.seen.append(Recorded(self.command, self.path))
        fault = proxy.struck(self.path)
        match fault.kind if fault else "":
            case "hang":
                time.sleep(fault.seconds if fault else 0)
                self.close_connection = True
            case "refuse":
                self._refuse(fault)
            case "html":
                self._answer(200, "text/html", b"<html><title>Sign in</title></html>")
            case "empty":
                self._answer(200, "application/json", b"{}")
            case kind:
                if fault and kind == "latency":
                    time.sleep(fault.seconds)
                self._pass_on(kind)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 - the base class names them

    def _refuse(self, fault: Fault | None) -> None:
        status = fault.status if fault else 500
        body = json.dumps({"kind": "Status", "status": "Failure", "message": f"made up: {status}"})
        self._answer(status, "application/json", body.encode(), fault.headers if fault else None)

    def _pass_on(self, kind: str) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        headers = {name: self.headers[name] for name in ("Accept", "Content-Type") if name in self.headers}
        status, body = self.server.proxy.ask(self.command, self.path, headers, self.rfile.read(length))
        if kind == "reset":
            self._reset(body)
            return
        shown = body[: len(body) // 2] if kind == "truncated" else body
        self._answer(status, "text/plain" if "/log?" in self.path else "application/json", shown)

    def _answer(self, status: int, kind: str, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _reset(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2])
        self.wfile.flush()
        # A linger of zero turns the close into a reset.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        self.close_connection = True
        self.connection.close()
