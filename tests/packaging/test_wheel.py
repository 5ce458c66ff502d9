"""The wheel, installed where nothing else is."""

from __future__ import annotations

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(list(map(str, command)), cwd=cwd, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    _run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_installs_one_top_level_package_with_its_prompts(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    tops = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == {"cluster_doctor"}
    assert "cluster_doctor/prompts/house-rules.md" in names
    assert not [name for name in names if "/tests/" in name or name.endswith((".pyc", ".cds"))]


@pytest.mark.timeout(300)
def test_the_command_works_in_an_environment_that_has_nothing_else(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "env", with_pip=True)
    binaries = tmp_path / "env" / "bin"
    python = binaries / "python"
    _run(python, "-m", "pip", "install", "--quiet", "--constraint", ROOT / "constraints.txt", wheel, cwd=tmp_path)
    (tmp_path / "pod.yaml").write_text(
        "{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop},"
        " spec: {nodeName: n1, containers: [{name: a, image: 'web:9'}]}, status: {phase: Pending, containerStatuses:"
        " [{name: a, ready: false, state: {waiting: {reason: ErrImagePull, message: 'web:9: not found'}}}]}}\n"
    )
    report = _run(
        binaries / "cluster-doctor", "diagnose", "--home", tmp_path / "home", "--from", "pod.yaml", "--output", "json",
        cwd=tmp_path,
    )  # fmt: skip
    assert '"image_does_not_exist"' in report
    show = "from cluster_doctor.agents.prompts import Prompts; from cluster_doctor.tools.table import Specialist; "
    assert len(_run(python, "-c", f"{show} print(*map(Prompts().of, Specialist))", cwd=tmp_path)) > 1000
