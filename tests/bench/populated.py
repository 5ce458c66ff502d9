"""A large cluster that is well, written to an API server as its controllers and kubelets would have left it.

Each namespace holds a team's five Deployments of ten Pods, with ReplicaSets, Services, endpoints, a ConfigMap, an
autoscaler, a disruption budget and the Events of a rollout: the mix of kinds and sizes that a scan meets.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial

from cluster.api import Json, TestCluster, path_of

PODS = 10
"""Pods of one Deployment."""
APPS = ("gateway", "orders", "stock", "billing", "search")
PODS_ON_NODE = 100
NOW = datetime.now(UTC).replace(microsecond=0)
AT_ONCE = 24
HASH = "5c6d7f8b9"


def populate(cluster: TestCluster, first: int, last: int) -> None:
    """Write the Pods with these numbers, from the first up to the last, which is left out, and all around them."""
    per_namespace = PODS * len(APPS)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        nodes = [pool.submit(_write, cluster, node(n)) for n in range(first // PODS_ON_NODE, last // PODS_ON_NODE)]
        spaces = [f"team-{number}" for number in range(first // per_namespace, last // per_namespace)]
        made = [
            pool.submit(_write, cluster, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": space}})
            for space in spaces
        ]
        for one in (*nodes, *made):
            one.result()
        written = [
            pool.submit(_write, cluster, manifest)
            for number, space in enumerate(spaces, start=first // per_namespace)
            for manifest in team(space, number * per_namespace)
        ]
        for one in written:
            one.result()


def _write(cluster: TestCluster, manifest: Json) -> None:
    metadata = manifest["metadata"]
    path = partial(path_of, manifest["kind"], metadata.get("namespace"), api_version=manifest["apiVersion"])
    made = cluster.send("POST", path(""), manifest)
    if "status" in manifest:
        made["status"] = manifest["status"]
        cluster.send("PUT", f"{path(metadata['name'])}/status", made)


def stamp(ago: timedelta) -> str:
    """Write the moment that was so long ago, as an API server does."""
    return (NOW - ago).strftime("%Y-%m-%dT%H:%M:%SZ")


def _ready(ago: timedelta, *kinds: str) -> list[Json]:
    return [
        {"type": kind, "status": "True", "lastTransitionTime": stamp(ago), "reason": "AsExpected"} for kind in kinds
    ]


def node(number: int) -> Json:
    """A node that is well."""
    room = {"cpu": "64", "memory": "256Gi", "pods": "250", "ephemeral-storage": "500Gi"}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": f"worker-{number}",
            "labels": {"kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"},
        },
        "spec": {"podCIDR": f"10.{number}.0.0/16" if number < 200 else "10.200.0.0/16"},
        "status": {"capacity": room, "allocatable": room, "conditions": _ready(timedelta(days=30), "Ready")},
    }


def team(space: str, first: int) -> Iterator[Json]:
    """All objects of a namespace whose Pods are numbered from the first."""
    for position, app in enumerate(APPS):
        yield from _application(space, app, first + position * PODS)


def _application(space: str, app: str, first: int) -> Iterator[Json]:
    labels = {"app.kubernetes.io/name": app, "app.kubernetes.io/part-of": space}
    hashed = {**labels, "pod-template-hash": HASH}
    spec = _pod_spec(app, space)
    counts = {"replicas": PODS, "readyReplicas": PODS, "availableReplicas": PODS, "observedGeneration": 1}
    template = {"metadata": {"labels": labels}, "spec": spec}
    age = timedelta(days=12)

    def named(kind: str, version: str, name: str, **rest: object) -> Json:
        metadata = {"name": name, "namespace": space, "labels": labels}
        return {"apiVersion": version, "kind": kind, "metadata": metadata, **rest}

    values = {f"setting-{number}": f"value {number} of {app}" for number in range(12)}
    yield named("ConfigMap", "v1", f"{app}-settings", data=values)
    yield named(
        "Deployment", "apps/v1", app,
        spec={"replicas": PODS, "selector": {"matchLabels": labels}, "template": template},
        status={**counts, "updatedReplicas": PODS, "conditions": _ready(age, "Available", "Progressing")},
    )  # fmt: skip
    replicas = named(
        "ReplicaSet", "apps/v1", f"{app}-{HASH}",
        spec={
            "replicas": PODS,
            "selector": {"matchLabels": hashed},
            "template": {"metadata": {"labels": hashed}, "spec": spec},
        },
        status={**counts, "fullyLabeledReplicas": PODS},
    )  # fmt: skip
    replicas["metadata"]["ownerReferences"] = [_owner("Deployment", app)]
    yield replicas
    ports = [{"name": "http", "port": 80, "targetPort": "http"}, {"name": "metrics", "port": 9090, "targetPort": 9090}]
    yield named("Service", "v1", app, spec={"selector": labels, "ports": ports})
    pods = [_pod(space, app, number, hashed, spec) for number in range(first, first + PODS)]
    yield from pods
    yield _slice(space, app, pods)
    yield named(
        "HorizontalPodAutoscaler", "autoscaling/v2", app,
        spec={
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": app},
            "minReplicas": PODS, "maxReplicas": PODS * 3,
        },
        status={"currentReplicas": PODS, "desiredReplicas": PODS,
                "conditions": _ready(age, "AbleToScale", "ScalingActive")},
    )  # fmt: skip
    yield named(
        "PodDisruptionBudget", "policy/v1", app,
        spec={"maxUnavailable": 1, "selector": {"matchLabels": labels}},
        status={"currentHealthy": PODS, "desiredHealthy": PODS - 1, "expectedPods": PODS, "disruptionsAllowed": 1},
    )  # fmt: skip
    for pod in pods:
        yield _event(pod)


def _owner(kind: str, name: str) -> Json:
    uid = "11111111-2222-4333-8444-555555555555"
    return {"apiVersion": "apps/v1", "kind": kind, "name": name, "uid": uid, "controller": True}


def _pod_spec(app: str, space: str) -> Json:
    environment: list[Json] = [{"name": f"SETTING_{number}", "value": f"value-{number}"} for number in range(8)]
    environment += [
        {"name": f"{other.upper()}_URL", "value": f"http://{other}.{space}.svc.cluster.local:80/v1"}
        for other in APPS
        if other != app
    ]
    environment.append(
        {"name": "MODE", "valueFrom": {"configMapKeyRef": {"name": f"{app}-settings", "key": "setting-1"}}}
    )
    probe = {"httpGet": {"path": "/healthz", "port": "http"}, "periodSeconds": 10}
    room = {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}}
    main = {
        "name": app,
        "image": f"registry.example.com/{space}/{app}:1.14.2",
        "env": environment,
        "ports": [{"name": "http", "containerPort": 8080}, {"name": "metrics", "containerPort": 9090}],
        "readinessProbe": probe,
        "livenessProbe": probe,
        "resources": room,
        "volumeMounts": [{"name": "settings", "mountPath": "/etc/settings"}],
    }
    proxy = {"name": "proxy", "image": "registry.example.com/mesh/proxy:2.4.0", "resources": room}
    volume = {"name": "settings", "configMap": {"name": f"{app}-settings"}}
    return {"containers": [main, proxy], "volumes": [volume]}


def _pod(space: str, app: str, number: int, labels: dict[str, str], spec: Json) -> Json:
    began = stamp(timedelta(days=12))
    address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": f"{app}-{HASH}-{number:05d}",
            "namespace": space,
            "labels": labels,
            "ownerReferences": [_owner("ReplicaSet", f"{app}-{HASH}")],
        },
        "spec": {**spec, "nodeName": f"worker-{number // PODS_ON_NODE}"},
        "status": {
            "phase": "Running",
            "podIP": address,
            "podIPs": [{"ip": address}],
            "startTime": began,
            "conditions": _ready(
                timedelta(days=12),
                "Initialized",
                "Ready",
                "ContainersReady",
                "PodScheduled",
                "PodReadyToStartContainers",
            ),
            "containerStatuses": [
                {
                    "name": container["name"],
                    "image": container["image"],
                    "imageID": f"{container['image'].partition(':')[0]}@sha256:{'0123456789abcdef' * 4}",
                    "ready": True,
                    "started": True,
                    "restartCount": 0,
                    "state": {"running": {"startedAt": began}},
                }
                for container in spec["containers"]
            ],
        },
    }


def _slice(space: str, app: str, pods: list[Json]) -> Json:
    endpoints = [
        {
            "addresses": [pod["status"]["podIP"]],
            "conditions": {"ready": True, "serving": True, "terminating": False},
            "nodeName": pod["spec"]["nodeName"],
            "targetRef": {"kind": "Pod", "name": pod["metadata"]["name"], "namespace": space},
        }
        for pod in pods
    ]
    metadata = {"name": f"{app}-abcde", "namespace": space, "labels": {"kubernetes.io/service-name": app}}
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": metadata,
        "addressType": "IPv4",
        "ports": [{"name": "http", "port": 8080}, {"name": "metrics", "port": 9090}],
        "endpoints": endpoints,
    }


def _event(pod: Json) -> Json:
    name, space = pod["metadata"]["name"], pod["metadata"]["namespace"]
    at = stamp(timedelta(minutes=50))
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{name}.pulled", "namespace": space},
        "involvedObject": {"kind": "Pod", "namespace": space, "name": name, "apiVersion": "v1"},
        "reason": "Pulled",
        "type": "Normal",
        "message": f'Container image "{pod["spec"]["containers"][0]["image"]}" already present on machine',
        "source": {"component": "kubelet", "host": pod["spec"]["nodeName"]},
        "firstTimestamp": at,
        "lastTimestamp": at,
        "count": 1,
    }
