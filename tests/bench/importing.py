"""What importing the package costs in a fresh process, and that it loads nothing heavy."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Iterator

from .measurement import Measurement

HEAVY = ("kubernetes", "langchain", "langchain_core", "langgraph", "pydantic", "rich", "yaml")
_TIMES = 5
_SCRIPT = """
import json, sys, time
begun = time.perf_counter()
{statement}
seconds = time.perf_counter() - begun
print(json.dumps([seconds, [name for name in {heavy} if name in sys.modules]]))
"""


def measure() -> Iterator[Measurement]:
    """Import the package, and the function that most programs want."""
    seconds, loaded = _import("import cluster_doctor")
    yield Measurement("import cluster_doctor", seconds, "s", below=1.0)
    yield Measurement(f"  heavy packages it loads ({', '.join(loaded) or 'none'})", len(loaded), "", below=1)
    seconds, _ = _import("from cluster_doctor import diagnose")
    yield Measurement("from cluster_doctor import diagnose", seconds, "s")


def _import(statement: str) -> tuple[float, list[str]]:
    script = _SCRIPT.format(statement=statement, heavy=list(HEAVY))
    answers = [
        json.loads(subprocess.run([sys.executable, "-c", script], check=True, capture_output=True).stdout)
        for _ in range(_TIMES)
    ]
    return statistics.median(seconds for seconds, _ in answers), answers[-1][1]
