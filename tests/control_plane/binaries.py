"""Finds the control plane's programs the way the ecosystem does: `KUBEBUILDER_ASSETS`, as with envtest."""

from __future__ import annotations

import os
from pathlib import Path

PROGRAMS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl")


def assets() -> Path:
    """Folder that holds, or would hold, the programs."""
    named = os.environ.get("KUBEBUILDER_ASSETS")
    return Path(named) if named else Path.home() / ".cache" / "control-plane" / "bin"


def missing() -> list[str]:
    """Programs that are not there; a scheduler and controllers are needed too, unlike with envtest alone."""
    return [name for name in PROGRAMS if not os.access(assets() / name, os.X_OK)]
