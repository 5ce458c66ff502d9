"""Every notebook runs on its recorded incident, offline, and is committed with what it prints."""

from __future__ import annotations

import copy
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from cluster_doctor.snapshot.file import read_snapshot

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = pytest.mark.parametrize("path", sorted(FOLDER.glob("*.ipynb")), ids=lambda path: path.stem)
CAUSE = "ConfigMap payments lacks key gateway-url"
_PLACES = re.compile(r"/(?:home|root|Users|tmp|work|var|private)/[\w.-]")
_AGAIN = "make its outputs again: jupyter execute --inplace notebooks/*.ipynb"


def _printed(notebook: nbformat.NotebookNode) -> list[list[str]]:
    """What each code cell prints or shows."""
    return [
        [output.get("text") or output["data"].get("text/html") or output["data"]["text/plain"] for output in outputs]
        for outputs in (cell.outputs for cell in notebook.cells if cell.cell_type == "code")
    ]


@NOTEBOOKS
def test_it_runs_and_shows_as_much_as_was_committed(path: Path) -> None:
    committed = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]  # typed in parts
    running = copy.deepcopy(committed)
    place = {"metadata": {"path": str(FOLDER)}}
    # A slow kernel sends what one cell prints in several messages.
    NotebookClient(running, timeout=100, kernel_name="python3", resources=place, coalesce_streams=True).execute()
    shown, kept = _printed(running), _printed(committed)
    assert [len(outputs) for outputs in shown] == [len(outputs) for outputs in kept], _AGAIN
    assert any(CAUSE in text for outputs in shown for text in outputs)
    assert all(cell.outputs[0].output_type != "error" for cell in running.cells if cell.cell_type == "code")


@NOTEBOOKS
def test_its_outputs_are_committed_and_tell_the_cause_but_not_where_they_were_made(path: Path) -> None:
    committed = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]  # typed in parts
    nbformat.validate(committed)
    kept = _printed(committed)
    assert all(kept), f"a cell shows nothing; {_AGAIN}"
    assert any(CAUSE in text for outputs in kept for text in outputs)
    assert not [text for outputs in kept for text in outputs if _PLACES.search(text)]


def test_the_recording_holds_no_stage_direction_and_no_place() -> None:
    seen = read_snapshot(FOLDER / "incidents" / "checkout.cds")
    written = repr([seen.objects, seen.logs, seen.source, seen.identity])
    assert "sim/" not in written
    assert not _PLACES.search(written.replace("/var/run/secrets/", ""))
