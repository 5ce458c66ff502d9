"""Where knowledge lies: repositories, LangChain's loaders, and the file that names them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest
from dulwich import porcelain

from cluster_doctor.domain.errors import UnreadableInput, UsageError
from cluster_doctor.domain.knowledge import FolderSource, GitSource, LoaderSource
from cluster_doctor.sources.knowledge.copies import copied
from cluster_doctor.sources.knowledge.document_loader import copy_of_loaded
from cluster_doctor.sources.knowledge.git_repository import copy_of_repository
from cluster_doctor.sources.knowledge.shelf_file import read_shelf, sources_named

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    place = tmp_path / "origin"
    (place / "db" / ".hidden").mkdir(parents=True)
    porcelain.init(str(place)).close()
    for name, text in (("web.md", "# Web"), ("db/sql.md", "# SQL"), ("db/.hidden/x.md", "# No"), ("run.sh", "exit 1")):
        (place / name).write_text(text)
    (place / "out.md").symlink_to("/etc/hostname")
    porcelain.add(
        str(place), [str(place / name) for name in ("web.md", "db/sql.md", "db/.hidden/x.md", "run.sh", "out.md")]
    )
    porcelain.commit(str(place), message=b"one", author=b"a <a@example.com>", committer=b"a <a@example.com>")
    return place


def _files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.md"))


def test_markdown_of_a_repository_is_copied_and_nothing_else(repository: Path, tmp_path: Path) -> None:
    copy = copy_of_repository(f"file://{repository}", "", tmp_path / "cache")
    assert _files(copy.folder) == ["db/sql.md", "web.md"]
    assert not list(copy.folder.rglob("*.sh"))
    below = copy_of_repository(f"file://{repository}", "db", tmp_path / "cache")
    assert _files(below.folder) == ["sql.md"]
    assert below.of.endswith("origin#db")


def test_what_cannot_be_reached_is_told_without_the_credentials(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match=r"file:///nowhere cannot be read"):
        copy_of_repository("file:///nowhere", "", tmp_path)
    with pytest.raises(UnreadableInput) as told:
        copy_of_repository("http://ada:s3cret@127.0.0.1:1/x.git", "", tmp_path)
    assert "s3cret" not in str(told.value)
    with pytest.raises(UsageError, match="is no address of a Git repository"):
        copy_of_repository("ext::sh -c id", "", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_copy_is_read_while_nobody_answers_and_its_age_is_told(tmp_path: Path) -> None:
    reads = 0

    def read() -> Iterator[tuple[str, bytes]]:
        nonlocal reads
        reads += 1
        if reads == 2:
            raise UnreadableInput("nobody answers")
        yield "a.md", f"# {reads}".encode()

    def again(later: timedelta) -> str:
        return copied(tmp_path, "ops", "ops", read, NOW + later).note

    assert again(timedelta()) == ""
    assert (again(timedelta(minutes=9)), reads) == ("", 1)
    assert again(timedelta(hours=26)) == "ops is as of 2026-01-01 12:00 UTC, 1 day ago: nobody answers"
    assert again(timedelta(hours=27)) == ""
    (folder,) = tmp_path.iterdir()
    assert (folder / "a.md").read_text() == "# 3"


@dataclass
class _Document:
    page_content: str
    metadata: dict[str, str] = field(default_factory=dict)


class _Wiki:
    """A loader as LangChain's are."""

    def __init__(self, url: str, api_key: str = "") -> None:
        self.url, self.api_key = url, api_key

    def lazy_load(self) -> Iterator[_Document]:
        if self.api_key != "k":
            msg = "401"
            raise PermissionError(msg)
        yield _Document("# Failover\n\nPromote it.", {"title": "Fail: over", "source": f"{self.url}/1"})
        yield _Document("bare")


@pytest.fixture
def loaders(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("langchain_community.document_loaders")
    module.WikiLoader = _Wiki  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "langchain_community", ModuleType("langchain_community"))
    monkeypatch.setitem(sys.modules, "langchain_community.document_loaders", module)


@pytest.mark.usefixtures("loaders")
def test_a_loader_is_named_by_its_class_and_secrets_come_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = {"url": "https://wiki.example.com", "api_key": {"env": "WIKI_TOKEN"}}
    source = LoaderSource(loader="WikiLoader", name="wiki", arguments=arguments)
    with pytest.raises(UsageError, match="WIKI_TOKEN, which argument api_key is taken from, is not set"):
        copy_of_loaded(source, tmp_path)
    monkeypatch.setenv("WIKI_TOKEN", "x")
    with pytest.raises(UnreadableInput, match="WikiLoader cannot read its pages: PermissionError: 401"):
        copy_of_loaded(source, tmp_path)
    monkeypatch.setenv("WIKI_TOKEN", "k")
    copy = copy_of_loaded(source, tmp_path)
    assert (copy.of, _files(copy.folder)) == ("wiki", ["page-0001.md", "page-0002.md"])
    page = (copy.folder / "page-0001.md").read_text()
    assert page == "---\ntitle: 'Fail: over'\nurl: https://wiki.example.com/1\n---\n# Failover\n\nPromote it.\n"


@pytest.mark.usefixtures("loaders")
@pytest.mark.parametrize(
    ("loader", "arguments", "told"),
    [
        ("NoLoader", {}, "there is no loader NoLoader"),
        ("os.system", {}, "no loader of LangChain's"),
        ("WikiLoader", {"nonsense": 1}, "does not take these arguments"),
        ("langchain_nothing.Loader", {}, "needs a package that is not installed"),
    ],
)
def test_a_loader_that_cannot_be_had_is_told(loader: str, arguments: dict[str, int], told: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=told):
        copy_of_loaded(LoaderSource(loader=loader, arguments={**arguments}), tmp_path)


def test_the_file_of_sources_is_read_from_where_it_stands(tmp_path: Path) -> None:
    file = tmp_path / "knowledge.yaml"
    file.write_text(
        "sources:\n- folder: books\n- git: https://git.example.com/x.git\n  path: db\n- loader: NotionDBLoader\n"
    )
    assert read_shelf(file).sources == (
        FolderSource(folder=str(tmp_path / "books")),
        GitSource(git="https://git.example.com/x.git", path="db"),
        LoaderSource(loader="NotionDBLoader"),
    )
    for text, told in (
        ("sources: [{nonsense: 1}]", r"sources\.0"),
        ("[", "no YAML document"),
        ("", "no YAML document"),
        ("a: 1\n---\nb: 1", "no YAML document"),
        ("5", "knowledge.yaml: it: "),
    ):
        file.write_text(text)
        with pytest.raises(UsageError, match=told):
            read_shelf(file)
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        read_shelf(tmp_path / "nothing.yaml")


def test_places_on_the_command_line_are_folders_or_repositories(tmp_path: Path) -> None:
    assert sources_named([str(tmp_path), "git@git.example.com:ops/books.git#db"]) == (
        FolderSource(folder=str(tmp_path)),
        GitSource(git="git@git.example.com:ops/books.git", path="db"),
    )
    with pytest.raises(UsageError, match="there is no folder"):
        sources_named([str(tmp_path / "nothing")])
