"""Tells from the headings of a table alone what kind of objects it lists."""

from __future__ import annotations

from collections.abc import Iterable

_SIGNS: tuple[tuple[str, frozenset[str]], ...] = (
    ("Event", frozenset({"LAST SEEN", "REASON", "OBJECT"})),
    ("Pod", frozenset({"READY", "STATUS", "RESTARTS"})),
    ("Node", frozenset({"STATUS", "ROLES", "VERSION"})),
    ("Service", frozenset({"TYPE", "CLUSTER-IP", "PORT(S)"})),
    ("DaemonSet", frozenset({"DESIRED", "CURRENT", "NODE SELECTOR"})),
    ("Deployment", frozenset({"UP-TO-DATE", "AVAILABLE"})),
    ("ReplicaSet", frozenset({"DESIRED", "CURRENT", "READY"})),
    ("PersistentVolumeClaim", frozenset({"STATUS", "VOLUME", "ACCESS MODES"})),
    ("PersistentVolume", frozenset({"RECLAIM POLICY", "CLAIM"})),
    ("StorageClass", frozenset({"PROVISIONER", "RECLAIMPOLICY"})),
    ("Job", frozenset({"COMPLETIONS", "DURATION"})),
    ("CronJob", frozenset({"SCHEDULE", "SUSPEND"})),
    ("HorizontalPodAutoscaler", frozenset({"REFERENCE", "TARGETS"})),
    ("PodDisruptionBudget", frozenset({"MIN AVAILABLE", "MAX UNAVAILABLE"})),
    ("EndpointSlice", frozenset({"ADDRESSTYPE", "ENDPOINTS"})),
    ("Endpoints", frozenset({"ENDPOINTS", "AGE"})),
    ("Ingress", frozenset({"CLASS", "HOSTS"})),
    ("NetworkPolicy", frozenset({"POD-SELECTOR"})),
    ("ResourceQuota", frozenset({"REQUEST", "LIMIT"})),
    ("APIService", frozenset({"SERVICE", "AVAILABLE"})),
    ("Secret", frozenset({"TYPE", "DATA"})),
    ("ConfigMap", frozenset({"DATA", "AGE"})),
    ("ServiceAccount", frozenset({"SECRETS", "AGE"})),
    ("StatefulSet", frozenset({"READY", "AGE"})),
    ("Namespace", frozenset({"STATUS", "AGE"})),
)


def kind_of(headings: Iterable[str]) -> str:
    """Name the kind, empty if the headings fit none."""
    shown = set(headings)
    return next((kind for kind, signs in _SIGNS if signs <= shown), "")
