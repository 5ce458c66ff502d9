"""Tells from a description alone what kind of object it describes.

kubectl does not print the kind, except for custom resources. Each kind has headings that no other has.
"""

from __future__ import annotations

from cluster_doctor.sources.terminal.outline import Entry

_SIGNS: tuple[tuple[str, frozenset[str]], ...] = (
    ("Node", frozenset({"Taints", "Unschedulable"})),
    ("Deployment", frozenset({"StrategyType", "Pod Template"})),
    ("StatefulSet", frozenset({"Update Strategy", "Pod Template"})),
    ("DaemonSet", frozenset({"Desired Number of Nodes Scheduled"})),
    ("CronJob", frozenset({"Schedule", "Concurrency Policy"})),
    ("Job", frozenset({"Parallelism", "Pods Statuses"})),
    ("ReplicaSet", frozenset({"Pods Status", "Pod Template"})),
    ("Pod", frozenset({"Containers", "Node"})),
    ("Service", frozenset({"Session Affinity", "Type"})),
    ("Endpoints", frozenset({"Subsets"})),
    ("EndpointSlice", frozenset({"AddressType"})),
    ("Ingress", frozenset({"Rules", "Default backend"})),
    ("HorizontalPodAutoscaler", frozenset({"Min replicas", "Max replicas"})),
    ("PodDisruptionBudget", frozenset({"Selector", "Status"})),
    ("PersistentVolumeClaim", frozenset({"Used By", "VolumeMode"})),
    ("PersistentVolume", frozenset({"Reclaim Policy", "Claim"})),
    ("StorageClass", frozenset({"Provisioner", "VolumeBindingMode"})),
    ("ServiceAccount", frozenset({"Mountable secrets"})),
    ("RoleBinding", frozenset({"Role", "Subjects"})),
)


def kind_of(outline: Entry) -> str:
    """Name the kind, empty if the headings fit none."""
    custom = outline.get("Kind")
    if custom and outline.get("API Version"):
        return custom
    keys = {entry.key for entry in outline}
    texts = {entry.text for entry in outline}
    for kind, signs in _SIGNS:
        if signs <= keys:
            return kind
    if any(text.split()[:3] == ["Resource", "Used", "Hard"] for text in texts) and "Namespace" in keys:
        return "ResourceQuota"
    if any(text.startswith("Type") and "Default Request" in text for text in texts):
        return "LimitRange"
    if "Spec" in keys and any(entry.find("PodSelector") for entry in outline):
        return "NetworkPolicy"
    if "Data" in texts:
        return "Secret" if "Type" in keys else "ConfigMap"
    if "Status" in keys and "Namespace" not in keys and "Labels" in keys:
        return "Namespace"
    return ""
