"""A server that speaks OpenAI's chat protocol, and answers with what a test's actor says.

It plays what goes wrong on the way, too: it is slow, refuses, limits, breaks its JSON, cuts its answer off.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Body = dict[str, Any]
Actor = Callable[[Body], Body]
"""Makes of a request the `message` of the answer."""


class Trouble(Enum):
    """What goes wrong between the model and whoever asks it."""

    NONE = "none"
    SLOW = "slow"
    BROKEN = "broken JSON"
    LIMITED = "rate limited"
    DENIED = "no such key"
    FAILING = "server error"
    CUT = "cut off in the middle"
    EMPTY = "no choices"


@dataclass
class ModelServer:
    """What the server does, and what it was asked."""

    actor: Actor
    trouble: Trouble = Trouble.NONE
    patience: float = 30.0
    asked: list[Body] = field(default_factory=list)
    wire: list[bytes] = field(default_factory=list)
    url: str = ""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, played: ModelServer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.played, self.ended = played, threading.Event()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        played = self.server.played
        content = self.rfile.read(int(self.headers["Content-Length"]))
        played.wire.append(content)
        body = json.loads(content)
        played.asked.append(body)
        if played.trouble in _REFUSALS:
            status, answer, headers = _REFUSALS[played.trouble]
            self._send(status, json.dumps(answer).encode(), headers)
            return
        if played.trouble is Trouble.SLOW:
            self.server.ended.wait(played.patience)
        whole = json.dumps(_completion(body, played.actor(body))).encode()
        match played.trouble:
            case Trouble.BROKEN:
                self._send(200, whole[: len(whole) // 2])
            case Trouble.EMPTY:
                self._send(200, json.dumps({**_completion(body, {}), "choices": []}).encode())
            case Trouble.CUT:
                self._send(200, whole[: len(whole) // 2], length=len(whole))
                self.close_connection = True
            case _:
                self._send(200, whole)

    def _send(
        self, status: int, content: bytes, headers: dict[str, str] | None = None, length: int | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(length or len(content)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(ConnectionError):  # whoever asked may have gone
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
        """Stay quiet."""


_REFUSALS: dict[Trouble, tuple[int, Body, dict[str, str]]] = {
    Trouble.LIMITED: (429, {"error": {"message": "slow down", "type": "rate_limit"}}, {"Retry-After": "1"}),
    Trouble.DENIED: (401, {"error": {"message": "Incorrect API key provided", "code": "invalid_api_key"}}, {}),
    Trouble.FAILING: (500, {"error": {"message": "it broke"}}, {}),
}


@contextmanager
def model_server(actor: Actor, trouble: Trouble = Trouble.NONE) -> Iterator[ModelServer]:
    """Serve on a free port of the loopback until the block ends."""
    played = ModelServer(actor, trouble)
    server = _Server(played)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    played.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield played
    finally:
        server.ended.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _completion(body: Body, message: Body) -> Body:
    written = len(json.dumps(body["messages"])) // 4
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": body.get("model", "scripted"),
        "choices": [
            {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": None, **message}}
        ],
        "usage": {"prompt_tokens": written, "completion_tokens": 50, "total_tokens": written + 50},
    }
