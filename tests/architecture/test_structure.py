"""How the code is laid out, held by test where no linter holds it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "cluster_doctor"
MODULES = sorted(PACKAGE.rglob("*.py"))
MAY_CATCH_ALL = {
    "cli/main.py",  # the outermost command
    "sources/knowledge/document_loader.py",  # runs loaders of somebody else's, which may raise anything
    "rules/own_code.py",  # runs code of somebody else's, which may raise anything
}
LONGEST = 400
"""Lines; a file beyond them holds more than one idea."""

every_module = pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))


def _imports(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@every_module
def test_a_file_holds_one_idea(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


@every_module
def test_only_the_workflow_builds_graphs(path: Path) -> None:
    if path.relative_to(PACKAGE).parts[0] != "workflow":
        assert not {name for name in _imports(ast.parse(path.read_text(encoding="utf-8"))) if "langgraph.graph" in name}


@every_module
def test_rules_and_sources_never_see_each_other(path: Path) -> None:
    area = path.relative_to(PACKAGE).parts[0]
    other = {"rules": "cluster_doctor.sources", "sources": "cluster_doctor.rules"}.get(area)
    if other:
        assert not {name for name in _imports(ast.parse(path.read_text(encoding="utf-8"))) if name.startswith(other)}


@every_module
def test_everything_is_caught_by_name_but_where_it_ends_or_is_somebody_elses_code(path: Path) -> None:
    if path.relative_to(PACKAGE).as_posix() in MAY_CATCH_ALL:
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ExceptHandler):
            caught = ast.unparse(node.type) if node.type else ""
            assert caught not in {"", "Exception", "BaseException"}, f"line {node.lineno}"


@every_module
def test_rules_call_no_api_and_read_no_file(path: Path) -> None:
    if path.relative_to(PACKAGE).parts[0] == "rules":
        names = {name.partition(".")[0] for name in _imports(ast.parse(path.read_text(encoding="utf-8")))}
        assert not names & {"kubernetes", "urllib3", "requests", "socket", "subprocess", "pathlib", "os"}
