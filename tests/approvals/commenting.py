"""A server with one comment, which answers as GitHub documents its REST API."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

WRITTEN = "2026-03-04T12:00:00Z"


@dataclass
class GitHub:
    """A server with one comment."""

    address: str = ""
    comment: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    asked: list[tuple[str, str]] = field(default_factory=list)

    def says(self, body: str, **other: object) -> str:
        """Let somebody comment; returns the comment's address."""
        issue = f"{self.address}/api/v3/repos/acme/shop/issues/12"
        self.comment = {
            "id": 345, "node_id": "IC_1", "url": f"{self.address}/api/v3/repos/acme/shop/issues/comments/345",
            "issue_url": issue, "html_url": f"{self.address}/acme/shop/pull/12#issuecomment-345",
            "user": {"login": "ada-l", "id": 7, "type": "User"}, "author_association": "MEMBER",
            "created_at": WRITTEN, "updated_at": WRITTEN, "body": body, **other,
        }  # fmt: skip
        return str(self.comment["html_url"])


@contextmanager
def running_github() -> Iterator[GitHub]:
    """Run it while the block runs."""
    told = GitHub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.asked.append((self.path, self.headers.get("Authorization", "")))
            known = self.path == "/api/v3/repos/acme/shop/issues/comments/345"
            content = json.dumps(told.comment if known else {"message": "Not Found"}).encode()
            self.send_response(told.status if known else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    told.address = f"http://127.0.0.1:{server.server_port}"
    yield told
    server.shutdown()
    thread.join()
    server.server_close()
