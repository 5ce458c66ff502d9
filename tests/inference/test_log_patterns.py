"""Logs counted by the form of their lines; what is new only where there is something to compare with."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cluster_doctor.domain.log_pattern import LogPattern
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.inference.log_patterns import MOST_LINES, find_patterns
from cluster_doctor.snapshot.log_lines.mining import MOST_ALARMING, MOST_TEMPLATES
from cluster_doctor.snapshot.records import ContainerLog
from cluster_doctor.snapshot.snapshot import ClusterSnapshot

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
WEB = ObjectRef(kind="Pod", name="web-0", namespace="shop", api_version="v1")


def _served(minute: int) -> str:
    return f"{NOON - timedelta(minutes=minute):%Y-%m-%dT%H:%M:%SZ} INFO served /items/{minute} in {minute}ms"


def _refused(minute: int) -> str:
    return (
        f"{NOON - timedelta(minutes=minute):%Y-%m-%dT%H:%M:%SZ} ERROR dial tcp 10.1.2.{minute}:5432: connection refused"
    )


def _cluster(*logs: ContainerLog) -> ClusterSnapshot:
    return ClusterSnapshot(taken_at=NOON, logs=logs, source="test")


def _log(*lines: str, previous: bool = False, pod: ObjectRef = WEB) -> ContainerLog:
    return ContainerLog(subject=pod, container="app", previous=previous, lines=lines)


def _found(cluster: ClusterSnapshot, since: datetime | None = None) -> list[tuple[str, int, bool | None]]:
    return [(pattern.template, pattern.count, pattern.is_new) for pattern in _patterns(cluster, since)]


def _patterns(cluster: ClusterSnapshot, since: datetime | None = None) -> tuple[LogPattern, ...]:
    return find_patterns(cluster, since=since).patterns


def test_what_was_not_said_before_the_window_is_new_and_comes_first() -> None:
    log = _log(*map(_served, range(50, 5, -1)), *map(_refused, (4, 3, 2)))
    found = _patterns(_cluster(log), NOON - timedelta(minutes=10))
    assert [(pattern.count, pattern.is_new, pattern.level, pattern.trouble) for pattern in found] == [
        (3, True, "ERROR", "connection refused"),
        (5, False, "INFO", ""),
    ]
    assert (found[0].first_seen, found[0].last_seen) == (NOON - timedelta(minutes=4), NOON - timedelta(minutes=2))
    assert found[0].example == log.cite(len(log.lines) - 1)


def test_without_enough_from_before_nobody_knows_what_is_new() -> None:
    log = _log(*map(_served, (12, 11)), *map(_refused, (4, 3)))
    assert {new for _, _, new in _found(_cluster(log), NOON - timedelta(minutes=10))} == {None}


def test_the_instance_before_is_what_the_current_one_is_compared_with() -> None:
    before = _log(*("worker ready" for _ in range(12)), previous=True)
    found = _found(_cluster(before, _log("worker ready", "cannot open the ledger")))
    assert found == [("cannot open the ledger", 1, True), ("worker ready", 1, False)]


def test_one_workloads_past_says_nothing_of_another() -> None:
    other = replace(WEB, name="cart-0")
    before = _log(*("worker ready" for _ in range(12)), previous=True)
    found = _found(_cluster(before, _log("cannot open the ledger", pod=other)))
    assert found == [("cannot open the ledger", 1, None)]


def test_lines_that_differ_in_numbers_addresses_and_identifiers_are_one_pattern() -> None:
    lines = [
        f"request {number:08x}{'a1'} from 10.0.0.{number}:{40000 + number} took {number / 7:.2f}ms"
        for number in range(9)
    ]
    assert _found(_cluster(_log(*lines))) == [("request <hex> from <ip> took <n>ms", 9, None)]


def test_frames_of_a_stack_are_no_lines_of_their_own() -> None:
    lines = (
        "java.lang.IllegalStateException: no ledger",
        "\tat com.example.Ledger.open(Ledger.java:42)",
        "\t... 12 more",
        "Caused by: java.io.IOException: gone",
    )
    assert {template for template, _, _ in _found(_cluster(_log(*lines)))} == {lines[0], lines[3]}


def test_undated_lines_count_as_within_the_window_and_that_is_said() -> None:
    report = find_patterns(_cluster(_log("worker ready", _served(30))), since=NOON - timedelta(minutes=10))
    assert (report.lines, report.undated) == (1, 1)


def test_only_the_namespaces_asked_for_are_counted() -> None:
    other = replace(WEB, namespace="bank")
    report = find_patterns(_cluster(_log("a b"), _log("c d", pod=other)), ("bank",))
    assert [pattern.template for pattern in report.patterns] == ["c d"]


@pytest.mark.parametrize("head", ["", "same head "])
def test_a_log_in_which_no_line_is_like_another_costs_bounded_time_and_memory(head: str) -> None:
    noise = random.Random(3)
    words = ["".join(noise.choices("abcdefghij", k=7)) for _ in range(2000)]
    lines = [head + " ".join(noise.choices(words, k=noise.randint(3, 25))) for _ in range(MOST_LINES + 5)]
    began = time.process_time()
    report = find_patterns(_cluster(_log(*lines)))
    assert len(report.patterns) <= MOST_TEMPLATES + MOST_ALARMING
    assert report.left_out > 5
    assert report.lines + report.left_out == len(lines)
    assert time.process_time() - began < 20
