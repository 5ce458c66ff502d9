"""A line is read out of what loggers and runtimes wrap it in."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster_doctor.snapshot.log_lines.line import LogLevel, read_log_line
from cluster_doctor.snapshot.log_lines.told import read_told

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "level"),
    [
        ("INFO started", LogLevel.INFO),
        ("2026-01-01 12:00:00.000  WARN 1 --- [main] c.e.App : slow", LogLevel.WARNING),
        ("2026/01/01 12:00:00 [emerg] 1#1: host not found", LogLevel.ERROR),
        ("[2026-01-01 12:00:00.000][1][warning][config] [source/a.cc:1] x", LogLevel.WARNING),
        ("I0101 12:00:00.000000       1 main.go:1] ready", LogLevel.INFO),
        ("fail: Microsoft.Hosting[0] x", LogLevel.ERROR),
        ("INFO:root:an ERROR is mentioned", LogLevel.INFO),
        ('{"level":30,"msg":"x"}', LogLevel.INFO),
        ('{"severity":"CRITICAL","message":"x"}', LogLevel.ERROR),
        ("level=debug msg=x", LogLevel.DEBUG),
        ("plain words", None),
        ("LOG:  checkpoint complete", None),
    ],
)
def test_the_level_is_what_the_writer_says(raw: str, level: LogLevel | None) -> None:
    assert read_log_line(raw).level is level


@pytest.mark.parametrize(
    "raw",
    [
        "2026-01-01T12:00:00Z x",
        "2026/01/01 12:00:00 [error] 1#1: x",
        "2026-01-01 12:00:00,000 INFO x",
        "[2026-01-01T13:00:00+01:00] x",
        "2026-01-01T12:00:00.000000000Z stdout F x",
        '{"ts":1767268800,"msg":"x"}',
        '{"time":1767268800000,"msg":"x"}',
        '{"@timestamp":"2026-01-01T12:00:00Z","message":"x"}',
        'time="2026-01-01T12:00:00Z" level=info msg=x',
    ],
)
def test_the_moment_is_what_the_line_says(raw: str) -> None:
    assert read_log_line(raw).moment == NOON


def test_a_line_without_a_timestamp_has_no_moment() -> None:
    assert read_log_line("12 of 30 done").moment is None


@given(st.text(max_size=400))
def test_no_line_however_odd_breaks_the_reader(raw: str) -> None:
    read_log_line(raw)
    read_told(raw)
