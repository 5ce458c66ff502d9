"""The file form of a snapshot."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import jsonschema
import orjson
import pytest

from cluster_doctor.domain.coverage import Coverage, Gap, GapReason
from cluster_doctor.domain.errors import UnreadableInput
from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.reports.schemas import SCHEMAS, schema_text
from cluster_doctor.rules.example import NOW, snapshot_of
from cluster_doctor.snapshot.file import looks_like_snapshot, read_snapshot, snapshot_bytes, write_snapshot
from cluster_doctor.snapshot.records import ContainerLog, Metric, MetricSeries, UnparsedText
from cluster_doctor.snapshot.snapshot import ClusterSnapshot

SERVICE = """
{kind: Service, metadata: {name: web}, spec: {selector: {app: web}, ports: [{port: 80}]}}
---
{kind: Pod, metadata: {name: web-0, labels: {app: website}}, spec: {containers: [{name: web, image: nginx}]}}
---
{kind: Endpoints, metadata: {name: web}}
"""


@pytest.fixture
def cluster() -> ClusterSnapshot:
    pod = ObjectRef(kind="Pod", name="web-0", namespace="shop")
    return ClusterSnapshot(
        taken_at=NOW,
        objects=snapshot_of(SERVICE).objects,
        coverage=Coverage(
            lists=frozenset({"Pod", "Service/shop"}),
            names=frozenset({"Secret/shop/db"}),
            gaps=(Gap(kind="Secret", reason=GapReason.FORBIDDEN, detail="no"),),
        ),
        identity=ClusterIdentity(server="https://10.0.0.1:6443", system_uid="u"),
        logs=[ContainerLog(subject=pod, container="web", lines=("one", "zwei ü\x1b[31m"))],
        metrics=[MetricSeries(subject=pod, metric=Metric.CPU_CORES, times=(1.5, 2.25), values=(0.1, 1e-9))],
        unparsed=[UnparsedText(origin="here", text="?")],
        server_version="v1.33.1",
        source="a test",
    )


def test_a_loaded_snapshot_writes_the_same_bytes_again(cluster: ClusterSnapshot, tmp_path: Path) -> None:
    path = write_snapshot(cluster, tmp_path / "a.cds")
    loaded = read_snapshot(path)
    assert snapshot_bytes(loaded) == path.read_bytes() == snapshot_bytes(cluster)
    assert loaded.coverage == cluster.coverage
    assert loaded.logs == cluster.logs
    assert loaded.metrics == cluster.metrics
    assert loaded.identity == cluster.identity
    assert path.stat().st_mode & 0o077 == 0


def test_a_loaded_snapshot_gives_the_same_diagnosis() -> None:
    seen = snapshot_of(SERVICE)
    loaded = read_snapshot(snapshot_bytes(seen))
    expected = diagnose(seen, Incident())
    assert [cause.rule for cause in expected.root_causes] == ["service_selects_no_pods"]
    assert diagnose(loaded, Incident()).model_dump_json() == expected.model_dump_json()


def test_a_replaced_file_leaves_nothing_beside_it(cluster: ClusterSnapshot, tmp_path: Path) -> None:
    target = tmp_path / "a.cds"
    target.write_text("before")
    write_snapshot(cluster, target)
    assert [path.name for path in tmp_path.iterdir()] == ["a.cds"]


def test_numbers_and_text_beyond_json_are_kept_readable() -> None:
    odd: dict[str, object] = {"kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"n": 2**70, "s": "\ud800"}}
    cluster = ClusterSnapshot(taken_at=NOW, objects=[odd])  # type: ignore[list-item]  # what YAML can hold
    content = snapshot_bytes(cluster)
    assert snapshot_bytes(read_snapshot(content)) == content
    assert read_snapshot(content).objects[0]["data"] == {"n": str(2**70), "s": "?"}


def test_it_is_told_from_other_gzip_files(cluster: ClusterSnapshot) -> None:
    assert looks_like_snapshot(snapshot_bytes(cluster)[:512])
    assert not looks_like_snapshot(gzip.compress(b"a: b"))
    assert not looks_like_snapshot(b"apiVersion: v1")


def _document(cluster: ClusterSnapshot, **changes: object) -> bytes:
    document = json.loads(gzip.decompress(snapshot_bytes(cluster)))
    return gzip.compress(json.dumps(document | changes).encode())


def test_what_is_no_sound_snapshot_is_refused_with_a_next_step(cluster: ClusterSnapshot, tmp_path: Path) -> None:
    sound = snapshot_bytes(cluster)
    body = json.loads(gzip.decompress(sound))["body"]
    broken = {
        "is not gzip": b"apiVersion: v1",
        "cut off": sound[: len(sound) // 2],
        "damaged": sound[:20] + b"\xff\xff\xff\xff" + sound[24:],
        "follows its end": sound + b"more",
        "of version 99": _document(cluster, version=99),
        "no snapshot of cluster-doctor": gzip.compress(b'{"form": "something"}'),
        "no JSON document": gzip.compress(b"{"),
        "content hash does not match": _document(cluster, body=body | {"source": "elsewhere"}),
    }
    for said, content in broken.items():
        path = tmp_path / "broken.cds"
        path.write_bytes(content)
        for given in (content, path):
            with pytest.raises(UnreadableInput, match=said) as caught:
                read_snapshot(given)
            assert caught.value.next_step
    with pytest.raises(UnreadableInput, match="could not read"):
        read_snapshot(tmp_path / "nowhere")


def test_a_decompression_bomb_is_stopped_at_the_limit() -> None:
    bomb = gzip.compress(b'{"body":' + b" " * 50_000_000)
    assert len(bomb) < 100_000
    with pytest.raises(UnreadableInput, match="expands to more than 1000000 bytes"):
        read_snapshot(bomb, limit=1_000_000)


def test_the_published_schema_describes_it(cluster: ClusterSnapshot) -> None:
    schema = orjson.loads(schema_text(SCHEMAS["snapshot"], "snapshot"))
    jsonschema.validate(orjson.loads(gzip.decompress(snapshot_bytes(cluster))), schema)
