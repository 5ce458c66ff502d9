"""What libraries and servers write is read by its structure: the trouble, with whom, and what it is about."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from cluster_doctor.snapshot.log_lines.told import Told, read_told
from cluster_doctor.snapshot.log_lines.trouble import Trouble

TABLE = yaml.safe_load((Path(__file__).parent / "wordings.yaml").read_text(encoding="utf-8"))
CASES = [
    pytest.param(line, Told(Trouble(trouble), host, port, name), id=f"{trouble}, {family} {number}")
    for trouble, rows in TABLE.items()
    for number, (family, line, host, port, name) in enumerate(rows)
]
WRAPPED = [
    "\x1b[31m{}\x1b[0m",
    "2026-01-01T11:59:00.123456789Z stderr F {}",
    "2026-01-01 11:59:00,123 ERROR [main] {}",
    "E0101 11:59:00.123456       1 main.go:42] {}",
    "2026-01-01T11:59:00.123Z\terror\tmain.go:3\tstart\t{}",
    "WARN: {}",
]
DIALED = "dial tcp 10.1.2.3:5432: connect: connection refused"
REFUSED = Told(Trouble.REFUSED, "10.1.2.3", 5432)


@pytest.mark.parametrize(("line", "told"), CASES)
def test_a_wording_is_evidence_for_what_it_says(line: str, told: Told) -> None:
    assert read_told(line) == told


def test_every_trouble_has_wordings() -> None:
    assert {Trouble(trouble) for trouble in TABLE} == set(Trouble)


@pytest.mark.parametrize("form", WRAPPED)
def test_colours_prefixes_and_timestamps_change_nothing(form: str) -> None:
    assert read_told(form.format(DIALED)) == REFUSED


@pytest.mark.parametrize(
    "line",
    [
        f'{{"level":"error","msg":"cannot start","error":"{DIALED}"}}',
        f'{{"log":"{DIALED}\\n","stream":"stderr","time":"2026-01-01T11:59:00.1Z"}}',
        '{"level":50,"time":1767268740000,"err":{"code":"ECONNREFUSED","address":"10.1.2.3","port":5432},"msg":"db"}',
        f'{{"log.level":"error","message":"x","error":{{"stack_trace":"{DIALED}\\n\\tat a.b.C(D.java:1)"}}}}',
        f'level=error msg="cannot start" err="{DIALED}"',
        f'{{"severity":"INFO","message":"waiting for the database","error":"{DIALED}"}}',
    ],
)
def test_fields_of_json_and_logfmt_are_read_too(line: str) -> None:
    assert read_told(line) == REFUSED


@pytest.mark.parametrize(
    "line",
    [
        "INFO retry succeeded after connection refused to db:5432",
        '{"level":"info","msg":"reconnected to db:5432 after connection refused"}',
        "INFO registered handler for connection refused errors",
        "2026-01-01T11:59:00Z INFO health: 0 errors, 0 connection timeouts",
        "health check: errors=0 timeouts=0 connection refused: 0",
        'level=info msg="stats" connection_refused=0 timed_out=0',
        "connection timed out: 4, connection refused: 2",
        "no connection refused since the start",
        "=== RUN   TestDialConnectionRefused",
        "--- PASS: TestDialConnectionRefused (0.00s)",
        "tests/test_net.py::test_connection_refused PASSED",
        "✓ should report ECONNREFUSED to the caller",
        "retryable errors: ECONNREFUSED, ETIMEDOUT, EAI_AGAIN, ECONNRESET",
        "connect timeout = 30s, read timeout = 10s",
        "DEBUG will ignore no such file or directory",
        '10.9.9.9 - - [01/Jan/2026:11:59:00 +0000] "GET /search?q=connection+refused HTTP/1.1" 200 512',
        "LOG:  database system is ready to accept connections",
        "[Note] mysqld: ready for connections.",
        "INFO: out of memory protection is enabled",
        "configured retry policy: on=[UNAVAILABLE]",
        "order 1045 (28000) shipped",
        '{"level":"debug","code":"42703","zip":"28000"}',
        "",
        "\x1b[",
        '{"level":',
        "{}",
        "[" * 200,
    ],
)
def test_a_line_that_merely_mentions_an_error_is_none(line: str) -> None:
    assert read_told(line) is None


def test_a_server_that_logs_its_clients_is_believed_although_it_calls_that_a_note() -> None:
    told = read_told("2026-01-01T11:59:00Z [Note] Access denied for user 'app'@'10.1.2.3' (using password: YES)")
    assert told == Told(Trouble.CREDENTIALS, name="app")
