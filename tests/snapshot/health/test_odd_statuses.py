"""No status is too odd, whatever the kind."""

from __future__ import annotations

import copy
import time
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cluster_doctor.snapshot.health.manners import MANNERS
from cluster_doctor.snapshot.health.reading import health_of
from cluster_doctor.snapshot.health.verdict import Health, HealthStatus
from cluster_doctor.snapshot.views import Custom

from .test_kinds import WRITTEN

ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, False, 0, -1, 10**30, 1.5, float("nan"), "", "x", "\u202e\x00", "9" * 400, [], [None], [[]], ["x"],
     [{}], {}, {"x": None}, {"": {}}, {"status": []}, {"type": "Ready", "status": {}}, "Failed", "True"]
)  # fmt: skip
JSON = st.recursive(ODD, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
    st.sampled_from(["conditions", "type", "status", "reason", "phase", "parents", "statuses", "state", "health",
                     "environments", "aggregatedStatus", "racks", "replicas", "observedGeneration", "x"]),
    inner, max_size=4), max_leaves=12)  # fmt: skip
KINDS = sorted({(group.replace("*", "x"), kind.replace("*", "Anything")) for group, kind in MANNERS} | {("", "Widget")})


def _places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, member in inner for place in _places(member, (*path, key)))]


PLACES = [(number, path) for number, (_, raw) in enumerate(WRITTEN) for path in _places(raw) if path]


def _assert_sane(health: Health) -> None:
    assert isinstance(health.status, HealthStatus)
    assert isinstance(health.message, str)
    assert health.path


@settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(KINDS), JSON, JSON, JSON)
def test_any_json_of_any_known_kind_has_a_health(kind: tuple[str, str], metadata: Any, spec: Any, status: Any) -> None:
    raw = {"apiVersion": f"{kind[0]}/v1", "kind": kind[1], "metadata": metadata, "spec": spec, "status": status}
    _assert_sane(health_of(Custom(raw)))


@settings(max_examples=600, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(PLACES), ODD)
def test_one_odd_field_leaves_a_health(place: tuple[int, tuple[str | int, ...]], odd: Any) -> None:
    number, path = place
    raw: Any = copy.deepcopy({"metadata": {}, **WRITTEN[number][1]})
    here = raw
    for step in path[:-1]:
        here = here[step]
    here[path[-1]] = odd
    _assert_sane(health_of(Custom(raw)))


def _seconds(conditions: int) -> float:
    message = "waiting for it " * 20
    entry = {"type": "PartReady", "status": "False", "reason": "Waiting", "message": message}
    raw: Any = {"kind": "Widget", "metadata": {}, "status": {"conditions": [entry] * conditions}}
    began = time.perf_counter()
    health_of(Custom(raw))
    return time.perf_counter() - began


def test_ten_times_the_conditions_take_ten_times_as_long() -> None:
    small = min(_seconds(1_000) for _ in range(3))
    assert min(_seconds(10_000) for _ in range(3)) < 40 * small


def test_a_word_without_end_is_read_in_time() -> None:
    raw: Any = {"kind": "Widget", "metadata": {}, "status": {"phase": "a" * 1_000_000, "conditions": [
        {"type": "s" * 1_000_000, "status": "True", "message": "wait" * 100_000}]}}  # fmt: skip
    began = time.perf_counter()
    _assert_sane(health_of(Custom(raw)))
    assert time.perf_counter() - began < 5
