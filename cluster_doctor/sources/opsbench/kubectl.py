"""The recorded kubectl outputs, raw and as tool answers, as one set of partial objects."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo

from pydantic import JsonValue

from cluster_doctor.snapshot.kinds import BY_KIND
from cluster_doctor.snapshot.paths import dig, mapping, objects, strings, text, words
from cluster_doctor.sources.opsbench.answers import Answer, as_command
from cluster_doctor.sources.opsbench.layout import Recording
from cluster_doctor.sources.terminal.command import Command, parse_command
from cluster_doctor.sources.terminal.describe.cluster import read_taint
from cluster_doctor.sources.terminal.documents import read_documents
from cluster_doctor.sources.terminal.merge import JsonObject
from cluster_doctor.sources.terminal.moments import Clock, parse_date, zone_at
from cluster_doctor.sources.terminal.partials import Detail, Partials, new_object
from cluster_doctor.sources.terminal.reader import read_command

_ZONE = re.compile(r"\d{4} \d{2}:\d{2}:\d{2} ([+-])(\d{2})(\d{2})\b")
_RENEWED = re.compile(r"^ *RenewTime: +(\S.*)$", re.MULTILINE)
_SHOWN_WHOLE = frozenset({"Secret", "ConfigMap"})
"""Kinds whose description shows all there is; a key that only the manifest has is not there."""

LONGEST_RECORDING = timedelta(minutes=15)
_DESCRIBED = ("Pod", "Deployment", "StatefulSet", "ReplicaSet", "PersistentVolumeClaim", "Service")


def outputs(recording: Recording, answers: list[Answer]) -> Iterator[tuple[Command, str]]:
    """Every recorded command with its output, from both files, each different output once."""
    seen: set[tuple[tuple[str, ...], str | None, bool, str]] = set()
    asked: list[tuple[Command | None, JsonValue]] = [
        (parse_command(line), output) for line, output in recording.states.items()
    ]
    asked += [(as_command(answer), answer.value) for answer in answers]
    for command, output in asked:
        if command is None or not isinstance(output, str):
            continue
        key = (command.kinds, command.namespace, bool(command.names) or command.partial, output)
        if key not in seen:
            seen.add(key)
            yield command, output


def zone_of(recorded: list[tuple[Command, str]]) -> tzinfo:
    """The zone in which descriptions were printed, UTC if none tells; the most frequent one counts."""
    zones = Counter(
        match.groups() for command, output in recorded if command.verb == "describe" and (match := _ZONE.search(output))
    )
    if not zones:
        return UTC
    offset, _ = min(zones.items(), key=lambda entry: (-entry[1], entry[0]))
    return zone_at(*offset)


def moment_of(recording: Recording, recorded: list[tuple[Command, str]], zone: tzinfo) -> datetime | None:
    """When the outputs were printed.

    The recording's own stamp is local time of the machine that printed the descriptions, and is set at the
    end, minutes after the first outputs. A kubelet renews its node's Lease every ten seconds, so the latest
    renewal that was printed tells the moment of printing better, where it fits the stamp.
    """
    stamp = _stamp(recording, zone)
    renewals = [
        moment
        for command, output in recorded
        if command.verb == "describe" and command.kinds == ("Node",)
        for written in _RENEWED.findall(output)
        if (moment := parse_date(written))
    ]
    latest = max(renewals, default=None)
    if stamp and latest and stamp - LONGEST_RECORDING <= latest <= stamp:
        return latest.astimezone(UTC)
    return stamp


def _stamp(recording: Recording, zone: tzinfo) -> datetime | None:
    stamp = recording.answers.get("collection_timestamp")
    if not isinstance(stamp, str):
        return None
    try:
        read = datetime.fromisoformat(stamp)
    except ValueError:
        return None
    return (read if read.tzinfo else read.replace(tzinfo=zone)).astimezone(UTC)


def namespace_of(recorded: list[tuple[Command, str]]) -> str:
    """The namespace that most commands looked at."""
    named = Counter(command.namespace for command, _ in recorded if command.namespace)
    return min(named.items(), key=lambda entry: (-entry[1], entry[0]))[0] if named else "default"


def gather(
    recorded: list[tuple[Command, str]], answers: list[Answer], clock: Clock, namespace: str, partials: Partials
) -> list[str]:
    """Read every output and the tool answers that tell about objects; returns outputs that were not understood."""
    lost = [
        output
        for command, output in recorded
        if not read_command(command, output, partials, clock, silence_is_none=True)
    ]
    for answer in answers:
        if answer.tool == "GetAppYAML" and isinstance(answer.value, str):
            for manifest in _manifests(answer.value):
                if manifest["kind"] in _SHOWN_WHOLE:
                    continue
                partials.add(_placed(manifest, namespace), Detail.MANIFEST)
        elif answer.tool == "GetClusterConfiguration":
            for _, raw in objects(answer.value, "nodes"):
                partials.add(_node(raw), Detail.SUMMARY)
    return lost


def manifests(answers: list[Answer], namespace: str) -> list[JsonObject]:
    """Manifests that were recorded as applied, in order of kind and name."""
    found = [
        _placed(manifest, namespace)
        for answer in answers
        if answer.tool == "GetAppYAML" and isinstance(answer.value, str)
        for manifest in _manifests(answer.value)
    ]
    return sorted(found, key=lambda raw: (text(raw, "kind"), text(raw, "metadata", "name")))


def _manifests(written: str) -> list[JsonObject]:
    try:
        return read_documents(written)
    except ValueError:
        return []


def _placed(manifest: JsonObject, namespace: str) -> JsonObject:
    """Put a manifest that names no namespace where the others are."""
    known = BY_KIND.get(text(manifest, "kind"))
    if text(manifest, "metadata", "namespace") or (known and not known.namespaced):
        return manifest
    return {**manifest, "metadata": {**mapping(manifest, "metadata"), "namespace": namespace}}


def _node(raw: dict[str, JsonValue]) -> JsonObject:
    """One node of the answer that lists nodes. Its `role` is not used: it calls every node a worker."""
    found = new_object("Node", text(raw, "name"), None)
    mapping(found, "metadata")["labels"] = {**strings(raw, "labels")}
    ready = {"Ready": "True", "NotReady": "False"}.get(text(raw, "status"), "Unknown")
    conditions: list[JsonValue] = [{"type": "Ready", "status": ready}]
    conditions += [{"type": kind, "status": status} for kind, status in strings(raw, "conditions").items()]
    taints: list[JsonValue] = [read for taint in words(raw, "taints") if (read := read_taint(taint))]
    found["spec"] = {"taints": taints} if taints else {}
    found["status"] = {"conditions": conditions, "allocatable": dig(raw, "allocatable_resources")}
    return found


def events_were_read(recorded: list[tuple[Command, str]], partials: Partials, namespace: str) -> bool:
    """Tell whether all that exists in a namespace was described, Events included."""
    described = {
        (command.kinds[0], name)
        for command, output in recorded
        if command.verb == "describe" and "\nEvents:" in output and command.namespace == namespace
        for name in command.names
    }
    return bool(described) and all(
        (kind, name) in described for kind in _DESCRIBED for name in partials.names_of(kind, namespace)
    )
