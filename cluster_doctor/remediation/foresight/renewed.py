"""What a rollout leaves behind when all goes well: Pods of the template, ready, and a status that says so."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import datetime

from pydantic import JsonValue

from cluster_doctor.snapshot.paths import mapping, objects, text
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.snapshot.views import DaemonSet, Deployment, Pod, ReplicaSet, StatefulSet, Workload

Object = dict[str, JsonValue]
_ROLLED_OUT = (Deployment, StatefulSet, DaemonSet)
_ADDRESSES = "203.0.113."
"""RFC 5737: addresses for documentation, which no Pod has."""


def rolls_out(workload: Workload) -> bool:
    """Whether a change of its template replaces its Pods; Jobs run to their end with what they began with."""
    return isinstance(workload, _ROLLED_OUT)


def with_template(pod: Pod, workload: Workload) -> Object:
    """A Pod as the template has it, its place and status kept."""
    raw = copy.deepcopy(pod.raw)
    spec = copy.deepcopy(mapping(workload.raw, *workload.template_path, "spec"))
    for kept in ("nodeName", "hostname", "subdomain"):
        if kept in mapping(pod.raw, "spec"):
            spec[kept] = mapping(pod.raw, "spec")[kept]
    raw["spec"] = spec
    labels = {key: value for key, value in pod.labels.items() if key in _GIVEN}
    raw["metadata"] = {**mapping(raw, "metadata"), "labels": {**labels, **workload.template_labels}}
    return raw


_GIVEN = frozenset(
    {
        "pod-template-hash", "controller-revision-hash", "pod-template-generation",
        "statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index",
    }
)  # fmt: skip
"""Labels that controllers add to those of the template."""


def renewed(cluster: ClusterSnapshot, workload: Workload) -> Iterator[Object]:
    """The workload, its newest ReplicaSet and its Pods once it is rolled out, all well."""
    at = cluster.taken_at
    yield _settled(workload)
    sets = sorted(cluster.owned_by(workload.ref, ReplicaSet), key=lambda view: view.revision)
    for older in sets[:-1]:
        yield {**older.raw, "spec": {**mapping(older.raw, "spec"), "replicas": 0}, "status": _counts(0)}
    owner: Workload = workload
    if sets:
        owner = sets[-1]
        yield {**owner.raw, "spec": {**mapping(owner.raw, "spec"), "replicas": workload.wanted},
               "status": _counts(workload.wanted)}  # fmt: skip
    there = [pod for pod in cluster.pods_of(workload.ref) if pod.expected_to_run][: workload.wanted]
    for number in range(workload.wanted):
        pod = with_template(there[number], workload) if number < len(there) else _new(workload, owner, number)
        yield {**pod, "status": _running(pod, number, at)}


def _new(workload: Workload, owner: Workload, number: int) -> Object:
    metadata: Object = {
        "name": f"{workload.name}-expected-{number}",
        "namespace": workload.namespace,
        "labels": dict(workload.template_labels),
        "ownerReferences": [
            {
                "apiVersion": owner.ref.api_version,
                "kind": owner.ref.kind,
                "name": owner.name,
                "uid": owner.ref.uid or "",
                "controller": True,
            }
        ],
    }
    spec = copy.deepcopy(mapping(workload.raw, *workload.template_path, "spec"))
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def _running(pod: Object, number: int, at: datetime) -> Object:
    began = at.isoformat().replace("+00:00", "Z")
    status: Object = {
        "phase": "Running",
        "podIP": text(pod, "status", "podIP") or f"{_ADDRESSES}{number % 254 + 1}",
        "conditions": [
            {"type": name, "status": "True", "lastTransitionTime": began}
            for name in ("PodScheduled", "Initialized", "ContainersReady", "Ready")
        ],
    }
    for declared, reported in (("containers", "containerStatuses"), ("initContainers", "initContainerStatuses")):
        found = [container for _, container in objects(pod, "spec", declared)]
        lasting = declared == "containers"
        status[reported] = [
            {
                "name": text(container, "name"),
                "image": text(container, "image"),
                "ready": True,
                "restartCount": 0,
                "state": {"running": {"startedAt": began}}
                if lasting or text(container, "restartPolicy") == "Always"
                else {"terminated": {"exitCode": 0, "reason": "Completed", "finishedAt": began}},
            }
            for container in found
        ]
    return {key: value for key, value in status.items() if value}


def _settled(workload: Workload) -> Object:
    generation = workload.integer("metadata", "generation")
    status = _counts(workload.wanted)
    if isinstance(workload, DaemonSet):
        names = ("desiredNumberScheduled", "currentNumberScheduled", "updatedNumberScheduled", "numberReady",
                 "numberAvailable")  # fmt: skip
        status = dict.fromkeys(names, workload.wanted)
    if isinstance(workload, Deployment):
        status["conditions"] = [
            {"type": "Available", "status": "True", "reason": "MinimumReplicasAvailable"},
            {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"},
        ]
    return {**workload.raw, "status": {**status, "observedGeneration": generation}}


def _counts(replicas: int) -> Object:
    names = ("replicas", "readyReplicas", "availableReplicas", "updatedReplicas", "currentReplicas")
    return dict.fromkeys(names, replicas)
