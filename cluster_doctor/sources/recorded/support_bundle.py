"""A support bundle of troubleshoot.sh.

The layout is that of its `cluster_resources.go`: lists in `cluster-resources/KINDS/NAMESPACE.json`, what lives in no
namespace in `cluster-resources/KINDS.json`, and beside each what could not be read in `KINDS-errors.json`.
"""

from __future__ import annotations

import re
from collections import defaultdict

import orjson

from cluster_doctor.domain.coverage import Gap, GapReason
from cluster_doctor.snapshot.builder import SnapshotBuilder
from cluster_doctor.snapshot.paths import text
from cluster_doctor.snapshot.views import Pod
from cluster_doctor.sources.recorded.contents import LOG_TAIL, Contents
from cluster_doctor.sources.recorded.recording import add_log, log_gap, read_list

NAMESPACED = {
    "configmaps": "ConfigMap", "cronjobs": "CronJob", "daemonsets": "DaemonSet", "deployments": "Deployment",
    "endpoints": "Endpoints", "endpointslices": "EndpointSlice", "events": "Event", "ingress": "Ingress",
    "jobs": "Job", "leases": "Lease", "limitranges": "LimitRange", "network-policy": "NetworkPolicy",
    "pod-disruption-budgets": "PodDisruptionBudget", "pods": "Pod", "pvcs": "PersistentVolumeClaim",
    "replicasets": "ReplicaSet", "resource-quota": "ResourceQuota", "rolebindings": "RoleBinding", "roles": "Role",
    "serviceaccounts": "ServiceAccount", "services": "Service", "statefulsets": "StatefulSet",
}  # fmt: skip
CLUSTER_WIDE = {
    "clusterrolebindings": "ClusterRoleBinding", "clusterroles": "ClusterRole",
    "custom-resource-definitions": "CustomResourceDefinition", "namespaces": "Namespace", "nodes": "Node",
    "priorityclasses": "PriorityClass", "pvs": "PersistentVolume", "storage-classes": "StorageClass",
    "volumeattachments": "VolumeAttachment",
}  # fmt: skip

_TOP = r"(?P<root>(?:.*/)?)cluster-resources/"
_LIST = re.compile(_TOP + r"(?P<folder>[a-z-]+)/(?P<namespace>[^/]+)\.json")
_WIDE = re.compile(_TOP + r"(?P<folder>[a-z-]+?)(?:\.json)?")
_ERRORS = re.compile(_TOP + r"(?P<folder>[a-z-]+)-errors\.json")
_CUSTOM = re.compile(_TOP + r"custom-resources/(?P<crd>[^/]+?)(?:/(?P<namespace>[^/]+))?\.json")
_LOG = re.compile(
    _TOP + r"pods/logs/(?P<namespace>[^/]+)/(?P<pod>[^/]+)/(?P<container>[^/]+?)(?P<which>-previous|-logs-errors)?\.log"
)
_OTHER_LOG = re.compile(r"(?:.*/)?(?P<pod>[^/]+?)(?:/(?P<container>[^/]+?))?(?P<which>-previous)?\.log")
_VERSION = re.compile(r"(?:.*/)?cluster-info/cluster_version\.json")


def is_support_bundle(contents: Contents) -> bool:
    """Tell the layout by its folder."""
    return any(
        (listed := _LIST.fullmatch(name) or _WIDE.fullmatch(name)) is not None
        and listed["folder"] in {**NAMESPACED, **CLUSTER_WIDE}
        for name in contents.sizes
    )


def read_support_bundle(contents: Contents, builder: SnapshotBuilder) -> None:
    """Read lists, errors and logs."""
    pods: dict[str, set[str]] = defaultdict(set)
    others = [name for name in sorted(contents.sizes) if not _read_own(contents, name, pods, builder)]
    for name in others:
        _read_other_log(contents, name, pods, builder)


