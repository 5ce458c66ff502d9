"""The words that a whole log is looked through for first stand in every line that the pattern behind them matches."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from cluster_doctor import rules
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.log_lines.wording import Wording
from cluster_doctor.snapshot.records import ContainerLog

WORDINGS = {
    f"{module.name.rpartition('.')[2]} {name}": value
    for module in pkgutil.walk_packages(rules.__path__, f"{rules.__name__}.")
    for name, value in vars(importlib.import_module(module.name)).items()
    if isinstance(value, Wording)
}


@pytest.mark.parametrize("name", WORDINGS)
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=some.data())
def test_what_the_pattern_matches_is_found_in_a_log(name: str, data: some.DataObject) -> None:
    wording = WORDINGS[name]
    printable = some.characters(min_codepoint=32, max_codepoint=126)
    line = data.draw(some.from_regex(wording.pattern, alphabet=printable))
    log = ContainerLog(subject=ObjectRef("Pod", "web", "shop"), lines=("started", line))
    assert [position for position, _ in wording.newest_in(log, 2)] == [1]


def test_what_stands_before_the_last_lines_does_not_count() -> None:
    log = ContainerLog(subject=ObjectRef("Pod", "web", "shop"), lines=("exec format error", "ready"))
    wording = WORDINGS["image_is_built_for_another_architecture _WORDS"]
    assert not list(wording.newest_in(log, 1))
    assert len(list(wording.newest_in(log, 2))) == 1
