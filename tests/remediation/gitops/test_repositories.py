"""Which repository a URL means, and what a person may name."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.remediation.gitops.address import address_of, is_url
from cluster_doctor.remediation.gitops.repositories import repository_named

SAME = [
    "https://github.com/acme/shop",
    "https://github.com/acme/shop.git",
    "https://GitHub.com/acme/shop/",
    "https://github.com:443/acme/shop.git",
    "https://ada:token@github.com/acme/shop.git",
    "http://github.com/acme/shop",
    "git@github.com:acme/shop.git",
    "git@github.com:/acme/shop",
    "ssh://git@github.com/acme/shop.git",
    "ssh://git@github.com:22/acme/shop",
    "git://github.com/acme/shop.git",
    " https://github.com/acme/shop ",
]
OTHERS = [
    "https://github.com/acme/shop2",
    "https://github.com/acme/Shop",
    "https://github.com:8443/acme/shop",
    "https://gitlab.com/acme/shop",
    "https://github.com.example.com/acme/shop",
    "https://github.com/acme/shop/tree/main",
    "https://github.com/",
    "https://[github.com/acme/shop",
    "",
]


@pytest.mark.parametrize("url", SAME)
def test_urls_of_one_repository_are_the_same(url: str) -> None:
    assert address_of(url) == "github.com/acme/shop"


@pytest.mark.parametrize("url", OTHERS)
def test_urls_of_others_are_not(url: str) -> None:
    assert address_of(url) != "github.com/acme/shop"


def test_folders_are_no_urls(tmp_path: Path) -> None:
    assert [text for text in (*SAME, str(tmp_path), ".", "a/b:c", "file:///srv/shop.git") if not is_url(text)] == [
        str(tmp_path), ".", "a/b:c", "file:///srv/shop.git",
    ]  # fmt: skip


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    subprocess.run(["git", "init", "-q", "-b", "main", str(folder)], check=True)
    for name, url in (("origin", "git@github.com:acme/shop.git"), ("fork", "https://github.com/ada/shop")):
        subprocess.run(["git", "-C", str(folder), "remote", "add", name, url], check=True)
    return folder


def test_a_clone_stands_for_its_remotes_and_itself(clone: Path) -> None:
    named = repository_named(str(clone))
    assert (named.name, named.path, named.keeps_issues) == (str(clone), "", False)
    asked = ("https://github.com/acme/shop", "ssh://git@github.com/ada/shop.git", f"file://{clone}", str(clone))
    assert all(map(named.is_at, asked))
    assert not any(map(named.is_at, ("https://github.com/acme/other", "", "https://")))


def test_a_path_may_stand_behind_it(clone: Path) -> None:
    assert repository_named(f"{clone}#k8s/prod/").path == "k8s/prod"


def test_a_relative_folder_is_found_from_anywhere(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(clone.parent)
    assert repository_named("shop").name == str(clone)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("/no/such/folder", "is no Git repository"),
        ("https://git.example.com/shop", "not the URL of a repository on GitHub"),
        ("https://ada:secret@git.example.com/shop", "not the URL of a repository on GitHub"),
        ("http://git.example.com/acme/shop", "is not spoken to with https"),
        ("CLONE#../other", "leads out of the repository"),
        ("CLONE#.git/hooks", "leads out of the repository"),
    ],
)
def test_what_is_no_repository_is_told(clone: Path, text: str, why: str) -> None:
    with pytest.raises(RemediationError, match=why) as caught:
        repository_named(text.replace("CLONE", str(clone)))
    assert caught.value.next_step
    assert "secret" not in str(caught.value)


def test_a_url_is_opened_with_a_login_for_its_server_only(monkeypatch: pytest.MonkeyPatch) -> None:
    found = repository_named("https://ada:secret@git.example.com/acme/shop")
    assert (found.name, found.keeps_issues) == ("https://git.example.com/acme/shop", True)
    monkeypatch.setenv("CLUSTER_DOCTOR_GIT_TOKEN", "t0ken")
    with pytest.raises(RemediationError, match=r"the credentials are for github\.com"), found.open():
        pass
