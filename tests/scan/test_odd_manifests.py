"""One odd value in a manifest, of whatever shape, never breaks a scan."""

from __future__ import annotations

import copy
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cluster_doctor.rules.catalogue import all_rules
from cluster_doctor.rules.engine import run_rules
from cluster_doctor.sources.protocol import Scope
from cluster_doctor.sources.recognise import open_recorded
from scan.folders import SHOP

OBJECTS: list[Any] = [
    document
    for name in ("workloads", "traffic", "scaling", "settings", "access")
    for document in yaml.safe_load_all((SHOP / f"{name}.yaml").read_text())
]
RULES = [rule for rule in all_rules() if rule.area == "manifest"]
ODD: list[object] = [
    None,
    True,
    0,
    -1,
    3.5,
    "",
    "x",
    "80%",
    "-5%",
    [],
    [None],
    ["x"],
    {},
    {"x": None},
    {"name": []},
    [{"name": 1}],
]


def _paths(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner: list[tuple[str | int, ...]] = [path] if path else []
    if isinstance(value, dict):
        inner += [found for key, member in value.items() for found in _paths(member, (*path, key))]
    elif isinstance(value, list):
        inner += [found for at, member in enumerate(value) for found in _paths(member, (*path, at))]
    return inner


KEPT = {("kind",), ("metadata",)}
PLACES = [(at, path) for at, raw in enumerate(OBJECTS) for path in _paths(raw) if path not in KEPT]


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(ODD)), min_size=1, max_size=3))
def test_no_odd_value_breaks_a_rule(changes: list[tuple[tuple[int, tuple[str | int, ...]], object]]) -> None:
    objects = copy.deepcopy(OBJECTS)
    for (at, path), odd in changes:
        here: Any = objects[at]
        for step in path[:-1]:
            here = here[step] if _leads(here, step) else None
        if _leads(here, path[-1]):
            here[path[-1]] = copy.deepcopy(odd)  # what stands in two places must not be one
    cluster = open_recorded(yaml.safe_dump_all(objects).encode(), "objects").collect(Scope())
    for finding in run_rules(RULES, cluster).findings:
        assert all(cluster.holds(fact) for fact in finding.evidence), finding.message


def _leads(here: object, step: str | int) -> bool:
    return step in here if isinstance(here, dict) else isinstance(here, list) and step in range(len(here))
