"""Alerts of Alertmanager as records."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import JsonValue

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.kinds import BY_KIND
from cluster_doctor.snapshot.paths import strings, text
from cluster_doctor.snapshot.records import Alert, Anomaly
from cluster_doctor.snapshot.times import parse_time

_SUBJECTS = (
    ("persistentvolumeclaim", "PersistentVolumeClaim"),
    ("horizontalpodautoscaler", "HorizontalPodAutoscaler"),
    ("deployment", "Deployment"),
    ("statefulset", "StatefulSet"),
    ("daemonset", "DaemonSet"),
    ("cronjob", "CronJob"),
    ("job_name", "Job"),
    ("pod", "Pod"),
    ("service", "Service"),
    ("node", "Node"),
    ("namespace", "Namespace"),
)
"""Labels of kube-state-metrics that name an object, the most specific first. `job` and `instance` name the exporter
that was scraped, not what is wrong; so does `pod` where a more specific label stands beside it."""

_WORDS = (
    (Anomaly.RETRANSMISSION, ("retrans",)),
    (Anomaly.LATENCY, ("latency", "slow", "duration")),
    (Anomaly.ERRORS, ("error", "5xx", "failurerate")),
    (Anomaly.CPU, ("cpu", "throttl")),
    (Anomaly.MEMORY, ("memory", "oom")),
    (Anomaly.NO_SAMPLES, ("targetdown", "absent", "nosamples")),
)
"""Words in the name of an alert rule that tell what it measures."""


def read_alerts(answer: JsonValue) -> Iterator[Alert]:
    """Read an answer of `/api/v2/alerts`; what has another shape is left out."""
    for entry in answer if isinstance(answer, list) else []:
        if isinstance(entry, dict) and text(entry, "labels", "alertname"):
            labels = strings(entry, "labels")
            yield Alert(
                name=labels["alertname"],
                subject=subject_of(labels),
                anomaly=_anomaly(labels["alertname"]),
                text=_said(entry),
                severity=labels.get("severity", ""),
                started_at=parse_time(entry.get("startsAt")),
                labels=labels,
            )


def subject_of(labels: dict[str, str]) -> ObjectRef | None:
    """The object that an alert is about, as far as its labels name one."""
    namespace = labels.get("namespace") or labels.get("exported_namespace")
    for label, kind in _SUBJECTS:
        name = labels.get(f"exported_{label}") or labels.get(label)
        known = BY_KIND[kind]
        if not name or (known.namespaced and not namespace):
            continue
        place = namespace if known.namespaced else None
        return ObjectRef(kind=kind, name=name, namespace=place, api_version=known.api_version)
    return None


def _said(entry: dict[str, JsonValue]) -> str:
    notes = strings(entry, "annotations")
    parts = [notes.get(key, "").strip() for key in ("summary", "description", "message")]
    return " ".join(dict.fromkeys(part for part in parts if part))


def _anomaly(name: str) -> Anomaly:
    word = name.lower().replace("_", "")
    return next((kind for kind, marks in _WORDS if any(mark in word for mark in marks)), Anomaly.OTHER)
