"""Which cluster to read, and how to get in."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

IN_CLUSTER_VARIABLE = "KUBERNETES_SERVICE_HOST"


@dataclass(frozen=True, slots=True)
class Target:
    """Names a cluster as kubectl would: by kubeconfig and context, or by URL, or as the one we run in.

    Attributes:
        kubeconfig: path of a kubeconfig, or several joined as in `KUBECONFIG`; None takes what kubectl would take.
        context: context of the kubeconfig; None takes its current one.
        in_cluster: use the ServiceAccount of the Pod that we run in.
        server: URL of an API server; a kubeconfig is then not read.
        token: bearer token for `server`.
        ca_file: path of the certificate authority of `server`; None takes the system's.
        skip_verification: accept any certificate of `server`.
    """

    kubeconfig: str | None = None
    context: str | None = None
    in_cluster: bool = False
    server: str | None = None
    token: str | None = None
    ca_file: str | None = None
    skip_verification: bool = False

    def kubeconfig_paths(self) -> list[Path]:
        """Where kubectl would look for a kubeconfig, in its order."""
        named = self.kubeconfig or os.environ.get("KUBECONFIG") or "~/.kube/config"
        return [Path(part).expanduser() for part in named.split(os.pathsep) if part]

    @property
    def prefers_pod_identity(self) -> bool:
        """Whether to use the ServiceAccount of our own Pod: asked for, or there is nothing else."""
        if self.in_cluster:
            return True
        named = self.kubeconfig or self.context or os.environ.get("KUBECONFIG")
        if named or self.server or any(path.exists() for path in self.kubeconfig_paths()):
            return False
        return bool(os.environ.get(IN_CLUSTER_VARIABLE))

    def __str__(self) -> str:
        """What a person would call the target."""
        if self.server:
            return self.server
        if self.prefers_pod_identity:
            return "the cluster that this Pod runs in"
        context = f"context {self.context!r}" if self.context else "the current context"
        return f"{context} of {os.pathsep.join(map(str, self.kubeconfig_paths()))}"
