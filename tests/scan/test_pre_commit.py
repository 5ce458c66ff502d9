"""The hook for pre-commit: a definition that pre-commit takes, and an entry that does its work on a repository."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from pre_commit.clientlib import load_manifest

from cluster_doctor.cli.main import run
from scan.folders import shop_with

HOOKS = Path(__file__).parents[2] / ".pre-commit-hooks.yaml"
FAULT = ("workloads.yaml", "/ready, port: http", "/ready, port: web")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with the shop, a workflow, and settings that are no manifests."""
    shop_with(tmp_path / "deploy", ("traffic.yaml", "targetPort: api", "targetPort: web"))
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github" / "build.yaml").write_text("on: [push]\njobs: {}\n")
    (tmp_path / "mkdocs.yml").write_text("site_name: shop\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_pre_commit_takes_the_definition() -> None:
    (hook,) = load_manifest(HOOKS)
    assert (hook["id"], hook["types"], hook["pass_filenames"]) == ("cluster-doctor-scan", ["yaml"], True)
    assert hook["require_serial"], "files of one folder are judged together"
    assert re.search(hook["exclude"], "charts/web/templates/service.yaml"), "templates are no manifests yet"
    assert not re.search(hook["exclude"], "deploy/shop/traffic.yaml")


def test_its_entry_judges_changed_files_with_those_beside_them(repository: Path) -> None:
    (hook,) = yaml.safe_load(HOOKS.read_text())
    program, *words = shlex.split(hook["entry"])
    done = subprocess.run(
        [Path(sys.executable).parent / program, *words, "deploy/shop/workloads.yaml", "mkdocs.yml"],
        cwd=repository,
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "at deploy/shop/traffic.yaml:10" in done.stdout


def test_files_that_are_no_manifests_are_no_failure(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scan", str(repository / ".github" / "build.yaml"), "mkdocs.yml"]) == 0
    assert "No findings." in capsys.readouterr().out


def test_each_folder_is_judged_by_itself(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shop_with(repository / "other", FAULT)
    assert run(["scan", "deploy/shop/access.yaml", "other/shop/access.yaml"]) == 1
    said = capsys.readouterr().out
    assert "[service_targets_undeclared_port, root cause]\n           at deploy/shop/traffic.yaml:10" in said
    assert "[probe_asks_undeclared_port, root cause]\n           at other/shop/workloads.yaml:1" in said
    assert "declared 2 times" not in said


def test_a_changed_file_that_cannot_be_read_is_a_failure(repository: Path) -> None:
    (repository / "deploy" / "shop" / "settings.yaml").write_text("a: [\n")
    (repository / "deploy" / "shop" / "traffic.yaml").unlink()
    assert run(["scan", "deploy/shop/settings.yaml"]) == 3


@pytest.mark.usefixtures("repository")
def test_a_file_that_is_not_there_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scan", "deploy/nothing.yaml"]) == 2
    assert "there is no file deploy/nothing.yaml" in capsys.readouterr().err
