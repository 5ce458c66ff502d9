"""Findings name the line where somebody wrote the object."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster_doctor.domain.location import Location
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.sources.protocol import Scope
from cluster_doctor.sources.recognise import open_recorded
from cluster_doctor.sources.recorded.parts import MOST_LOCATED

LIST = """# a comment
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Service, metadata: {name: a}}

- apiVersion: v1
  kind: Service
  metadata: {name: b}
"""
STREAM = """---
# nothing here
---
apiVersion: v1
kind: Service
metadata: {name: a}
---

apiVersion: v1
kind: Service
metadata: {name: b}
"""
JSON = """{"apiVersion": "v1", "kind": "List", "items": [
\t{"kind": "Service", "metadata": {"name": "a"}},
\t{"kind": "Service", "metadata": {"name": "b"}}]}"""


def lines_of(path: Path) -> list[int]:
    cluster = open_recorded(path).collect(Scope())
    return [cluster.locations[ObjectRef(kind="Service", namespace="default", name=name)][0].line for name in "ab"]


@pytest.mark.parametrize(
    ("name", "content", "lines"),
    [
        ("list.yaml", LIST, [5, 7]),
        ("stream.yaml", STREAM, [4, 9]),
        ("list.json", JSON, [2, 3]),
        ("odd.json", JSON.replace('"a"', r'"a", "note": "\\/"'), [2, 3]),
        ("large.yaml", STREAM + "#" * MOST_LOCATED, [0, 0]),
        ("windows.yaml", STREAM.replace("\n", "\r\n"), [4, 9]),
    ],
)
def test_an_object_is_found_on_the_line_where_it_begins(
    name: str, content: str, lines: list[int], tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content.encode())
    assert lines_of(path) == lines


def test_files_are_named_from_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "deploy" / "shop"
    folder.mkdir(parents=True)
    (folder / "web.yaml").write_text("{apiVersion: v1, kind: Service, metadata: {name: a}}\n")
    monkeypatch.chdir(tmp_path)
    for place in (Path("deploy"), folder, folder / "web.yaml"):
        cluster = open_recorded(place).collect(Scope())
        assert list(cluster.locations.values()) == [(Location("deploy/shop/web.yaml", 1),)]


def test_what_came_through_a_pipe_stands_nowhere() -> None:
    cluster = open_recorded(STREAM.encode()).collect(Scope())
    assert cluster.locations == {}
    assert len(cluster.objects) == 2