def _read_own(contents: Contents, name: str, pods: dict[str, set[str]], builder: SnapshotBuilder) -> bool:
    """Read a file that the bundle always has; False if it is none of them."""
    if log := _LOG.fullmatch(name):
        _read_log(contents, name, log, builder)
    elif errors := _ERRORS.fullmatch(name):
        _read_errors(contents.read(name), errors["folder"], builder)
    elif custom := _CUSTOM.fullmatch(name):
        _read_custom(contents, name, custom["namespace"], builder)
    elif (listed := _LIST.fullmatch(name)) and listed["folder"] in NAMESPACED:
        parts = read_list(contents, name, builder, NAMESPACED[listed["folder"]], listed["namespace"])
        for part in parts.objects if parts and listed["folder"] == "pods" else ():
            pods[text(part.raw, "metadata", "name")].add(listed["namespace"])
    elif (wide := _WIDE.fullmatch(name)) and wide["folder"] in CLUSTER_WIDE:
        _read_wide(contents, name, wide["folder"], builder)
    elif _VERSION.fullmatch(name):
        builder.server_version = _version(contents.read(name))
    else:
        return False
    return True


def _read_wide(contents: Contents, name: str, folder: str, builder: SnapshotBuilder) -> None:
    """Read what lives in no namespace. Namespaces that were asked for by name come as a bare array."""
    named = folder == "namespaces" and contents.read(name).lstrip()[:1] == b"["
    read_list(contents, name, builder, CLUSTER_WIDE[folder], None, whole=not named)


def _read_custom(contents: Contents, name: str, namespace: str | None, builder: SnapshotBuilder) -> None:
    parts = read_list(contents, name, builder, "", namespace, whole=False)
    for kind in {text(part.raw, "kind") for part in parts.objects} if parts else ():
        builder.cover(kind, namespace)


def _read_errors(content: bytes, folder: str, builder: SnapshotBuilder) -> None:
    """Turn an errors file into gaps: an array, or a map from namespace to error."""
    kind = NAMESPACED.get(folder) or CLUSTER_WIDE.get(folder)
    try:
        read = orjson.loads(content) if content.strip() else None
    except orjson.JSONDecodeError:
        return
    found = list(read.items()) if isinstance(read, dict) else [(None, entry) for entry in read or []]
    for namespace, entry in found:
        if kind and isinstance(entry, str):
            reason = GapReason.FORBIDDEN if "forbidden" in entry else GapReason.NOT_RECORDED
            builder.gap(Gap(kind=kind, namespace=namespace or None, reason=reason, detail=entry[:300]))


def _read_log(contents: Contents, name: str, log: re.Match[str], builder: SnapshotBuilder) -> None:
    if log["which"] == "-logs-errors":
        log_gap(builder, Pod.ref_to(log["namespace"], log["pod"]), contents.read(name).decode("utf-8", "replace"))
    else:
        place = (log["namespace"], log["pod"], log["container"])
        add_log(builder, place, contents.read(name, LOG_TAIL), previous=bool(log["which"]))


def _read_other_log(contents: Contents, name: str, pods: dict[str, set[str]], builder: SnapshotBuilder) -> None:
    """Read a log that a collector of its own wrote: its path names the Pod, but not the namespace."""
    folder, _, last = name.rpartition("/")
    single = _OTHER_LOG.fullmatch(last)
    for found, container in ((_OTHER_LOG.fullmatch(f"{folder.rpartition('/')[2]}/{last}"), True), (single, False)):
        namespaces = pods.get(found["pod"], set()) if found else set()
        if found and len(namespaces) == 1:
            place = (next(iter(namespaces)), found["pod"], (found["container"] or "") if container else "")
            add_log(builder, place, contents.read(name, LOG_TAIL), previous=bool(found["which"]))
            return


def _version(content: bytes) -> str:
    try:
        return text(orjson.loads(content), "string")
    except orjson.JSONDecodeError:
        return ""
