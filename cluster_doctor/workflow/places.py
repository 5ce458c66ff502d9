"""Opens the places that cases name."""

from __future__ import annotations

from cluster_doctor.history.evidence_store import EvidenceStore
from cluster_doctor.sources.assembled import LivePlace, live_source
from cluster_doctor.sources.protocol import Source
from cluster_doctor.sources.recognise import open_recorded
from cluster_doctor.sources.recorded.snapshot_file import TakenSnapshot
from cluster_doctor.workflow.state import Place


class Places:
    """Opens places, each once; a live cluster's discovery is not repeated between nodes."""

    def __init__(self, evidence: EvidenceStore, handed_over: Source | None = None) -> None:
        """Open places; `handed_over` is the source that a program passed as an object."""
        self._evidence = evidence
        self._handed_over = handed_over
        self._opened: dict[Place, Source] = {}

    def __call__(self, place: Place) -> Source | None:
        """Open a place; None if it was handed over by a program that is gone.

        Raises:
            SourceError: it cannot be opened.
        """
        if place.handed_over:
            return self._handed_over
        if place not in self._opened:
            self._opened[place] = self._open(place)
        return self._opened[place]

    def _open(self, place: Place) -> Source:
        if place.snapshot:
            return TakenSnapshot(self._evidence.snapshot(place.snapshot))
        if place.path:
            return open_recorded(place.path, place.form)
        return live_source(LivePlace(place.kubeconfig, place.context, place.prometheus, place.alertmanager))
