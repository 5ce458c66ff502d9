"""Manifests without any tool, and what of a repository is never followed."""

from __future__ import annotations

from pathlib import Path

import pytest
from trees import DEPLOYMENT, IMAGE, REPLICAS, lines_of, step_of, tree_of

from cluster_doctor.domain.errors import RemediationError
from cluster_doctor.domain.remediation import RemediationStep
from cluster_doctor.domain.steps import Verb
from cluster_doctor.remediation.gitops.source import Entry, changes_of, changes_of_all
from cluster_doctor.remediation.gitops.tree import FolderTree, clean_path

STEP = step_of((IMAGE, "web:1", "web:2"))
SPACED = DEPLOYMENT.replace("  name: web\n", "  name: web\n  namespace: stage\n", 1)


def test_a_manifest_is_found_by_what_it_holds(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, f"== k8s/a.yaml\n{SPACED}== k8s/deep/b.yml\n# app\n{DEPLOYMENT}== README.md\nname: web\n")
    changes = changes_of(tree, STEP, Entry("k8s"))
    assert lines_of(tree, changes) == [
        "k8s/deep/b.yml -        image: web:1",
        "k8s/deep/b.yml +        image: web:2",
    ]
    assert not changes.rendering.performed
    assert tree.read("k8s/deep/b.yml").decode() == f"# app\n{DEPLOYMENT}"


def test_an_object_that_two_files_define_is_refused(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, f"== a.yaml\n{DEPLOYMENT}== b.yaml\n{DEPLOYMENT}")
    with pytest.raises(RemediationError, match=r"is defined in 2 files: a\.yaml, b\.yaml"):
        changes_of(tree, STEP, Entry("."))
    assert changes_of(tree, STEP, Entry("b.yaml")).files.keys() == {"b.yaml"}


def test_a_file_that_cannot_be_read_is_not_taken_for_one_without_the_object(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, "== a.yaml\nname: web\n broken: [\n")
    with pytest.raises(
        RemediationError, match=r"in none of the files \(1 files could not be read, a\.yaml: it is no YAML"
    ):
        changes_of(tree, STEP, Entry("."))


def test_a_step_that_sets_no_fields_is_for_no_file(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, f"== a.yaml\n{DEPLOYMENT}")
    steps: list[RemediationStep] = [step_of(), STEP.model_copy(update={"verb": Verb.DELETE})]
    for step in steps:
        with pytest.raises(RemediationError, match="sets no fields that a file could hold"):
            changes_of(tree, step, Entry("."))


def test_several_edits_of_one_file_come_out_together(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, f"== a.yaml\n{DEPLOYMENT}")
    changes = changes_of(tree, step_of((IMAGE, "web:1", "web:2"), (REPLICAS, 1, 2)), Entry("."))
    assert [line for line in lines_of(tree, changes) if " +" in line] == [
        "a.yaml +  replicas: 2   # as few as can be",
        "a.yaml +        image: web:2",
    ]


def test_steps_are_made_on_top_of_each_other_or_not_at_all(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, f"== a.yaml\n{DEPLOYMENT}")
    entry, back = Entry("."), step_of((IMAGE, "web:2", "web:1"))
    both = changes_of_all(tree, [(STEP, entry, None), (step_of((REPLICAS, 1, 2)), entry, None)])
    assert [line for line in lines_of(tree, both) if " +" in line] == [
        "a.yaml +  replicas: 2   # as few as can be",
        "a.yaml +        image: web:2",
    ]
    assert changes_of_all(tree, [(STEP, entry, None), (back, entry, None)]).files == {}
    with pytest.raises(RemediationError, match="was to be 'web:2' and is 'web:1'"):
        changes_of_all(tree, [(step_of((REPLICAS, 1, 2)), entry, None), (back, entry, None)])


@pytest.mark.parametrize("path", ["../x", "a/../../x", "/../x", ".git/config", "a/.GIT/hooks", "a\\..\\x", "a\x00b"])
def test_a_path_out_of_the_repository_is_refused(path: str) -> None:
    with pytest.raises(RemediationError, match="leads out of the repository"):
        clean_path(path)


def test_links_submodules_pointers_and_huge_files_are_refused(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "web.yaml").write_text(DEPLOYMENT)
    top = tmp_path / "top"
    pointer = "version https://git-lfs.github.com/spec/v1\n# web\n"
    tree = tree_of(top, f"== sub/.git\ngitdir: x\n== sub/web.yaml\n{DEPLOYMENT}== lfs.yaml\n{pointer}")
    (top / "link.yaml").symlink_to(outside / "web.yaml")
    (top / "folder").symlink_to(outside)
    (top / "huge.yaml").write_bytes(b"#" * (9 << 20))
    for path, message in (
        ("link.yaml", "symbolic link"),
        ("folder/web.yaml", "symbolic link"),
        ("sub/web.yaml", "submodule"),
        ("huge.yaml", "bytes; "),
        ("nowhere.yaml", "cannot be read"),
    ):
        with pytest.raises(RemediationError, match=message):
            tree.read(path)
    assert sorted(tree.files(".")) == ["huge.yaml", "lfs.yaml"]
    with pytest.raises(RemediationError, match="Git LFS pointer"):
        changes_of(tree, STEP, Entry("lfs.yaml"))
    with pytest.raises(RemediationError, match="symbolic link"):
        changes_of(FolderTree(top), STEP, Entry("folder"))
