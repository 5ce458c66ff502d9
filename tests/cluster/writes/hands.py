"""What somebody else does in a cluster who is not there in a test: a storage driver, an autoscaler with metrics."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from cluster.api import Json, TestCluster
from cluster.waiting import until

NODE, PROBLEM = "node-3", "KernelDeadlock"
Hand = Callable[[TestCluster, str], None]
"""Does something in a namespace."""


def _moment(ago: timedelta = timedelta()) -> str:
    return f"{datetime.now(UTC) - ago:%Y-%m-%dT%H:%M:%SZ}"


def _status(cluster: TestCluster, kind: str, space: str, name: str, status: Json) -> None:
    cluster.patch(kind, space, f"{name}/status", {"status": status})


def hold_at_maximum(cluster: TestCluster, space: str) -> None:
    """Say that the load asks for more replicas than the maximum, as the autoscaler does that has metrics."""
    condition = {
        "type": "ScalingLimited", "status": "True", "reason": "TooManyReplicas", "lastTransitionTime": _moment(),
        "message": "the desired replica count is more than the maximum replica count",
    }  # fmt: skip
    until(lambda: (cluster.get("HorizontalPodAutoscaler", space, "search") or {}).get("status"), "the autoscaler works")
    _status(cluster, "HorizontalPodAutoscaler", space, "search", {"conditions": [condition]})


def scale_further(cluster: TestCluster, space: str) -> None:
    """Take the limit away from the status as soon as the maximum is higher."""
    until(
        lambda: _spec(cluster, "HorizontalPodAutoscaler", space, "search")["maxReplicas"] > 2, "the maximum is raised"
    )
    _status(cluster, "HorizontalPodAutoscaler", space, "search", {"conditions": []})


def leave_starts_out(cluster: TestCluster, space: str) -> None:
    """Put a run there that does not end, and what the CronJob's controller says about it."""
    cron = cluster.get("CronJob", space, "export") or {}
    owner = {
        "apiVersion": "batch/v1", "kind": "CronJob", "name": "export", "uid": cron["metadata"]["uid"],
        "controller": True,
    }  # fmt: skip
    job = {
        "apiVersion": "batch/v1", "kind": "Job",
        "metadata": {"name": "export-1", "ownerReferences": [owner]}, "spec": cron["spec"]["jobTemplate"]["spec"],
    }  # fmt: skip
    cluster.create(job, space)
    about = {"apiVersion": "batch/v1", "kind": "CronJob", "namespace": space, "name": "export", "uid": owner["uid"]}
    event = {
        "apiVersion": "v1", "kind": "Event", "metadata": {"name": "left-out"}, "involvedObject": about,
        "type": "Normal", "reason": "JobAlreadyActive", "count": 9, "lastTimestamp": _moment(),
        "message": "Not starting job because prior execution is running and concurrency policy is Forbid",
    }  # fmt: skip
    cluster.create(event, space)
    until(lambda: list(cluster.pods(space)), "the run has its Pod")


def grow_volume(cluster: TestCluster, space: str) -> None:
    """Make the volume as large as the claim asks, as its driver does; the program then has room at its next start."""
    until(lambda: _asked(cluster, space, "ledger") != "1Gi", "more room is asked for")
    size = {"storage": _asked(cluster, space, "ledger")}
    cluster.patch("PersistentVolume", None, "ledger", {"spec": {"capacity": size}})
    _status(cluster, "PersistentVolumeClaim", space, "ledger", {"capacity": size})
    for pod in cluster.pods(space):
        notes = {"sim/behaviour": "running", "sim/log": "recovered"}
        cluster.patch("Pod", space, pod["metadata"]["name"], {"metadata": {"annotations": notes}})


def leave_file_system_small(cluster: TestCluster, space: str) -> None:
    """Say that the file system of a volume grows at the next start of its Pod, and has not for two hours."""
    pending = {
        "type": "FileSystemResizePending", "status": "True", "lastTransitionTime": _moment(timedelta(hours=2)),
        "message": "Waiting for user to (re-)start a pod to finish file system resize of volume on node.",
    }  # fmt: skip
    status = {"capacity": {"storage": "1Gi"}, "conditions": [pending]}
    _status(cluster, "PersistentVolumeClaim", space, "archive", status)


def grow_file_system(cluster: TestCluster, space: str) -> None:
    """Grow the file system when the Pod starts anew, as the kubelet does."""
    before = _uid(cluster, space)
    until(lambda: _uid(cluster, space) not in {before, ""}, "the Pod starts anew")
    _status(cluster, "PersistentVolumeClaim", space, "archive", {"capacity": {"storage": "2Gi"}, "conditions": []})


def miss_a_start(cluster: TestCluster, space: str) -> None:
    """Let the CronJob have run three hours ago for the last time, as it does that was suspended since."""
    _status(cluster, "CronJob", space, "feed-token", {"lastScheduleTime": _moment(timedelta(hours=3))})


def get_stuck(cluster: TestCluster, _: str) -> None:
    """Say that the node's kernel is stuck, as a problem detector does."""
    problem = {"type": PROBLEM, "status": "True", "reason": "DockerHung", "message": "a task is blocked"}
    cluster.patch("Node", None, f"{NODE}/status", {"status": {"conditions": [*_conditions(cluster), problem]}})


def repair_node(cluster: TestCluster, space: str) -> None:
    """Repair the node once nobody uses it any more, as whoever owns it does."""

    def is_free() -> bool:
        node = cluster.get("Node", None, NODE) or {}
        return bool(node["spec"].get("unschedulable")) and NODE not in {
            pod["spec"].get("nodeName") for pod in cluster.pods(space)
        }

    until(is_free, "the node is free")
    cluster.patch("Node", None, f"{NODE}/status", {"status": {"conditions": _conditions(cluster)}})


def _conditions(cluster: TestCluster) -> list[Json]:
    found = (cluster.get("Node", None, NODE) or {})["status"]["conditions"]
    return [one for one in found if one["type"] != PROBLEM]


def _uid(cluster: TestCluster, space: str) -> str:
    return str(((cluster.get("Pod", space, "archive-0") or {}).get("metadata") or {}).get("uid", ""))


def _asked(cluster: TestCluster, space: str, name: str) -> str:
    return str(_spec(cluster, "PersistentVolumeClaim", space, name)["resources"]["requests"]["storage"])


def _spec(cluster: TestCluster, kind: str, space: str, name: str) -> Json:
    spec: Json = (cluster.get(kind, space, name) or {})["spec"]
    return spec


BEFORE: dict[str, Hand] = {
    "adjust_autoscaler": hold_at_maximum,
    "delete_job": leave_starts_out,
    "delete_pod": leave_file_system_small,
    "resume_cron_job": miss_a_start,
    "cordon": get_stuck,
}
"""What is done once a fault has been played."""
MEANWHILE: dict[str, Hand] = {
    "adjust_autoscaler": scale_further,
    "expand_claim": grow_volume,
    "delete_pod": grow_file_system,
    "cordon": repair_node,
}
"""What is done beside the repair, in answer to it."""


class Helper:
    """Lends a hand while a repair is carried out."""

    def __init__(self, hand: Hand | None, cluster: TestCluster, space: str) -> None:
        self._thread = threading.Thread(target=hand, args=(cluster, space), daemon=True) if hand else None

    def __enter__(self) -> None:
        if self._thread:
            self._thread.start()

    def __exit__(self, *_: object) -> None:
        if self._thread:
            self._thread.join()
