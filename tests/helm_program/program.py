"""Finds the real Helm, for tests: the one that `build.sh` built, else the one that is installed."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

_HERE = Path(__file__).parent
REQUIRED = os.environ.get("CLUSTER_DOCTOR_TEST_HELM") == "required"


def folder() -> Path | None:
    """The folder that holds the program; None if there is none."""
    key = hashlib.sha256((_HERE / "go.mod").read_bytes()).hexdigest()[:16]
    built = Path.home() / ".cache" / "cluster-doctor-tests" / f"helm-{key}"
    if os.access(built / "helm", os.X_OK):
        return built
    found = shutil.which("helm")
    return Path(found).parent if found else None
