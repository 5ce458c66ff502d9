"""Reads a description: metadata that all kinds share, the kind's own part, and the Events below it."""

from __future__ import annotations

import re
from collections.abc import Callable

from cluster_doctor.snapshot.kinds import kind_named
from cluster_doctor.snapshot.paths import mapping
from cluster_doctor.sources.terminal.describe import cluster, config, custom, network, pods, policy, storage, workloads
from cluster_doctor.sources.terminal.describe.containers import labelled
from cluster_doctor.sources.terminal.describe.recognise import kind_of
from cluster_doctor.sources.terminal.events import read_described_events
from cluster_doctor.sources.terminal.merge import JsonObject, deep_merge
from cluster_doctor.sources.terminal.moments import Clock, date
from cluster_doctor.sources.terminal.outline import Entry, read_outline
from cluster_doctor.sources.terminal.partials import Detail, Partials, new_object

_READERS: dict[str, Callable[[Entry, Clock], JsonObject]] = {
    "Pod": pods.described_pod,
    "Deployment": workloads.described_deployment,
    "ReplicaSet": workloads.described_replica_set,
    "ReplicationController": workloads.described_replication_controller,
    "StatefulSet": workloads.described_stateful_set,
    "DaemonSet": workloads.described_daemon_set,
    "Job": workloads.described_job,
    "CronJob": workloads.described_cron_job,
    "Service": network.described_service,
    "Endpoints": network.described_endpoints,
    "EndpointSlice": network.described_endpoint_slice,
    "Ingress": network.described_ingress,
    "NetworkPolicy": network.described_network_policy,
    "PersistentVolumeClaim": storage.described_claim,
    "PersistentVolume": storage.described_volume,
    "StorageClass": storage.described_storage_class,
    "Secret": config.described_secret,
    "ServiceAccount": config.described_service_account,
    "RoleBinding": config.described_role_binding,
    "ClusterRoleBinding": config.described_role_binding,
    "Node": cluster.described_node,
    "Namespace": cluster.described_namespace,
    "ResourceQuota": cluster.described_resource_quota,
    "LimitRange": cluster.described_limit_range,
    "HorizontalPodAutoscaler": policy.described_autoscaler,
    "PodDisruptionBudget": policy.described_disruption_budget,
}
_NEXT = re.compile(r"\n\n\n(?=Name: )")
_EVENTS = re.compile(r"^Events:(?=\s|$)", re.MULTILINE)


def read_descriptions(text: str, kind: str, namespace: str | None, clock: Clock, partials: Partials) -> int:
    """Read what `kubectl describe` printed, one object or several; returns how many were read.

    Every object read covers itself by name. Printed Events cover those of that one object: the name is
    `Kind/name`, of kind Event.

    Args:
        text: what was printed.
        kind: what was described; empty where that has to be told from the text.
        namespace: where it was looked for; the description's own word goes first.
        clock: when it was printed.
        partials: where the objects go.
    """
    return sum(_read_one(part, kind, namespace, clock, partials) for part in _NEXT.split(text))


def _read_one(text: str, kind: str, namespace: str | None, clock: Clock, partials: Partials) -> bool:
    mark = _EVENTS.search(text)
    body, events = (text[: mark.start()], text[mark.start() :]) if mark else (text, "")
    outline = read_outline(body)
    name = outline.get("Name")
    printed = outline.get("Kind") if outline.get("API Version") else None
    kind = printed or kind or kind_of(outline)
    if not name or not kind:
        return False
    namespace = outline.get("Namespace") or namespace
    found = new_object(kind, name, namespace, outline.get("API Version") or "")
    namespace = str(mapping(found, "metadata").get("namespace") or "") or None
    mapping(found, "metadata").update(_metadata(outline))
    reader = _READERS.get(kind)
    if kind == "ConfigMap":
        found.update(config.config_map_data(body))
    elif reader:
        found = deep_merge(found, reader(outline, clock))
        guessed = workloads.guessed_readiness(kind, outline)
        if guessed:
            partials.add(deep_merge(new_object(kind, name, namespace), guessed), Detail.GUESSED)
        lease = cluster.node_lease(name, outline) if kind == "Node" else None
        if lease:
            partials.add(lease, Detail.DESCRIBED)
    elif outline.get("API Version"):
        found = deep_merge(found, custom.described_custom(outline))
    partials.add(found, Detail.DESCRIBED)
    partials.cover(kind, namespace, name)
    if events:
        for event in read_described_events(events, kind, name, namespace, clock):
            partials.add_event(event)
        partials.cover("Event", namespace, f"{kind}/{name}")
    return True


def _metadata(outline: Entry) -> JsonObject:
    found: JsonObject = {}
    labels = outline.find("Labels")
    if labels:
        found["labels"] = labelled(labels.lines())
    annotations = outline.find("Annotations")
    if annotations:
        read = pods.read_annotations(annotations)
        if read:
            found["annotations"] = read
    created = date(outline.get("CreationTimestamp", "Created on") or "")
    if created:
        found["creationTimestamp"] = created
    finalizers = outline.get("Finalizers")
    if finalizers:
        found["finalizers"] = list(finalizers.strip("[]").split())
    kind, slash, name = (outline.get("Controlled By") or "").partition("/")
    if slash:
        known = kind_named(kind)
        found["ownerReferences"] = [
            {
                "apiVersion": known.api_version if known else "v1",
                "kind": kind,
                "name": name,
                "controller": True,
            }
        ]
    return found
