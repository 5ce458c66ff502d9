"""Files of a repository on GitHub are read through the same gate as those on disk."""

from __future__ import annotations

import io
import tarfile

import pytest
from github_server.gate import Answer, gated
from github_server.person import Repository
from trees import DEPLOYMENT

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.remediation.gitops.encoding import LARGEST
from cluster_doctor.remediation.gitops.github.repository import open_github

FILES = {"k8s/web.yaml": DEPLOYMENT, "k8s/run.sh": "echo\n"}


def test_links_submodules_and_folders_are_refused(shop: Repository) -> None:
    shop.commit("main", {"link.yaml": "/etc/passwd", "folder": ".."}, modes="120000")
    tip = shop.ask("GET", "/git/ref/heads/main")["object"]["sha"]
    base = shop.ask("GET", f"/git/commits/{tip}")["tree"]["sha"]
    entry = {"path": "sub", "mode": "160000", "type": "commit", "sha": tip}
    tree_sha = shop.ask("POST", "/git/trees", base_tree=base, tree=[entry])["sha"]
    sha = shop.ask("POST", "/git/commits", message="sub", tree=tree_sha, parents=[tip])["sha"]
    shop.ask("PATCH", "/git/refs/heads/main", sha=sha)
    with open_github(shop.url, shop.credentials) as forge:
        tree = forge.tree()
        for path, message in (
            ("link.yaml", "symbolic link"),
            ("folder/x.yaml", "symbolic link"),
            ("sub/x.yaml", "submodule"),
            ("k8s", "is a folder"),
            ("../x", "leads out"),
            (".git/config", "leads out"),
            ("nowhere", "is not in the commit"),
            ("k8s/web.yaml/x", "is not in the commit"),
        ):
            with pytest.raises(RemediationError, match=message):
                tree.read(path)
            assert not tree.has(path)
        assert list(tree.files(".")) == ["README.md", "k8s/run.sh", "k8s/web.yaml"]
        assert list(tree.files("k8s")) == ["k8s/run.sh", "k8s/web.yaml"]
        assert list(tree.files("nowhere")) == []


def test_each_file_is_read_once_and_only_when_it_is_wanted(shop: Repository) -> None:
    with open_github(shop.url, shop.credentials) as forge:
        tree = forge.tree()
        assert tree.has("k8s/web.yaml")
        assert not [path for _, path in shop.gate.asked if "/git/blobs/" in path]
        assert tree.read("k8s/run.sh") == tree.read("./k8s/run.sh") == b"echo\n"
        assert len([path for _, path in shop.gate.asked if "/git/blobs/" in path]) == 1
        assert len([path for _, path in shop.gate.asked if "/git/trees/" in path]) == 1


def test_bytes_come_as_they_are_and_a_file_that_is_too_large_is_refused(shop: Repository) -> None:
    odd = "\ufeffname: größer\r\n\t\u2028\n"
    shop.commit("main", {"odd.yaml": odd, "large.yaml": "#" * (LARGEST + 1)})
    with open_github(shop.url, shop.credentials) as forge:
        tree = forge.tree()
        assert tree.read("odd.yaml") == odd.encode()
        with pytest.raises(RemediationError, match=f"has {LARGEST + 1} bytes"):
            tree.read("large.yaml")
    assert not [path for verb, path in shop.gate.asked if verb != "GET"]


def test_many_files_come_at_once_from_where_no_login_is_sent_and_none_passes_for_another(shop: Repository) -> None:
    files = {f"many/{number}.yaml": f"number: {number}\n" for number in range(60)}
    shop.commit("main", files)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for path, content in files.items():
            forged = b"forged: true\n" if path == "many/57.yaml" else content.encode()
            member = tarfile.TarInfo(f"acme-shop-0a1b/{path}")
            member.size = len(forged)
            archive.addfile(member, io.BytesIO(forged))
    with gated("127.0.0.1:9") as elsewhere, open_github(shop.url, shop.credentials) as forge:
        elsewhere.fault = lambda _verb, _path: Answer(200, packed.getvalue(), {"Content-Type": "application/x-gzip"})
        there = Answer(302, b"", {"Location": f"{elsewhere.address}/legacy.tar.gz"})
        shop.gate.fault = lambda _verb, path: there if "/tarball/" in path else None
        tree = forge.tree()
        assert {path: tree.read(path).decode() for path in tree.files("many")} == files
        assert elsewhere.logins == {""}
    assert len([path for _, path in shop.gate.asked if "/git/blobs/" in path]) == 41
    assert len([path for _, path in shop.gate.asked if "/tarball/" in path]) == 1


@pytest.mark.parametrize("body", [b"", b"no archive", b"\x1f\x8b\x08\x00" + b"\x00" * 20])
def test_without_an_archive_every_file_is_read_singly(shop: Repository, body: bytes) -> None:
    files = {f"many/{number}.yaml": f"number: {number}\n" for number in range(45)}
    shop.commit("main", files)
    with gated("127.0.0.1:9") as elsewhere, open_github(shop.url, shop.credentials) as forge:
        elsewhere.fault = lambda _verb, _path: Answer(200, body)
        there = Answer(302, b"", {"Location": f"{elsewhere.address}/legacy.tar.gz"}) if body else Answer(404)
        shop.gate.fault = lambda _verb, path: there if "/tarball/" in path else None
        tree = forge.tree()
        assert {path: tree.read(path).decode() for path in tree.files("many")} == files
