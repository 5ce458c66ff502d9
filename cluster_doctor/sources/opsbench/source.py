"""One Cloud-OpsBench recording as a source of snapshots."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pydantic import JsonValue

from cluster_doctor.snapshot.builder import SnapshotBuilder
from cluster_doctor.snapshot.records import UnparsedText
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.sources.opsbench.alerts import read_alerts
from cluster_doctor.sources.opsbench.answers import Answer, read_answers
from cluster_doctor.sources.opsbench.dependencies import read_dependencies
from cluster_doctor.sources.opsbench.kubectl import (
    events_were_read,
    gather,
    manifests,
    moment_of,
    namespace_of,
    outputs,
    zone_of,
)
from cluster_doctor.sources.opsbench.layout import Recording, is_recording, open_recording
from cluster_doctor.sources.opsbench.logs import read_logs
from cluster_doctor.sources.opsbench.metrics import read_metrics
from cluster_doctor.sources.opsbench.node_services import read_node_services
from cluster_doctor.sources.opsbench.probes import read_probes
from cluster_doctor.sources.opsbench.subjects import Subjects
from cluster_doctor.sources.protocol import Progress, Scope, Want, silent
from cluster_doctor.sources.terminal.moments import Clock
from cluster_doctor.sources.terminal.partials import Partials


class OpsBenchSource:
    """Reads one recorded case: kubectl outputs, answers of diagnostic tools, logs, alerts and metrics.

    The order of keys in the recording does not change the picture. The label is never opened.
    """

    def __init__(self, path: Path) -> None:
        """Point at a case's folder; nothing is read yet."""
        self.path = path
        self.description = f"Cloud-OpsBench recording {path.name}"

    @staticmethod
    def recognises(path: Path) -> bool:
        """Tell whether a folder holds a recording of this layout."""
        return is_recording(path)

    def collect(self, scope: Scope, progress: Progress = silent) -> ClusterSnapshot:
        """Read all of it; a recording is small, and its scope was chosen when it was made.

        Raises:
            UnreadableInput: the folder holds no recording, or a broken one.
        """
        del scope
        progress("Reading the recording")
        recording = open_recording(self.path)
        progress("Reading kubectl's outputs")
        return build(recording, self.description)

    def fetch(self, cluster: ClusterSnapshot, wants: Iterable[Want], progress: Progress = silent) -> ClusterSnapshot:
        """Return the same snapshot: what was not recorded cannot be read later."""
        del wants, progress
        return cluster


def build(recording: Recording, description: str) -> ClusterSnapshot:
    """Make a snapshot of a recording."""
    answers = list(read_answers(recording.answers))
    recorded = list(outputs(recording, answers))
    zone = zone_of(recorded)
    namespace = namespace_of(recorded)
    builder = SnapshotBuilder(description)
    builder.taken_at = moment_of(recording, recorded, zone)
    partials = Partials()
    for lost in sorted(gather(recorded, answers, Clock(builder.taken_at), namespace, partials)):
        builder.unparsed.append(UnparsedText(origin=description, text=lost[:400], reason="not understood"))
    if events_were_read(recorded, partials, namespace):
        partials.cover("Event", namespace)
    partials.flush(builder, rows_suffice=True)
    for manifest in manifests(answers, namespace):
        builder.declare(manifest)
    subjects = Subjects.of(partials, namespace)
    for log in read_logs(recording.logs, answers, subjects):
        builder.add_log(log)
    builder.alerts += read_alerts([recording.alerts, *_answers(answers, "GetAlerts")], subjects, zone)
    builder.metrics += read_metrics(recording.metrics, subjects, zone)
    builder.call_edges += read_dependencies(answers, subjects)
    builder.connection_probes += read_probes(answers, subjects)
    builder.node_services += read_node_services(answers, zone)
    _cover_records(recording, answers, builder)
    return builder.build()


def _answers(answers: list[Answer], tool: str) -> list[JsonValue]:
    return [answer.value for answer in answers if answer.tool == tool]


def _cover_records(recording: Recording, answers: list[Answer], builder: SnapshotBuilder) -> None:
    """Declare which kinds of records were recorded. An empty answer about alerts says nothing either way."""
    alerts = [recording.alerts, *_answers(answers, "GetAlerts")]
    recorded = {
        "Log": bool(recording.logs) or bool(_answers(answers, "GetErrorLogs")),
        "Metric": bool(recording.metrics.strip()),
        "Alert": any(isinstance(answer, dict) and answer for answer in alerts),
        "NodeService": bool(builder.node_services),
        "ConnectionProbe": bool(builder.connection_probes),
    }
    for kind, there in recorded.items():
        if there:
            builder.cover(kind)
