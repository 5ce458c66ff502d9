"""Files of own rules."""

from __future__ import annotations

from pathlib import Path

NO_OWNER = '''
"""A Deployment that nobody owns."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.domain.findings import Directness, Match, Severity
from cluster_doctor.rules.protocol import rule
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import Deployment


@rule(Severity.ERROR, subject=Deployment, directness=Directness.STATED)
def deployment_has_no_owner(deployment: Deployment, cluster: ClusterSnapshot) -> Iterator[Match]:
    """The Deployment says of no team that it owns it.

    Why it matters:
        At night nobody knows whom to call.

    Fires on:
        {kind: Deployment, metadata: {name: web, labels: {app: web}}}

    Stays quiet on:
        {kind: Deployment, metadata: {name: web, labels: {app: web, team: shop}}}

    Remedy:
        Label it with `team`, the name of the team that owns it.

    References:
        https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
    """
    if "team" not in deployment.labels:
        yield Match(
            message=f"Deployment {deployment.name} carries no label team",
            evidence=(deployment.cite("metadata.labels"),),
        )
'''
OWNERLESS = """
kind: Deployment
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {replicas: 0, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}}}
---
kind: Pod
metadata: {name: other, namespace: shop}
spec: {containers: [{name: web, image: nginx}]}
status: {phase: Running, conditions: [{type: Ready, status: "True"}]}
"""


def folder(place: Path, **files: str) -> Path:
    """Write files of rules, by their names without the suffix."""
    place.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (place / f"{name}.py").write_text(text, encoding="utf-8")
    return place
