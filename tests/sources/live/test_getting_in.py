"""Every way into a cluster that does not work says what was asked, of whom, what came back and what to do."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from cluster_doctor.domain.errors import ClusterUnavailable
from cluster_doctor.sources.live.limits import Limits
from cluster_doctor.sources.live.source import KubernetesSource
from cluster_doctor.sources.live.target import Target
from cluster_doctor.sources.protocol import Scope

QUICK = Limits(connect=1, read=1, total=5, attempts=2)


@contextmanager
def _server(status: int, kind: str, body: bytes) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
            """Say nothing."""

        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _refusal(target: Target) -> ClusterUnavailable:
    with pytest.raises(ClusterUnavailable) as raised:
        KubernetesSource(target, limits=QUICK).collect(Scope())
    error = raised.value
    assert error.what
    assert error.next_step
    assert "Traceback" not in str(error)
    assert "object at 0x" not in str(error)
    assert "\x1b" not in str(error)
    return error


def _kubeconfig(folder: Path, user: Mapping[str, object], server: str = "http://127.0.0.1:9") -> str:
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "c", "cluster": {"server": server}}],
        "users": [{"name": "u", "user": user}],
        "contexts": [{"name": name, "context": {"cluster": "c", "user": "u"}} for name in ("staging", "prod")],
        "current-context": "staging",
    }
    file = folder / "kubeconfig"
    file.write_text(json.dumps(config))
    return str(file)


def test_a_kubeconfig_that_is_not_there_is_named(tmp_path: Path) -> None:
    error = _refusal(Target(kubeconfig=str(tmp_path / "absent")))
    assert str(tmp_path / "absent") in error.what
    assert "--from" in error.next_step


@pytest.mark.parametrize("content", ["", "[]", "a: b", "{", "kind: Config\ncontexts: 5", "\x00\x01\x02", "&a [*a"])
def test_a_broken_kubeconfig_is_named(tmp_path: Path, content: str) -> None:
    file = tmp_path / "broken"
    file.write_text(content)
    assert str(file) in _refusal(Target(kubeconfig=str(file))).what


def test_a_context_that_does_not_exist_is_answered_with_those_that_do(tmp_path: Path) -> None:
    error = _refusal(Target(kubeconfig=_kubeconfig(tmp_path, {}), context="production"))
    assert "'production'" in error.what
    assert "prod, staging" in error.what


def test_a_login_command_that_is_not_installed_is_named(tmp_path: Path) -> None:
    plugin = {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": "cloud-login-that-is-not-here"}}
    error = _refusal(Target(kubeconfig=_kubeconfig(tmp_path, plugin)))
    assert "cloud-login-that-is-not-here" in error.what
    assert "log in" in error.next_step


def test_a_login_command_is_run_and_its_token_is_sent(tmp_path: Path) -> None:
    status = {"token": "fresh"}
    answer = {"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": status}
    script = f"import json; print(json.dumps({answer!r}))"
    plugin = {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1",
            "command": sys.executable,
            "args": ["-c", script],
        }
    }
    with _server(401, "application/json", b'{"kind": "Status", "message": "Unauthorized"}') as url:
        error = _refusal(Target(kubeconfig=_kubeconfig(tmp_path, plugin, url)))
    assert "unauthenticated (401 for /version: Unauthorized)" in error.what


def test_an_expired_token_is_told_from_a_missing_right() -> None:
    with _server(401, "application/json", b'{"kind": "Status", "message": "Unauthorized"}') as url:
        error = _refusal(Target(server=url, token="old"))  # noqa: S106 - a made-up one
    assert "unauthenticated" in error.what
    assert "expired" in error.next_step


def test_a_refused_connection_names_the_address() -> None:
    error = _refusal(Target(server="https://127.0.0.1:1"))
    assert "https://127.0.0.1:1" in error.what
    assert "Connection refused" in error.what


def test_a_host_that_does_not_resolve_is_said_to_be_one() -> None:
    assert "does not resolve" in _refusal(Target(server="https://cluster.invalid:6443")).what


def test_a_server_without_tls_behind_an_https_url_is_a_tls_failure() -> None:
    with _server(200, "text/plain", b"hello") as url:
        assert "TLS failed" in _refusal(Target(server=url.replace("http://", "https://"))).what


def test_a_url_without_a_scheme_is_refused_before_anything_is_sent() -> None:
    assert "https://HOST:PORT" in _refusal(Target(server="10.0.0.1:6443")).next_step


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/html", b"<html>Sign in\x1b[31m</html>"),
        ("application/json", b"{"),
        ("application/json", b"[]"),
        ("application/json", b""),
        ("application/octet-stream", b"\x00\xff"),
    ],
)
def test_something_that_is_no_api_server_is_called_that(kind: str, body: bytes) -> None:
    with _server(200, kind, body) as url:
        error = _refusal(Target(server=url))
    assert "unreadable" in error.what
    assert "no API server" in error.next_step


def test_an_answer_without_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cluster_doctor.sources.live.reader._PIECE", 1024)
    with (
        _server(200, "application/json", b"[" * 300_000) as url,
        pytest.raises(ClusterUnavailable, match="larger than"),
    ):
        KubernetesSource(Target(server=url), limits=Limits(answer=100_000)).collect(Scope())


def test_nothing_is_printed_and_the_default_configuration_stays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from kubernetes.client import Configuration  # noqa: PLC0415 - so that this module imports without it

    before = Configuration.get_default_copy().host
    _refusal(Target(kubeconfig=_kubeconfig(tmp_path, {"token": "t"})))
    assert Configuration.get_default_copy().host == before
    assert capsys.readouterr() == ("", "")


def test_a_kubeconfig_is_never_written(tmp_path: Path) -> None:
    file = Path(_kubeconfig(tmp_path, {"token": "t"}))
    before = file.read_bytes()
    _refusal(Target(kubeconfig=str(file)))
    assert file.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["kubeconfig"]


def test_the_source_is_imported_without_the_kubernetes_package() -> None:
    code = "import sys, cluster_doctor.sources.live.source; sys.exit('kubernetes' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_outside_a_pod_its_account_cannot_be_used() -> None:
    assert "ServiceAccount of this Pod" in _refusal(Target(in_cluster=True)).what
