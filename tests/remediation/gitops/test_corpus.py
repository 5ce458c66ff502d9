"""Each manifest of the corpus is edited, and exactly the expected lines change.

A folder of `corpus` holds a manifest, the edits of one object in it, and the difference that they make.
"""

from __future__ import annotations

import difflib
import re
from pathlib import Path

import pytest
import yaml

from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.domain.steps import FieldEdit
from cluster_doctor.remediation.gitops.encoding import decoded, edit_bytes

CORPUS = Path(__file__).parent / "corpus"
FOLDERS = sorted(path.parent for path in CORPUS.glob("*/edits.yaml"))

every_manifest = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


def _read(folder: Path) -> tuple[bytes, ObjectRef | None, list[FieldEdit]]:
    [manifest] = folder.glob("manifest.*")
    wanted = yaml.safe_load((folder / "edits.yaml").read_text(encoding="utf-8"))
    ref = ObjectRef(**wanted["object"]) if "object" in wanted else None
    return manifest.read_bytes(), ref, [FieldEdit.model_validate(edit) for edit in wanted["edits"]]


def _difference(before: str, after: str) -> str:
    old, new = (re.findall(r"[^\n]*\n|[^\n]+", text) for text in (before, after))
    made = difflib.unified_diff(old, new, "before", "after", n=0)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in made)


@every_manifest
def test_exactly_the_expected_lines_change(folder: Path) -> None:
    content, ref, edits = _read(folder)
    after = edit_bytes(content, ref, edits)
    assert _difference(decoded(content)[2], decoded(after)[2]).encode() == (folder / "expected.diff").read_bytes()
    assert decoded(after)[:2] == decoded(content)[:2]


@every_manifest
def test_an_edit_that_assumes_another_value_changes_nothing(folder: Path) -> None:
    content, ref, edits = _read(folder)
    wrong = [edit.model_copy(update={"was": "certainly not this"}) for edit in edits]
    with pytest.raises(Exception, match="was to be 'certainly not this' and is"):
        edit_bytes(content, ref, wrong)


def test_the_corpus_has_its_size() -> None:
    assert len(FOLDERS) >= 100
