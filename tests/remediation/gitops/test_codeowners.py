"""Who is asked to review, as GitHub reads CODEOWNERS."""

from __future__ import annotations

from pathlib import Path

import pytest
from trees import tree_of

from cluster_doctor.remediation.gitops.codeowners import Owners, owners_of


@pytest.mark.parametrize(
    ("pattern", "owned", "not_owned"),
    [
        ("*", ["a", "b/c"], []),
        ("*.yaml", ["a.yaml", "b/c.yaml"], ["a.yml"]),
        ("/k8s/", ["k8s/web.yaml", "k8s/a/b.yaml"], ["apps/k8s/web.yaml", "k8s"]),
        ("apps/", ["apps/a", "x/apps/b/c"], ["apps.yaml"]),
        ("docs/*", ["docs/a.md"], ["docs/b/c.md", "x/docs/a.md"]),
        ("k8s", ["k8s/web.yaml", "x/k8s/web.yaml"], ["k8s.yaml"]),
        ("/a/**/c.yaml", ["a/c.yaml", "a/b/b/c.yaml"], ["b/a/c.yaml"]),
        ("**/logs", ["logs/a", "b/logs/c"], ["blogs"]),
        ("/with\\ blank.yaml", ["with blank.yaml"], ["with"]),
    ],
)
def test_patterns_are_those_of_github(tmp_path: Path, pattern: str, owned: list[str], not_owned: list[str]) -> None:
    tree = tree_of(tmp_path, f"== CODEOWNERS\n{pattern} @ada\n")
    for path in owned:
        assert owners_of(tree, [path]).people == ("ada",), path
    for path in not_owned:
        assert owners_of(tree, [path]) == Owners(), path


def test_the_last_line_that_matches_wins_even_if_it_names_nobody(tmp_path: Path) -> None:
    text = "* @everyone\n/k8s/ @acme/platform @ada # those who run it\n/k8s/open.yaml\n\n# /k8s/ @nobody\n"
    tree = tree_of(tmp_path, f"== CODEOWNERS\n{text}")
    assert owners_of(tree, ["k8s/web.yaml"]) == Owners(("ada",), ("platform",))
    assert owners_of(tree, ["k8s/open.yaml"]) == Owners()
    assert owners_of(tree, ["README.md", "k8s/web.yaml"]) == Owners(("everyone", "ada"), ("platform",))


def test_a_line_that_is_not_valid_is_skipped(tmp_path: Path) -> None:
    lines = ["* @ada", "!a.yaml @eve", "[Section] @eve", "a[0-9].yaml @eve", "\\#a @eve", "a.yaml eve", "a.yaml @eve!"]
    tree = tree_of(tmp_path, "== CODEOWNERS\n" + "\n".join(lines) + "\n")
    assert owners_of(tree, ["a.yaml", "a1.yaml"]).people == ("ada",)


def test_the_first_of_three_places_counts_and_a_mail_address_cannot_be_asked(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, "== docs/CODEOWNERS\n* @last\n")
    assert owners_of(tree, ["a"]).people == ("last",)
    tree_of(tmp_path, "== CODEOWNERS\n* @second\n== .github/CODEOWNERS\n* ada@example.com\n")
    assert owners_of(tree, ["a"]) == Owners()
    (tmp_path / ".github/CODEOWNERS").write_bytes(b"* @\xff\xfe\n\x00\n")
    assert owners_of(tree, ["a"]) == Owners()


def test_without_a_file_nobody_owns_anything(tmp_path: Path) -> None:
    assert owners_of(tree_of(tmp_path, "== a\nb\n"), ["a"]) == Owners()
