"""Recorded forms: objects in files, and telling the forms apart."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cluster_doctor.domain.errors import UnreadableInput, UsageError
from cluster_doctor.rules.example import snapshot_of
from cluster_doctor.snapshot.file import snapshot_bytes
from cluster_doctor.snapshot.views import Pod, Secret, Service, StatefulSet
from cluster_doctor.sources.protocol import Scope
from cluster_doctor.sources.recognise import open_recorded
from cluster_doctor.sources.recorded.objects import ObjectFiles
from cluster_doctor.sources.recorded.snapshot_file import SnapshotFile
from cluster_doctor.sources.recorded.terminal_text import TerminalText

POD = "{apiVersion: v1, kind: Pod, metadata: {name: web-0, namespace: shop}}"
GET_ALL = json.dumps(
    {
        "kind": "List",
        "items": [
            {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web-0", "namespace": "shop"}},
            {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "shop"}},
            {"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": "web-1", "namespace": "shop"}},
        ],
    }
)
PASTE = (
    "$ kubectl get pods -n shop\nNAME    READY   STATUS    RESTARTS   AGE\nweb-0   1/1     Running   0          3h\n"
)


@pytest.mark.parametrize(
    ("content", "source"),
    [
        (POD.encode(), ObjectFiles),
        (GET_ALL.encode(), ObjectFiles),
        (b"# a comment\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\n", ObjectFiles),
        (PASTE.encode(), TerminalText),
        (b"[root@master ~]# " + PASTE.encode().lstrip(b"$ "), TerminalText),
        (snapshot_bytes(snapshot_of(POD)), SnapshotFile),
    ],
)
def test_a_form_is_recognised_by_its_content(content: bytes, source: type, tmp_path: Path) -> None:
    (tmp_path / "anything").write_bytes(content)
    for given in (content, tmp_path / "anything"):
        opened = open_recorded(given)
        assert type(opened) is source
        assert opened.collect(Scope()).get(Pod, "shop", "web-0") or b"comment" in content


def test_lists_cover_what_they_hold_and_get_all_what_it_lists() -> None:
    cluster = open_recorded(GET_ALL.encode()).collect(Scope())
    assert cluster.exists(StatefulSet, "shop", "db") is False
    assert cluster.exists(Secret, "shop", "db") is None
    assert cluster.exists(StatefulSet, "prod", "db") is None


def test_one_object_fetched_by_name_proves_nothing_about_others() -> None:
    fetched = '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "namespace": "shop", "uid": "1"}}'
    cluster = open_recorded(fetched.encode()).collect(Scope())
    assert cluster.exists(Pod, "shop", "a") is True
    assert cluster.exists(Pod, "shop", "b") is None


def test_manifests_without_a_namespace_get_the_scope_s_or_the_default() -> None:
    content = b"{apiVersion: v1, kind: Service, metadata: {name: web}}"
    assert open_recorded(content).collect(Scope()).get(Service, "default", "web")
    assert open_recorded(content).collect(Scope(namespaces=("shop",))).get(Service, "shop", "web")


def test_a_folder_is_read_in_order_and_a_broken_file_is_a_gap(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(f"{POD}\n---\n{POD.replace('web-0', 'web-1')}")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "broken.yml").write_text("a: [")
    (tmp_path / "notes.txt").write_text("not looked at")
    (tmp_path / "link.yaml").symlink_to("/etc/hostname")
    cluster = open_recorded(tmp_path).collect(Scope())
    assert [pod.name for pod in cluster.all(Pod)] == ["web-0", "web-1"]
    assert [gap.name for gap in cluster.coverage.gaps] == ["sub/broken.yml"]


BOMB = "a0: &a0 [1,1]\n" + "".join(f"a{i}: &a{i} [*a{i - 1},*a{i - 1}]\n" for i in range(1, 60))
MERGE_BOMB = "a0: &a0 {k: v}\n" + "".join(f"a{i}: &a{i} {{<<: [*a{i - 1}, *a{i - 1}]}}\n" for i in range(1, 40))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"apiVersion: v1\nkind: [", "no valid YAML"),
        (b'{"kind": "List", "items": [', "broken JSON"),
        (b"kind: Pod\n\x00", "binary"),
        (b"\x7fELF\x00\x00", "binary"),
        (b"kind: nothing\nspec: {}", "no Kubernetes object"),
        (f"kind: Pod\n{BOMB}".encode(), "aliases that expand"),
        (f"kind: Pod\n{MERGE_BOMB}".encode(), "merges more than"),
        (b"kind: &a [*a]", "refers to itself"),
        (b"kind: " + b"[" * 100_000, "nests more than"),
        (b"kind: Pod\nx:\n" + b"- " * 100_000, "nests more than"),
        (b'{"a":' * 100_000, "broken JSON"),
        (b"kind: !!python/object/apply:os.system [echo]\n", "no valid YAML"),
        (b"\x1f\x8b\x08\x00rubbish", "gzip"),
        (b"dear all, it is down", "nothing that kubectl prints"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_next_step(content: bytes, said: str) -> None:
    with pytest.raises(UnreadableInput, match=said) as caught:
        open_recorded(content).collect(Scope())
    assert caught.value.next_step


def test_a_form_can_be_said_and_must_exist(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="is not gzip"):
        open_recorded(POD.encode(), "snapshot").collect(Scope())
    with pytest.raises(UsageError, match="no recorded form 'fax'"):
        open_recorded(POD.encode(), "fax")
    with pytest.raises(UnreadableInput, match="there is no"):
        open_recorded(tmp_path / "nowhere")
    with pytest.raises(UnreadableInput, match="holds no Kubernetes object"):
        open_recorded(tmp_path).collect(Scope())


def test_a_file_beyond_the_limit_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    path.write_bytes(POD.encode())
    with path.open("r+b") as file:
        file.truncate(1 << 30)
    with pytest.raises(UnreadableInput, match="more than"):
        open_recorded(path).collect(Scope())
