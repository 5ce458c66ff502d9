"""Why a claim is not bound: which of its wishes no volume meets."""

from __future__ import annotations

import pytest

from rules.causes import causes_of

CLAIM = """
kind: PersistentVolumeClaim
metadata: {name: orders, creationTimestamp: '2026-01-01T11:00:00Z'}
spec: {storageClassName: CLASS, accessModes: [MODE], resources: {requests: {storage: SIZE}}, SELECTOR}
status: {phase: Pending}
---
kind: PersistentVolume
metadata: {name: disk-1, labels: {tier: gold}}
spec: {storageClassName: manual, accessModes: [ReadWriteOnce], capacity: {storage: 10Gi}}
status: {phase: Available}
---
kind: StorageClass
metadata: {name: manual}
provisioner: kubernetes.io/no-provisioner
---
kind: Pod
metadata: {name: db-0, creationTimestamp: '2026-01-01T11:00:00Z'}
spec: {containers: [{name: db}], volumes: [{name: d, persistentVolumeClaim: {claimName: orders}}]}
status:
  phase: Pending
  conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable,
    message: '0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.'}]
"""


def _claim(storage: str = "manual", mode: str = "ReadWriteOnce", size: str = "5Gi", selector: str = "x: y") -> str:
    return CLAIM.replace("CLASS", storage).replace("MODE", mode).replace("SIZE", size).replace("SELECTOR", selector)


@pytest.mark.parametrize(
    ("wish", "rule"),
    [
        ({"size": "20Gi"}, "claim_is_larger_than_volume"),
        ({"mode": "ReadWriteMany"}, "claim_and_volume_differ_in_access_modes"),
        ({"selector": "selector: {matchLabels: {tier: silver}}"}, "claim_selector_matches_no_volume"),
        ({"storage": "fast"}, "storage_class_does_not_exist"),
    ],
)
def test_the_one_wish_that_is_not_met_is_named(wish: dict[str, str], rule: str) -> None:
    assert causes_of(_claim(**wish)) == [(rule, "orders")]


def test_a_volume_of_somebody_else_is_no_volume() -> None:
    taken = _claim().replace(
        "capacity: {storage: 10Gi}}", "capacity: {storage: 10Gi}, claimRef: {namespace: x, name: y}}"
    )
    taken = taken.replace("phase: Available", "phase: Bound")
    assert [name for name, _ in causes_of(taken)] == ["volume_is_taken_by_another_claim"]


def test_a_bound_claim_is_quiet() -> None:
    bound = _claim().replace("status: {phase: Pending}", "status: {phase: Bound}")
    assert "orders" not in {name for _, name in causes_of(bound)}
