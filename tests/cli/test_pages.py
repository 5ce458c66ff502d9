"""`cluster-doctor runs pages`: a list of runs, and a page for each."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cluster_doctor.cli.main import run
from cluster_doctor.history.history import History
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.snapshot.file import write_snapshot

BROKEN = """
{kind: Service, metadata: {name: web}, spec: {selector: {app: web}}}
---
{kind: Pod, metadata: {name: web-0, labels: {app: website}}}
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A history of two finished runs and one that was killed before it found anything."""
    monkeypatch.setenv("CLUSTER_DOCTOR_HOME", str(tmp_path / "home"))
    write_snapshot(snapshot_of(BROKEN), tmp_path / "incident.cds")
    for text in ("web <b>is</b> down", ""):
        assert run(["diagnose", text, "--from", str(tmp_path / "incident.cds"), "--output", "json"]) == 0
    with History(tmp_path / "home") as history:
        history.log.begin("20991231-235959-abcdef", "killed at once", "/home/ada/secret-place/x.cds")
    return tmp_path / "home"


def test_the_list_leads_to_a_page_for_each_run_that_has_a_report(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "pages"
    capsys.readouterr()
    assert run(["runs", "pages", "-o", str(place)]) == 0
    assert capsys.readouterr().out == f"{place / 'index.html'}\n"
    index = (place / "index.html").read_text(encoding="utf-8")
    with History(home) as history:
        killed, later, earlier = (one.run_id for one in history.log.runs())
    assert re.findall(r'href="([^"]+)"', index) == [f"{later}.html", f"{earlier}.html"], "newest first, and relative"
    assert index.index("killed at once") < index.index("(everything)") < index.index("web &lt;b&gt;is&lt;/b&gt; down")
    assert index.index("has not come to a diagnosis") < index.index(killed) < index.index(later)
    assert "secret-place" not in index, "nobody needs to know the folders of this machine"
    assert "Root cause found" in index
    page = (place / f"{earlier}.html").read_text(encoding="utf-8")
    assert 'href="index.html"' in page
    assert "service selects no pods" in page
    assert {file.name for file in place.iterdir()} == {"index.html", f"{later}.html", f"{earlier}.html"}


def test_written_again_the_pages_are_replaced_and_what_else_lies_there_stays(home: Path, tmp_path: Path) -> None:
    place = tmp_path / "pages"
    assert run(["runs", "pages", "-o", str(place), "--limit", "2"]) == 0
    assert "older ones are not shown" in (place / "index.html").read_text(encoding="utf-8")
    (place / "mine.txt").write_text("mine")
    assert run(["runs", "pages", "-o", str(place)]) == 0
    assert "older ones are not shown" not in (place / "index.html").read_text(encoding="utf-8")
    assert (place / "mine.txt").read_text() == "mine"
    assert home.is_dir()


@pytest.mark.parametrize("name", ["index.html", "notes.txt"])
def test_a_folder_with_something_else_is_refused_and_left_as_it_is(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    place = tmp_path / "site"
    place.mkdir()
    (place / name).write_text("<html>mine</html>")
    assert run(["runs", "pages", "-o", str(place)]) == 2
    assert "holds files, and no list of runs" in capsys.readouterr().err
    assert [(file.name, file.read_text()) for file in place.iterdir()] == [(name, "<html>mine</html>")]
    assert home.is_dir()


def test_a_page_that_somebody_else_made_is_not_replaced(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "pages"
    assert run(["runs", "pages", "-o", str(place)]) == 0
    with History(home) as history:
        theirs = place / f"{history.log.runs()[1].run_id}.html"
    theirs.write_text("mine")
    assert run(["runs", "pages", "-o", str(place)]) == 2
    assert "is not a page of cluster-doctor's" in capsys.readouterr().err
    assert theirs.read_text() == "mine"


def test_a_place_that_is_no_folder_is_named(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("mine")
    assert run(["runs", "pages", "-o", str(tmp_path / "file")]) == 2
    assert "cannot be used" in capsys.readouterr().err
    assert home.is_dir()


def test_without_runs_the_list_says_so(tmp_path: Path) -> None:
    assert run(["runs", "pages", "-o", str(tmp_path / "pages"), "--home", str(tmp_path / "none")]) == 0
    assert "No runs yet." in (tmp_path / "pages" / "index.html").read_text(encoding="utf-8")
