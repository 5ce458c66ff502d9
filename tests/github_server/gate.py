"""Stands before the emulator: remembers what was asked, refuses what GitHub would, breaks off where a test says so."""

from __future__ import annotations

import http.client
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Answer:
    """What is answered in GitHub's place."""

    status: int
    body: bytes = b'{"message": "no"}'
    headers: dict[str, str] = field(default_factory=dict)


Fault = Callable[[str, str], "Answer | None"]
"""By verb and path, what to answer; None to pass the request on."""


@dataclass
class Gate:
    """Where the emulator is asked.

    Attributes:
        upstream: host and port of the emulator.
        address: of the gate itself.
        asked: verb and path of each request.
        logins: the Authorization headers that came by.
        fault: answers in the emulator's place.
        cut_before: the write, from 1, that is not passed on; its connection breaks.
        cut_after: the write that is passed on, and whose answer is lost.
    """

    upstream: str
    address: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)
    logins: set[str] = field(default_factory=set)
    fault: Fault | None = None
    cut_before: int = 0
    cut_after: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def host(self) -> str:
        """The server's name, with its port."""
        return self.address.removeprefix("http://")

    def writes(self) -> list[tuple[str, str]]:
        """The requests that were no reads."""
        return [(verb, path) for verb, path in self.asked if verb != "GET"]

    def pass_on(self, verb: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        """Ask the emulator."""
        connection = http.client.HTTPConnection(self.upstream, timeout=30)
        try:
            connection.request(verb, path, body or None, headers)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def taken(self, verb: str, path: str, body: bytes, headers: dict[str, str]) -> bool:
        """Whether a branch has an open pull request; GitHub refuses a second one, the emulator does not."""
        found = re.fullmatch(r"/repos/([^/]+)/([^/]+)/pulls", path)
        if verb != "POST" or not found:
            return False
        head = json.loads(body)["head"]
        _, _, listed = self.pass_on("GET", f"{path}?state=open&head={found[1]}:{head}", b"", headers)
        return bool(json.loads(listed))


@contextmanager
def gated(upstream: str) -> Iterator[Gate]:
    """Stand before a server until the block ends."""
    gate = Gate(upstream.replace("http://localhost", "127.0.0.1").removeprefix("http://"))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            login = self.headers.get("Authorization", "")
            sent = {"Authorization": login, "Content-Type": "application/json", "Host": "127.0.0.1"}
            with gate.lock:
                gate.asked.append((self.command, self.path))
                gate.logins.add(login)
                place = len(gate.writes()) if self.command != "GET" else 0
                if place and place == gate.cut_before:
                    self.close_connection = True
                    return
                answer = gate.fault(self.command, self.path) if gate.fault else None
                if answer is None and gate.taken(self.command, urlsplit(self.path).path, body, sent):
                    said = "A pull request already exists for acme:it."
                    errors = [{"resource": "PullRequest", "code": "custom", "message": said}]
                    answer = Answer(422, json.dumps({"message": "Validation Failed", "errors": errors}).encode())
                if answer is None:
                    status, headers, found = gate.pass_on(self.command, self.path, body, sent)
                    answer = Answer(status, found, {k: v for k, v in headers.items() if k.lower().startswith("x-")})
                if place and place == gate.cut_after:
                    self.close_connection = True
                    return
            self.send_response(answer.status)
            for name, value in {
                "Content-Type": "application/json",
                **answer.headers,
                "Content-Length": str(len(answer.body)),
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = answer  # noqa: N815 - the library's names
        do_POST = answer  # noqa: N815 - as above
        do_PATCH = answer  # noqa: N815 - as above

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    gate.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield gate
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def query_of(path: str) -> dict[str, list[str]]:
    """The query of a request."""
    return parse_qs(urlsplit(path).query)
