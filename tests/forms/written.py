"""Writes one state of a cluster in every recorded form, as the tools that make them would."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from cluster_doctor.snapshot.builder import SnapshotBuilder
from cluster_doctor.snapshot.file import snapshot_bytes
from cluster_doctor.snapshot.kinds import BY_KIND
from cluster_doctor.snapshot.yaml_text import load_yaml
from cluster_doctor.sources.recorded.cluster_dump import KINDS as DUMPED
from cluster_doctor.sources.recorded.recording import add_log
from cluster_doctor.sources.recorded.support_bundle import CLUSTER_WIDE, NAMESPACED

Json = dict[str, Any]
Files = Mapping[str, bytes]
Logs = Mapping[tuple[str, str, str], str]


def load(text: str) -> list[Json]:
    """Read the state: YAML documents with status, as the API server would give them."""
    return [json.loads(json.dumps(document)) for document in load_yaml(text)]


def by_kind(state: list[Json]) -> dict[tuple[str, str], list[Json]]:
    """Objects by namespace and kind."""
    found: dict[tuple[str, str], list[Json]] = defaultdict(list)
    for raw in state:
        found[(raw["metadata"].get("namespace", ""), raw["kind"])].append(raw)
    return found


def spaces(state: list[Json]) -> list[str]:
    """Namespaces in which something is."""
    return sorted({raw["metadata"]["namespace"] for raw in state if "namespace" in raw["metadata"]})


def listed(kind: str, items: list[Json], *, typed: bool = True) -> Json:
    """A list as clients print it: typed lists leave `kind` out of their members."""
    bare = [{key: value for key, value in item.items() if key not in {"kind", "apiVersion"}} for item in items]
    return {"kind": f"{kind}List", "apiVersion": BY_KIND[kind].api_version, "items": bare if typed else items}


def printed(value: object) -> bytes:
    """JSON as kubectl prints it."""
    return json.dumps(value, indent=4).encode() + b"\n"


def dumped(value: object) -> bytes:
    """YAML as clients print it."""
    return yaml.dump(value, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), allow_unicode=True).encode()


def block(place: tuple[str, str, str], log: str) -> str:
    """A log in a dump."""
    where = f"logs for container {place[2]} of pod {place[0]}/{place[1]} ===="
    return f"==== START {where}\n{log}==== END {where}\n"


def cluster_dump(state: list[Json], logs: Logs) -> Files:
    """`kubectl cluster-info dump --output-directory`."""
    objects = by_kind(state)
    files = {"nodes.json": printed(listed("Node", objects[("", "Node")]))}
    for space in spaces(state):
        for name, kind in DUMPED.items():
            files[f"{space}/{name}.json"] = printed(listed(kind, objects[(space, kind)]))
        for pod in objects[(space, "Pod")]:
            name = pod["metadata"]["name"]
            own = [block(place, log) for place, log in logs.items() if place[:2] == (space, name)]
            files[f"{space}/{name}/logs.txt"] = "".join(own).encode()
    return files


def dump_stream(state: list[Json], logs: Logs) -> bytes:
    """`kubectl cluster-info dump` to standard output."""
    files = cluster_dump(state, logs)
    order = ["nodes.json"]
    for space in spaces(state):
        order += [f"{space}/{name}.json" for name in DUMPED]
        order += [name for name in files if name.startswith(f"{space}/") and name.endswith("logs.txt")]
    return b"".join(files[name] for name in order)


def must_gather(state: list[Json], logs: Logs) -> Files:
    """`oc adm must-gather`."""
    top = "must-gather.local.1/quay-io-openshift-must-gather-sha256-0123abcd/"
    files = {f"{top}version": b"openshift/must-gather\n4.16.0\n", f"{top}timestamp": b"now\n"}
    for (space, kind), items in by_kind(state).items():
        known = BY_KIND[kind]
        group = known.api_version.rpartition("/")[0] or "core"
        if space:
            whole = listed(kind, items, typed=False)
            files[f"{top}namespaces/{space}/{group}/{known.plural}.yaml"] = b"---\n" + dumped(whole)
        else:
            for item in items:
                place = f"{top}cluster-scoped-resources/{group}/{known.plural}/{item['metadata']['name']}.yaml"
                files[place] = b"---\n" + dumped(item)
    for space in spaces(state):
        for kind in ("ConfigMap", "Secret", "Endpoints", "EndpointSlice", "PersistentVolumeClaim", "Event"):
            known = BY_KIND[kind]
            group = known.api_version.rpartition("/")[0] or "core"
            name = f"{top}namespaces/{space}/{group}/{known.plural}.yaml"
            files.setdefault(name, dumped(listed(kind, [])))
    for (space, pod, container), log in logs.items():
        stamped = "".join(f"2026-03-01T10:00:00.123456789Z {line}\n" for line in log.splitlines())
        files[f"{top}namespaces/{space}/pods/{pod}/{container}/{container}/logs/current.log"] = stamped.encode()
        files[f"{top}namespaces/{space}/pods/{pod}/{container}/{container}/logs/previous.log"] = b""
    return files


def support_bundle(state: list[Json], logs: Logs) -> Files:
    """`kubectl support-bundle`."""
    top = "support-bundle-2026-03-01T10_00_00/"
    objects = by_kind(state)
    files = {f"{top}version.yaml": b"apiVersion: troubleshoot.sh/v1beta2\nkind: SupportBundle\n"}
    files[f"{top}cluster-info/cluster_version.json"] = b'{"info": {}, "string": "v1.33.1"}'
    for folder, kind in NAMESPACED.items():
        for space in spaces(state):
            place = f"{top}cluster-resources/{folder}/{space}.json"
            files[place] = printed(listed(kind, objects[(space, kind)], typed=False))
        files[f"{top}cluster-resources/{folder}-errors.json"] = b"null"
    for folder, kind in CLUSTER_WIDE.items():
        files[f"{top}cluster-resources/{folder}.json"] = printed(listed(kind, objects[("", kind)], typed=False))
    for (space, pod, container), log in logs.items():
        files[f"{top}cluster-resources/pods/logs/{space}/{pod}/{container}.log"] = log.encode()
    return files


def listed_together(state: list[Json]) -> Json:
    """What `kubectl get` makes of several kinds."""
    return {"apiVersion": "v1", "kind": "List", "items": state}


def got(state: list[Json]) -> bytes:
    """`kubectl get … -A -o yaml`."""
    return dumped(listed_together(state))


def manifests(state: list[Json]) -> Files:
    """A folder with one file for each kind."""
    return {
        f"{space or 'cluster'}/{kind.lower()}.yaml": b"---\n".join(map(dumped, items))
        for (space, kind), items in by_kind(state).items()
    }


def snapshot(state: list[Json], logs: Logs) -> bytes:
    """A snapshot file."""
    builder = SnapshotBuilder("a test")
    builder.add_all(state)
    for space, kind in by_kind(state):
        builder.cover(kind, space or None)
    for place, log in logs.items():
        add_log(builder, place, log)
    return snapshot_bytes(builder.build())


def tarred(files: Files, mode: str = "w:gz") -> bytes:
    """An archive of files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            member.mtime = 1_772_000_000
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def zipped(files: Files) -> bytes:
    """A zip archive of files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def spread(files: Files, folder: Path) -> Path:
    """Files in a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


PACKINGS: Mapping[str, Callable[[Files], bytes]] = {
    "tgz": tarred,
    "tar": lambda files: tarred(files, "w:"),
    "tar.xz": lambda files: tarred(files, "w:xz"),
    "zip": zipped,
}
