"""No line of a log, however odd, makes a rule's pattern search for long: logs are written by whom we do not trust."""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from collections.abc import Iterator

import pytest

from cluster_doctor import rules
from cluster_doctor.snapshot import log_lines
from cluster_doctor.snapshot.log_lines.wording import Wording

LINE = 16_000
HOSTILE = {
    "one word": "x" * LINE,
    "spaces": " " * LINE,
    "addresses": "1.2.3.4:80 " * (LINE // 11),
    "words": "error connection refused to host at the server of a database for user " * (LINE // 70),
    "quotes": '"a":"b",' * (LINE // 8),
    "slashes": "/a" * (LINE // 2),
}
BUDGET = 0.5
"""Seconds for one search; a pattern that goes back and forth takes several."""


def _patterns(value: object) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, Wording):
        yield value.pattern
    elif isinstance(value, (tuple, list)):
        for member in value:
            yield from _patterns(member)
    elif isinstance(value, dict):
        yield from _patterns(list(value.values()))


def _all_patterns() -> dict[str, re.Pattern[str]]:
    found: dict[str, re.Pattern[str]] = {}
    packages = ((package.__path__, f"{package.__name__}.") for package in (rules, log_lines))
    for module in (module for path, prefix in packages for module in pkgutil.walk_packages(path, prefix)):
        for value in vars(importlib.import_module(module.name)).values():
            for pattern in _patterns(value):
                found.setdefault(pattern.pattern, pattern)
    return found


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_line_is_searched_in_bounded_time(kind: str) -> None:
    line = HOSTILE[kind]
    slow = []
    for pattern in _all_patterns().values():
        began = time.process_time()
        pattern.search(line)
        if time.process_time() - began > BUDGET:
            slow.append(pattern.pattern)
    assert slow == []
