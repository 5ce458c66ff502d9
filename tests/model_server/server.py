"""A server that speaks OpenAI's chat protocol, and answers with what a test's actor says.

It plays what goes wrong on the way, too: it is slow, refuses, limits, breaks its JSON, cuts its answer off.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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


@contextmanager
def model_server(actor: Actor, trouble: Trouble = Trouble.NONE) -> Iterator[ModelServer]:
    """Serve on a free port of the loopback until the block ends."""
    played = ModelServer(actor, trouble)
    ended = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            played.wire.append(content)
            body = json.loads(content)
            played.asked.append(body)
            match played.trouble:
                case Trouble.SLOW:
                    ended.wait(played.patience)
                    self._send(200, _completion(body, {"role": "assistant", "content": "late"}))
                case Trouble.LIMITED:
                    self._send(429, {"error": {"message": "slow down", "type": "rate_limit"}}, {"Retry-After": "1"})
                case Trouble.DENIED:
                    self._send(401, {"error": {"message": "Incorrect API key provided", "code": "invalid_api_key"}})
                case Trouble.FAILING:
                    self._send(500, {"error": {"message": "it broke"}})
                case Trouble.BROKEN:
                    self._raw(b'{"id": "x", "choices": [{"message": {"role": "assistant", "content": ')
                case Trouble.CUT:
                    self._cut(_completion(body, played.actor(body)))
                case Trouble.EMPTY:
                    self._send(200, {**_completion(body, {}), "choices": []})
                case _:
                    self._send(200, _completion(body, played.actor(body)))

        def _send(self, status: int, answer: Body, headers: dict[str, str] | None = None) -> None:
            self._raw(json.dumps(answer).encode(), status, headers)

        def _raw(self, content: bytes, status: int = 200, headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def _cut(self, answer: Body) -> None:
            content = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2])
            self.wfile.flush()
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    played.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield played
    finally:
        ended.set()
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
