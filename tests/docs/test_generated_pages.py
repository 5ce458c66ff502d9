"""Pages in docs/ that are made from code are what the code makes; what is written by hand names what exists."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from cluster_doctor.remediation.planner import repair_of
from cluster_doctor.reports.rule_pages import render_rules
from cluster_doctor.rules.catalogue import all_rules

DOCS = Path(__file__).parents[2] / "docs"
VOCABULARY = (DOCS / "vocabulary.md").read_text(encoding="utf-8")
WORDS = re.findall(r"^\| `(\w+)` \| .+ \| `([\w.]+)` \|$", VOCABULARY, re.MULTILINE)


def test_the_page_of_rules_is_that_of_their_docstrings() -> None:
    made = render_rules(all_rules(), repair_of)
    kept = (DOCS / "rules.md").read_text(encoding="utf-8")
    assert kept == made, "make it again: cluster-doctor rules --output markdown > docs/rules.md"


def test_every_row_of_the_vocabulary_can_be_read() -> None:
    rows = [line for line in VOCABULARY.splitlines() if line.startswith("| `")]
    assert len(rows) == len(WORDS) == len({word for word, _ in WORDS})


@pytest.mark.parametrize(("word", "module"), WORDS)
def test_a_word_is_defined_where_the_vocabulary_says(word: str, module: str) -> None:
    found = getattr(importlib.import_module(f"cluster_doctor.{module}"), word)
    assert found.__module__ == f"cluster_doctor.{module}"
