"""A folder of runbooks as it may be found."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cluster_doctor.domain.errors import UnreadableInput, UsageError
from cluster_doctor.sources import runbooks
from cluster_doctor.sources.runbooks import read_runbooks, runbooks_named


def test_markdown_in_the_folder_and_below_is_read_in_order(tmp_path: Path) -> None:
    (tmp_path / "sub" / "deep").mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    for name in ("b.md", "a.MD", "sub/deep/c.markdown", "not.txt", ".git/d.md"):
        (tmp_path / name).write_text(f"# {name}\n")
    found = read_runbooks(tmp_path)
    assert [text.file for text in found.texts] == ["a.MD", "b.md", "sub/deep/c.markdown"]
    assert found.notes == ()


@pytest.mark.parametrize(
    ("content", "text", "note"),
    [
        (b"a\r\nb\rc\n", "a\nb\nc\n", ""),
        ("# Ü\n".encode(), "# Ü\n", ""),
        ("# Ü\n".encode("utf-8-sig"), "# Ü\n", ""),
        ("# Ü\n".encode("utf-16"), "# Ü\n", ""),
        ("# Ü\n".encode("latin-1"), "# \N{REPLACEMENT CHARACTER}\n", "odd.md is not written in UTF-8"),
        (b"a\0b", None, "odd.md is no text, and was not read"),
        ("# Ü\n".encode("utf-16-le"), None, "odd.md"),
        (b"x" * (runbooks.MOST_BYTES + 1), None, "odd.md holds more than 256 KiB, and was not read"),
        (b"", "", ""),
    ],
)
def test_odd_files_are_read_as_far_as_they_can_be_and_noted(
    content: bytes, text: str | None, note: str, tmp_path: Path
) -> None:
    (tmp_path / "odd.md").write_bytes(content)
    (tmp_path / "plain.md").write_text("plain")
    found = read_runbooks(tmp_path)
    assert [read.text for read in found.texts if read.file == "odd.md"] == ([] if text is None else [text])
    assert found.texts[-1].text == "plain", "one odd file hides no other"
    assert len(found.notes) == bool(note)
    assert all(note in told for told in found.notes)


def test_links_out_of_the_folder_and_what_is_no_file_are_noted_and_not_read(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.md").write_text("a secret")
    folder = tmp_path / "books"
    folder.mkdir()
    (folder / "a.md").write_text("a")
    (folder / "inside.md").symlink_to("a.md")
    (folder / "out.md").symlink_to(outside / "secret.md")
    (folder / "folder").symlink_to(outside)
    (folder / "loop.md").symlink_to("loop.md")
    (folder / "gone.md").symlink_to("nothing.md")
    (folder / "named.md").mkdir()
    os.mkfifo(folder / "pipe.md")
    found = read_runbooks(folder)
    assert [(text.file, text.text) for text in found.texts] == [("a.md", "a"), ("inside.md", "a")]
    assert len(found.notes) == 4
    for name in ("out.md is a link that leads out", "loop.md", "gone.md cannot be read", "pipe.md is no regular file"):
        assert any(name in note for note in found.notes), name
    assert not any(str(tmp_path) in note for note in found.notes)


def test_names_in_another_encoding_can_be_written_down(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.md")).write_text("a")
    (text,) = read_runbooks(tmp_path).texts
    assert text.file.encode("utf-8").decode() == "caf\N{REPLACEMENT CHARACTER}.md"


def test_too_many_runbooks_are_cut_off_with_a_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runbooks, "MOST_FILES", 3)
    for at in range(20):
        (tmp_path / f"{at:02}.md").write_text("a")
    found = read_runbooks(tmp_path)
    assert [text.file for text in found.texts] == ["00.md", "01.md", "02.md"]
    assert len(found.notes) == runbooks.MOST_NOTED + 1
    assert found.notes[-1] == "12 more runbooks likewise"


def test_credentials_do_not_pass_and_lines_keep_their_numbers(tmp_path: Path) -> None:
    key = "-----BEGIN PRIVATE KEY-----\nMIIhunter2hunter2\n-----END PRIVATE KEY-----"
    (tmp_path / "a.md").write_text(f"# password=hunter2hunter2\n{key}\nsee https://ada:hunter2hunter2@db/\nlast\n")
    (text,) = read_runbooks(tmp_path).texts
    assert "hunter2" not in text.text
    assert text.text.split("\n")[5] == "last"


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "nothing", tmp_path / "file"):
        with pytest.raises(UsageError, match="there is no folder") as caught:
            runbooks_named(path)
        assert "--runbooks" in caught.value.next_step
        with pytest.raises(UnreadableInput, match="could not list"):
            read_runbooks(path)
    assert runbooks_named(None) == ""
    assert runbooks_named(tmp_path) == str(tmp_path.resolve())
