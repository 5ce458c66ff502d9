"""What a cluster holds of an object once its manifest was delivered."""

from __future__ import annotations

import pytest
import yaml

from cluster_doctor.remediation.foresight.synced import synced
from cluster_doctor.snapshot.paths import dig

LIVE = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, uid: d1, labels: {app: web, of: others}}
spec:
  replicas: 1
  template:
    spec:
      restartPolicy: Always
      containers:
      - {name: web, image: "web:1", imagePullPolicy: IfNotPresent, ports: [{containerPort: 80, protocol: TCP}]}
      - {name: old, image: "old:1"}
      tolerations: [{key: a}, {key: b}]
status: {readyReplicas: 1}
"""


@pytest.mark.parametrize(
    ("written", "path", "becomes"),
    [
        ("{spec: {replicas: 3}}", ("spec", "replicas"), 3),
        ("{spec: {replicas: 3}}", ("status",), {"readyReplicas": 1}),
        ("{spec: {replicas: null}}", ("spec", "replicas"), 1),
        ("{metadata: {name: web, labels: {app: shop}}}", ("metadata", "labels"), {"app": "shop", "of": "others"}),
        ("{metadata: {name: web, uid: another}}", ("metadata", "uid"), "d1"),
        ("{status: {readyReplicas: 0}}", ("status", "readyReplicas"), 1),
        ("{spec: {template: {spec: {tolerations: [{effect: NoSchedule}]}}}}",
         ("spec", "template", "spec", "tolerations"), [{"effect": "NoSchedule"}]),
        ('{spec: {template: {spec: {containers: [{name: web, image: "web:2", ports: [{containerPort: 80}]}]}}}}',
         ("spec", "template", "spec", "containers"),
         [{"name": "web", "image": "web:2", "imagePullPolicy": "IfNotPresent",
           "ports": [{"containerPort": 80, "protocol": "TCP"}]}]),
    ],
)  # fmt: skip
def test_what_is_written_wins_and_what_is_not_stays(written: str, path: tuple[str, ...], becomes: object) -> None:
    live = yaml.safe_load(LIVE)
    assert dig(synced(live, yaml.safe_load(written)), *path) == becomes
    assert live == yaml.safe_load(LIVE)


def test_an_object_that_is_delivered_as_it_is_stays_as_it_is() -> None:
    live = yaml.safe_load(LIVE)
    assert synced(live, live) == live
