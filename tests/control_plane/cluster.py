"""Starts and ends the programs of a control plane, by process id."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from ssl import CERT_NONE, SSLContext, create_default_context

from control_plane import certificates
from control_plane.binaries import assets

NEVER_CONNECTED = "192.0.2.1"
"""TEST-NET-1: only written into the endpoints of default/kubernetes, where loopback is not allowed."""
AUDIT_POLICY = "apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules: [{level: Metadata}]\n"


@dataclass
class ControlPlane:
    """One control plane, its files below `home`.

    Attributes:
        home: folder for data, logs, certificates and process ids.
        nodes: how many nodes the kubelet simulates.
        speed: simulated seconds per real second, for back-offs, probes and run times.
        controllers: whether controllers, scheduler and kubelet run; without them objects stay as they are written.
        ports: TCP ports by program; free ones are chosen at the start.
    """

    home: Path
    nodes: int = 3
    speed: float = 8.0
    controllers: bool = True
    ports: dict[str, int] = field(default_factory=dict)
    _processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def kubeconfig(self) -> Path:
        """Kubeconfig of an administrator."""
        return self.home / "admin.kubeconfig"

    @property
    def audit_log(self) -> Path:
        """One JSON line for each request."""
        return self.home / "log" / "audit.log"

    @property
    def server(self) -> str:
        """URL of the API server."""
        return f"https://127.0.0.1:{self.ports['kube-apiserver']}"

    def start(self) -> None:
        """Start everything, empty, and wait until it answers."""
        shutil.rmtree(self.home / "data", ignore_errors=True)
        for part in ("log", "pki", "data"):
            (self.home / part).mkdir(parents=True, exist_ok=True)
        names = ("etcd", "peer", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet")
        self.ports = dict(zip(names, _free_ports(len(names)), strict=True))
        self._make_certificates()
        try:
            self._start_etcd()
            self._start_api_server()
            if self.controllers:
                self._start_controllers()
                self._start_kubelet()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End what this or an earlier process started here, the last started first; nothing else."""
        for file in sorted((self.home).glob("*.pid"), key=lambda path: path.stat().st_mtime_ns, reverse=True):
            number, _, program = file.read_text().partition(" ")
            _end(int(number), program)
            file.unlink()
        for process in self._processes:
            process.wait()
        self._processes.clear()

    def kubectl(self, *words: str, stdin: str | None = None) -> str:
        """Run kubectl as administrator."""
        done = subprocess.run(
            [str(assets() / "kubectl"), f"--kubeconfig={self.kubeconfig}", *words],
            input=stdin, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"kubectl {' '.join(words)}: {done.stderr.strip()}")
        return done.stdout

    def _make_certificates(self) -> None:
        pki = self.home / "pki"
        root = certificates.authority(pki, "ca", "kubernetes")
        proxy_root = certificates.authority(pki, "front-proxy-ca", "front-proxy-ca")
        inside = ("kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local")
        certificates.leaf(
            pki, "apiserver", root, "kube-apiserver", names=(*inside, "localhost", "127.0.0.1", "10.96.0.1")
        )
        certificates.leaf(pki, "admin", root, "kubernetes-admin", "system:masters")
        certificates.leaf(pki, "controller-manager", root, "system:kube-controller-manager")
        certificates.leaf(pki, "scheduler", root, "system:kube-scheduler")
        certificates.leaf(pki, "apiserver-kubelet-client", root, "kube-apiserver-kubelet-client", "system:masters")
        certificates.leaf(pki, "front-proxy-client", proxy_root, "front-proxy-client")
        certificates.leaf(pki, "kubelet", root, "system:node:sim", "system:nodes", names=("localhost", "127.0.0.1"))
        certificates.service_account_key(pki)
        for name, target in (
            ("admin", self.kubeconfig),
            ("controller-manager", pki / "controller-manager.kubeconfig"),
            ("scheduler", pki / "scheduler.kubeconfig"),
        ):
            user = {
                "client-certificate-data": _inline(pki / f"{name}.crt"),
                "client-key-data": _inline(pki / f"{name}.key"),
            }
            write_kubeconfig(target, self.server, pki / "ca.crt", user)

    def _spawn(self, name: str, *command: str) -> Callable[[], bool]:
        with (self.home / "log" / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
                cwd=Path(__file__).parent.parent,
            )  # fmt: skip
        (self.home / f"{name}.pid").write_text(f"{process.pid} {Path(command[0]).name}")
        self._processes.append(process)
        return lambda: process.poll() is None

    def _start_etcd(self) -> None:
        client, peer = (f"http://127.0.0.1:{self.ports[name]}" for name in ("etcd", "peer"))
        alive = self._spawn(
            "etcd", str(assets() / "etcd"), "--name=local", f"--data-dir={self.home}/data/etcd", "--unsafe-no-fsync",
            "--log-level=warn", f"--listen-client-urls={client}", f"--advertise-client-urls={client}",
            f"--listen-peer-urls={peer}", f"--initial-advertise-peer-urls={peer}", f"--initial-cluster=local={peer}",
        )  # fmt: skip
        self._await("etcd", alive, f"{client}/health")

    def _start_api_server(self) -> None:
        pki = self.home / "pki"
        policy = self.home / "audit-policy.yaml"
        policy.write_text(AUDIT_POLICY)
        alive = self._spawn(
            "kube-apiserver", str(assets() / "kube-apiserver"), "--bind-address=127.0.0.1",
            f"--secure-port={self.ports['kube-apiserver']}", f"--advertise-address={NEVER_CONNECTED}",
            f"--etcd-servers=http://127.0.0.1:{self.ports['etcd']}", f"--client-ca-file={pki}/ca.crt",
            f"--tls-cert-file={pki}/apiserver.crt", f"--tls-private-key-file={pki}/apiserver.key",
            f"--kubelet-client-certificate={pki}/apiserver-kubelet-client.crt",
            f"--kubelet-client-key={pki}/apiserver-kubelet-client.key", "--kubelet-preferred-address-types=InternalIP",
            "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
            f"--service-account-signing-key-file={pki}/sa.key", f"--service-account-key-file={pki}/sa.pub",
            f"--requestheader-client-ca-file={pki}/front-proxy-ca.crt",
            "--requestheader-allowed-names=front-proxy-client", "--requestheader-extra-headers-prefix=X-Remote-Extra-",
            "--requestheader-group-headers=X-Remote-Group", "--requestheader-username-headers=X-Remote-User",
            f"--proxy-client-cert-file={pki}/front-proxy-client.crt",
            f"--proxy-client-key-file={pki}/front-proxy-client.key", "--authorization-mode=Node,RBAC",
            "--enable-admission-plugins=NodeRestriction", "--allow-privileged=true",
            "--service-cluster-ip-range=10.96.0.0/12", "--enable-aggregator-routing=true",
            *([] if self.controllers else ["--disable-admission-plugins=ServiceAccount"]),
            f"--audit-policy-file={policy}", f"--audit-log-path={self.audit_log}", "--audit-log-mode=blocking",
        )  # fmt: skip
        self._await("kube-apiserver", alive, f"{self.server}/readyz", self._trust())

    def _start_controllers(self) -> None:
        pki = self.home / "pki"
        config = f"{pki}/controller-manager.kubeconfig"
        controllers = self._spawn(
            "kube-controller-manager", str(assets() / "kube-controller-manager"), "--bind-address=127.0.0.1",
            f"--secure-port={self.ports['kube-controller-manager']}", f"--kubeconfig={config}",
            f"--authentication-kubeconfig={config}", f"--authorization-kubeconfig={config}", "--leader-elect=false",
            "--use-service-account-credentials=true", f"--service-account-private-key-file={pki}/sa.key",
            f"--root-ca-file={pki}/ca.crt", f"--cluster-signing-cert-file={pki}/ca.crt",
            f"--cluster-signing-key-file={pki}/ca.key", "--allocate-node-cidrs=true", "--cluster-cidr=10.244.0.0/16",
            "--service-cluster-ip-range=10.96.0.0/12",
            # Nodes and disruptions are found in seconds, for a test does not wait the usual minutes.
            "--node-monitor-grace-period=16s", "--node-monitor-period=2s",
        )  # fmt: skip
        config = f"{pki}/scheduler.kubeconfig"
        scheduler = self._spawn(
            "kube-scheduler", str(assets() / "kube-scheduler"), "--bind-address=127.0.0.1",
            f"--secure-port={self.ports['kube-scheduler']}", f"--kubeconfig={config}",
            f"--authentication-kubeconfig={config}", f"--authorization-kubeconfig={config}", "--leader-elect=false",
        )  # fmt: skip
        account = f"{self.server}/api/v1/namespaces/default/serviceaccounts/default"
        self._await("kube-controller-manager", controllers, account, self._trust())
        blind = create_default_context()
        blind.check_hostname = False
        blind.verify_mode = CERT_NONE
        self._await("kube-scheduler", scheduler, f"https://127.0.0.1:{self.ports['kube-scheduler']}/readyz", blind)

    def _start_kubelet(self) -> None:
        pki = self.home / "pki"
        alive = self._spawn(
            "kubelet", sys.executable, "-m", "control_plane.kubelet", f"--server={self.server}", f"--pki={pki}",
            f"--nodes={self.nodes}", f"--speed={self.speed}", f"--port={self.ports['kubelet']}",
        )  # fmt: skip
        deadline = time.monotonic() + 30
        while "simulating" not in (self.home / "log" / "kubelet.log").read_text():
            if not alive() or time.monotonic() > deadline:
                raise RuntimeError(f"the simulated kubelet did not start: {self._tail('kubelet')}")
            time.sleep(0.1)

    def _trust(self) -> SSLContext:
        pki = self.home / "pki"
        context = create_default_context(cafile=str(pki / "ca.crt"))
        context.load_cert_chain(pki / "admin.crt", pki / "admin.key")
        return context

    def _tail(self, name: str) -> str:
        return (self.home / "log" / f"{name}.log").read_text(errors="replace")[-2000:]

    def _await(self, name: str, alive: Callable[[], bool], url: str, context: SSLContext | None = None) -> None:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            with contextlib.suppress(urllib.error.URLError, OSError):
                if urllib.request.urlopen(url, timeout=2, context=context).status == 200:  # noqa: S310 - loopback
                    return
            if not alive():
                break
            time.sleep(0.2)
        raise RuntimeError(f"{name} did not become ready: {self._tail(name)}")


def write_kubeconfig(target: Path, server: str, ca_file: Path, user: Mapping[str, object], namespace: str = "") -> Path:
    """Write a kubeconfig with one context named `local`. JSON is YAML."""
    context = {"cluster": "local", "user": "user"} | ({"namespace": namespace} if namespace else {})
    cluster = {"server": server, "certificate-authority-data": _inline(ca_file)}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "local", "cluster": cluster}],
        "users": [{"name": "user", "user": user}],
        "contexts": [{"name": "local", "context": context}],
        "current-context": "local",
    }
    target.touch(mode=0o600)
    target.write_text(json.dumps(config))
    return target


def _inline(file: Path) -> str:
    return base64.b64encode(file.read_bytes()).decode()


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]


def _end(pid: int, program: str) -> None:
    """End a process if it still is the program that was started."""
    command = Path(f"/proc/{pid}/cmdline")
    with contextlib.suppress(OSError, ChildProcessError):
        if program not in command.read_text():
            return
        os.kill(pid, signal.SIGTERM)
        for _ in range(100):
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
            if not command.exists() or not command.read_text():
                return
            time.sleep(0.1)
        os.kill(pid, signal.SIGKILL)
