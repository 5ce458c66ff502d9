"""What it costs to import the package."""

from __future__ import annotations

import subprocess
import sys

import cluster_doctor

HEAVY = (
    "kubernetes",
    "langgraph",
    "langchain_core",
    "langchain",
    "pydantic",
    "yaml",
    "orjson",
    "jinja2",
    "rich",
    "typer",
    "drain3",
    "sqlalchemy",
)


def test_importing_the_package_loads_nothing_heavy_and_takes_less_than_a_second() -> None:
    code = (
        "import sys, time; began = time.perf_counter(); import cluster_doctor; took = time.perf_counter() - began; "
        f"print(took, *(name for name in {HEAVY!r} if name in sys.modules))"
    )
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert out[1:] == []
    assert float(out[0]) < 1


def test_the_command_line_shows_its_help_without_the_kubernetes_client_and_langgraph() -> None:
    code = (
        "import sys; from cluster_doctor.cli.main import run; run(['--help']); "
        "heavy = ('kubernetes', 'langgraph', 'langchain_core', 'drain3', 'sqlalchemy'); "
        "print([name for name in heavy if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stderr.strip() == "[]"


def test_every_public_name_can_be_had_and_no_other() -> None:
    for name in cluster_doctor.__all__:
        assert getattr(cluster_doctor, name) is not None
        assert name in dir(cluster_doctor)
    assert not hasattr(cluster_doctor, "nonsense")
    assert sorted(cluster_doctor.__all__) == sorted(cluster_doctor._HOMES)
