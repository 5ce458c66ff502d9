"""What the README says is so."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer
from typer.core import TyperCommand, TyperGroup

import cluster_doctor
from cluster_doctor.cli import main
from cluster_doctor.cli.merging import AWAITS_MERGE
from cluster_doctor.sources.recognise import RecordedForm

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
SHELL = [line.partition("  #")[0].strip() for form, text in BLOCKS if not form for line in text.splitlines()]
QUOTED = [words for words in re.findall(r"`([^`\n]+)`", README) if words.startswith("cluster-doctor ")]
INVOCATIONS = sorted(
    {line.rpartition("| ")[2] for line in SHELL if "cluster-doctor " in line} | set(QUOTED), key=lambda line: line
)
PYTHON = [text for form, text in BLOCKS if form == "python"]


def _commands() -> dict[str, TyperCommand | TyperGroup]:
    """Every command by its full name."""
    found: dict[str, TyperCommand | TyperGroup] = {}
    top = typer.main.get_command(main.app)
    assert isinstance(top, TyperGroup)
    for name, command in top.commands.items():
        inside = command.commands.items() if isinstance(command, TyperGroup) else ()
        found |= {f"{name} {inner}": below for inner, below in inside if isinstance(below, TyperCommand)}
        if isinstance(command, TyperCommand) or (isinstance(command, TyperGroup) and command.invoke_without_command):
            found[name] = command
    return found


def _named(words: list[str]) -> str:
    return next(name for length in (2, 1) if (name := " ".join(words[:length])) in _commands())


@pytest.mark.parametrize("line", INVOCATIONS)
def test_every_command_and_option_that_is_named_exists(line: str) -> None:
    words = shlex.split(line)[1:]
    options = {option for parameter in _commands()[_named(words)].params for option in parameter.opts}
    assert {word for word in words if word.startswith("-") and word != "-"} <= options


def test_the_table_of_commands_is_that_of_the_command_line() -> None:
    rows = re.findall(r"^\| `cluster-doctor ([a-z ]+)` \|", README, re.MULTILINE)
    assert len(rows) == len(set(rows))
    assert set(rows) == set(_commands())


def test_the_table_of_exit_codes_has_those_that_the_command_line_gives() -> None:
    rows = {int(code) for code in re.findall(r"^\| (\d+) \|", README, re.MULTILINE)}
    assert rows == {0, 1, main.WRONG_USE, main.BLIND, AWAITS_MERGE, main.BROKEN, main.INTERRUPTED, main.CLOSED}


def test_every_recorded_form_is_named() -> None:
    assert [form for form in RecordedForm if f"`{form.value}`" not in README] == []


def test_every_make_target_that_is_named_exists() -> None:
    named = set(re.findall(r"\bmake ([a-z][a-z-]+)", " ".join(["\n".join(SHELL), *re.findall(r"`([^`\n]+)`", README)])))
    assert named >= {"demo", "test", "bench"}
    assert {target for target in named if not re.search(rf"^{target}:", MAKEFILE, re.MULTILINE)} == set()


def test_every_link_leads_to_a_file() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert links
    assert [link for link in links if not link.startswith("https://") and not (ROOT / link).is_file()] == []


def test_the_drawing_is_that_of_the_graph(tmp_path: Path) -> None:
    drawn = cluster_doctor.build_graph(home=tmp_path).get_graph(xray=True).draw_mermaid()
    assert [text for form, text in BLOCKS if form == "mermaid"] == [drawn]


@pytest.mark.parametrize("number", range(len(PYTHON)))
def test_its_python_runs(number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("CLUSTER_DOCTOR_HOME", str(tmp_path))
    exec(compile(PYTHON[number], f"README.md, block {number}", "exec"), {})  # noqa: S102 - the README's own words


def test_no_number_is_left_open() -> None:
    assert not re.search(r"\bTODO\b|\bTBD\b|@@|\bXX+\b", README)
