"""Runs the benchmarks and prints them: `python -m tests.bench [--json] [--offline]`."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Iterator

from . import collecting, diagnosing, dumping, importing, scanning, writing
from .measurement import Measurement


def main() -> int:
    """Measure; the exit code is 1 if a promise is not kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--offline", action="store_true", help="leave out what needs the control plane")
    options = parser.parse_args()
    found = []
    for measurement in _measured(offline=options.offline):
        found.append(measurement)
        if not options.json:
            _print(measurement)
    if options.json:
        sys.stdout.write(json.dumps([dataclasses.asdict(one) | {"kept": one.kept} for one in found], indent=2) + "\n")
    return 0 if all(measurement.kept for measurement in found) else 1


def _measured(*, offline: bool) -> Iterator[Measurement]:
    yield from importing.measure()
    yield from diagnosing.measure()
    yield from dumping.measure()
    if offline:
        return
    missing = collecting.available()
    if missing:
        sys.stderr.write(f"Not measured on a live cluster: {missing}\n")
    else:
        yield from collecting.measure()
        yield from scanning.measure()
        yield from writing.measure()


def _print(one: Measurement) -> None:
    value = f"{one.value:,.0f}" if one.value >= 100 or one.value == int(one.value) else f"{one.value:,.3g}"
    promise = "" if one.below is None else f"  (promised: below {one.below:g}{'' if one.kept else ', NOT KEPT'})"
    sys.stdout.write(f"{one.name:<52} {value:>8} {one.unit:<5}{promise}".rstrip() + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
