"""What a dump of a gigabyte costs: `kubectl get -A -o json` of a large cluster that is well."""

from __future__ import annotations

import itertools
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import orjson

from cluster_doctor.domain.diagnosis import Status
from cluster_doctor.domain.incident import Incident
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.sources.protocol import Scope
from cluster_doctor.sources.recognise import open_recorded

from .measurement import Measurement, peak_memory
from .populated import node, stamp, team

_SIZE = 1 << 30
_PODS_IN_TEAM = 50


def measure() -> Iterator[Measurement]:
    """Write the dump, read it in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "all.json")
        write_dump(path, _SIZE)
        done = subprocess.run(
            [sys.executable, "-m", __name__, str(path)], capture_output=True, text=True, check=True,
            cwd=Path(__file__).parents[2],
        )  # fmt: skip
        reading, judging, memory, told = map(float, done.stdout.split())
        size = path.stat().st_size
    yield Measurement(f"reading a dump of {size / 1e6:,.0f} MB", reading, "s")
    yield Measurement("  rules and inference", judging, "s")
    yield Measurement("  memory against its size", memory / size, "x", below=2)
    yield Measurement("  words of progress", told, "")


def write_dump(path: Path, size: int) -> None:
    """Write a list as kubectl prints it, at least of a size in bytes."""
    with path.open("wb") as file:
        file.write(b'{\n"apiVersion": "v1",\n"items": [\n')
        number = itertools.count()
        for space in itertools.count():
            raws = [*team(f"team-{space}", space * _PODS_IN_TEAM), *([] if space % 2 else [node(space // 2)])]
            written = (orjson.dumps(_stored(raw, next(number)), option=orjson.OPT_INDENT_2) for raw in raws)
            file.write((b",\n" if space else b"") + b",\n".join(written))
            if file.tell() >= size:
                break
        file.write(b'\n],\n"kind": "List"\n}\n')


def _stored(raw: dict[str, object], number: int) -> dict[str, object]:
    """As an API server keeps it: with an identity, and who wrote which field."""
    metadata = raw["metadata"]
    assert isinstance(metadata, dict)
    fields: dict[str, object] = {f"f:field-{position}": {} for position in range(20)}
    manager = {"manager": "kube-controller-manager", "operation": "Update", "fieldsType": "FieldsV1"}
    kept = {
        "uid": f"{number:08x}-2222-4333-8444-555555555555",
        "resourceVersion": str(number),
        "creationTimestamp": stamp(timedelta(days=12)),
        "managedFields": [{**manager, "time": stamp(timedelta(days=12)), "fieldsV1": {"f:spec": fields}}],
    }
    return {**raw, "metadata": {**metadata, **kept}}


def _read(path: str) -> None:
    before, begun = peak_memory(), time.perf_counter()
    said: list[str] = []
    seen = open_recorded(path).collect(Scope(), said.append)
    collected = time.perf_counter()
    found = diagnose(seen, Incident())
    ended = time.perf_counter()
    if found.status is not Status.HEALTHY or seen.coverage.gaps:
        raise AssertionError(f"the cluster is well, and was read: {found.root_causes[:2]} {seen.coverage.gaps[:2]}")
    sys.stdout.write(f"{collected - begun} {ended - collected} {peak_memory() - before} {len(said)}\n")


if __name__ == "__main__":
    _read(sys.argv[1])
