"""What of an object is its owner's, to be compared before and after."""

from __future__ import annotations

import copy

from cluster.api import Json
from cluster_doctor.remediation.cluster.difference import bare

REVISION = "deployment.kubernetes.io/revision"


def own(raw: Json | None) -> Json:
    """What is an object's own, and not its controller's."""
    kept: Json = copy.deepcopy(bare(raw or {}))
    kept.get("metadata", {}).get("annotations", {}).pop(REVISION, None)
    kept.get("spec", {}).pop("taints", None)
    return kept
