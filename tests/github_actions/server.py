"""A server with as much of GitHub's REST API for Actions as is read, and a place of its own where the logs lie."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

RUN = {
    "id": 77,
    "name": "deliver",
    "head_sha": "0123456789abcdef0123456789abcdef01234567",
    "head_branch": "main",
    "status": "completed",
    "conclusion": "failure",
    "html_url": "https://example.com/shop/web/actions/runs/77",
}
LOG = """\ufeff2026-01-01T10:00:00.1000000Z Current runner version: '2.330.0'
2026-01-01T10:00:05.1000000Z ##[group]Run ./build.sh
2026-01-01T10:00:05.2000000Z ##[endgroup]
2026-01-01T10:00:06.1000000Z src/a.py:1:1: F401 unused, but nobody minds
2026-01-01T10:00:10.1000000Z ##[group]Run pytest
2026-01-01T10:00:10.2000000Z ##[endgroup]
2026-01-01T10:00:11.1000000Z FAILED tests/test_cart.py::test_total - assert 1 == 2
2026-01-01T10:00:12.1000000Z ##[error]Process completed with exit code 1.
"""


@dataclass
class GitHub:
    """What is answered, and what was asked."""

    address: str = ""
    log: bytes | None = LOG.encode()
    annotations: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Path and Authorization header of each request."""

    def answer(self, path: str) -> tuple[int, dict[str, str], bytes]:
        """Answer a GET request."""
        root = "/api/v3/repos/shop/web"
        api = f"{self.address}{root}"
        job = {
            "id": 5,
            "run_id": 77,
            "name": "build",
            "url": f"{api}/actions/jobs/5",
            "check_run_url": f"{api}/check-runs/5",
            "conclusion": "failure",
            "steps": [
                {
                    "name": name,
                    "number": at,
                    "conclusion": conclusion,
                    "started_at": f"2026-01-01T10:00:{begins}Z",
                    "completed_at": f"2026-01-01T10:00:{ends}Z",
                }
                for at, (name, conclusion, begins, ends) in enumerate(
                    [("Build", "success", "05", "09"), ("Test", "failure", "10", "12")]
                )
            ],
        }
        run = {**RUN, "url": f"{api}/actions/runs/77", "jobs_url": f"{api}/actions/runs/77/jobs"}
        answers: dict[str, Any] = {
            f"{root}/actions/runs/77": run,
            f"{root}/actions/runs/77/jobs": {"total_count": 1, "jobs": [job]},
            f"{root}/actions/jobs/5": job,
            f"{root}/check-runs/5/annotations": self.annotations,
        }
        if self.status != 200:
            return self.status, {}, b'{"message": "no"}'
        if path == f"{root}/actions/jobs/5/logs" and self.log is not None:
            return 302, {"Location": f"{self.address}/logs/5"}, b""
        if path == "/logs/5" and self.log is not None:
            return 200, {"Content-Type": "text/plain"}, self.log
        if path in answers:
            return 200, {"Content-Type": "application/json"}, json.dumps(answers[path]).encode()
        return 404, {}, b'{"message": "Not Found"}'


@contextmanager
def serving(github: GitHub) -> Iterator[GitHub]:
    """Answer on a port of the machine until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            github.asked.append((path, self.headers.get("Authorization", "")))
            status, headers, body = github.answer(path)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    github.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield github
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
