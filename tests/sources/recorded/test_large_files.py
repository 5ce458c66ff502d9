"""Files that are too large to be parsed in one piece are read piece by piece, and say how far."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from cluster_doctor.domain.coverage import GapReason
from cluster_doctor.domain.errors import UnreadableInput
from cluster_doctor.snapshot.views import Pod, Service
from cluster_doctor.sources.protocol import Scope
from cluster_doctor.sources.recognise import open_recorded
from cluster_doctor.sources.recorded.contents import LOG_TAIL
from cluster_doctor.sources.recorded.reading import LARGE

COUNT = 1_100


def pod(number: int) -> dict[str, object]:
    """A Pod with some words about it."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": f"web-{number}",
            "namespace": "shop",
            "uid": f"uid-{number}",
            "creationTimestamp": "2026-01-01T11:00:00Z",
            "annotations": {"notes": "word " * (LARGE // COUNT // 5)},
        },
        "spec": {"containers": [{"name": "app", "image": "web:1"}]},
        "status": {"phase": "Running"},
    }


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `kubectl get pods -A -o json` would print of many Pods."""
    path = tmp_path_factory.mktemp("large") / "pods.json"
    items = [pod(number) for number in range(COUNT)]
    path.write_bytes(orjson.dumps({"apiVersion": "v1", "items": items, "kind": "List"}, option=orjson.OPT_INDENT_2))
    assert path.stat().st_size > LARGE
    return path


def test_a_large_list_is_read_whole_and_tells_how_far_it_is(large: Path) -> None:
    said: list[str] = []
    cluster = open_recorded(large).collect(Scope(), said.append)
    assert len(cluster.all(Pod)) == COUNT
    assert cluster.covers(Pod, "shop")
    assert not cluster.covers(Service, "shop")
    assert not cluster.coverage.gaps
    assert any("MiB of" in line for line in said)


def test_what_stood_before_the_cut_is_kept_and_nothing_else_counts_as_read(large: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.json"
    cut.write_bytes(large.read_bytes()[: LARGE + 1000])
    cluster = open_recorded(cut).collect(Scope())
    assert 500 <= len(cluster.all(Pod)) < COUNT
    assert [gap.reason for gap in cluster.coverage.gaps] == [GapReason.TRUNCATED]
    assert cluster.exists(Pod, "shop", "web-0") is True
    assert cluster.exists(Pod, "shop", f"web-{COUNT - 1}") is None


def test_a_list_that_is_broken_from_its_beginning_is_refused(large: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_bytes(large.read_bytes().replace(b'"web-0"', b'"web-0', 1))
    with pytest.raises(UnreadableInput, match="broken JSON"):
        open_recorded(broken).collect(Scope())


def test_a_list_of_one_kind_names_its_members(tmp_path: Path) -> None:
    items = [{key: value for key, value in pod(number).items() if key not in {"kind", "apiVersion"}}
             for number in range(COUNT)]  # fmt: skip
    path = tmp_path / "raw.json"
    path.write_bytes(orjson.dumps({"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": items}))
    assert len(open_recorded(path).collect(Scope()).all(Pod)) == COUNT


def test_of_a_long_log_in_a_dump_its_end_is_kept(tmp_path: Path) -> None:
    nodes = b'{\n    "kind": "NodeList",\n    "apiVersion": "v1",\n    "items": []\n}\n'
    pods = b'{\n    "kind": "PodList",\n    "apiVersion": "v1",\n    "items": [' + orjson.dumps(pod(0)) + b"]\n}\n"
    mark = b"logs for container app of pod shop/web-0 ====\n"
    log = b"".join(b"request %d served\n" % number for number in range(200_000)) + b"panic: out of words"
    path = tmp_path / "dump.txt"
    path.write_bytes(nodes + pods + b"==== START " + mark + log + b"==== END " + mark + nodes)
    cluster = open_recorded(path).collect(Scope())
    (kept,) = cluster.logs_of(Pod.ref_to("shop", "web-0"))
    assert kept.truncated
    assert kept.lines[-1] == "panic: out of words"
    assert len(kept.lines) == 2_000
    assert cluster.covers(Pod, "shop")


def test_of_a_long_log_in_a_folder_its_end_is_read(tmp_path: Path) -> None:
    core = tmp_path / "namespaces" / "shop" / "core"
    logs = tmp_path / "namespaces" / "shop" / "pods" / "web-0" / "app" / "app" / "logs"
    core.mkdir(parents=True)
    logs.mkdir(parents=True)
    core.joinpath("pods.yaml").write_bytes(orjson.dumps({"kind": "PodList", "items": [pod(0)]}))
    logs.joinpath("current.log").write_bytes(b"a line that says nothing\n" * (LOG_TAIL // 8) + b"the end\n")
    cluster = open_recorded(tmp_path).collect(Scope())
    (kept,) = cluster.logs_of(Pod.ref_to("shop", "web-0"))
    assert kept.truncated
    assert kept.lines[-1] == "the end"
    assert set(kept.lines) == {"a line that says nothing", "the end"}
