"""Whose words a log holds: the program's, or kubectl's."""

from __future__ import annotations

import pytest

from cluster_doctor.sources.terminal.logs import log_lines

STAMP = "2026-03-04T11:59:58.123456789Z "


@pytest.mark.parametrize(
    "line",
    [
        "Error: listen EADDRINUSE: address already in use :::8080",
        "Error: Access denied for user 'app'@'10.0.0.9' (using password: YES)",
        "error: connect ECONNREFUSED 10.0.0.8:3306",
        'Error: Os { code: 13, kind: PermissionDenied, message: "Permission denied" }',
    ],
)
def test_programs_begin_their_last_words_with_error_too(line: str) -> None:
    assert list(log_lines(f"{line}\n    at start (/app/main.js:1:2)\n")) == [line, "    at start (/app/main.js:1:2)"]


@pytest.mark.parametrize(
    "line",
    [
        'Error from server (BadRequest): previous terminated container "app" in pod "web-0" not found',
        'Error: Error from server (BadRequest): container "app" in pod "web-0" is waiting to start',
        "error: a container name must be specified for pod web-0, choose one of: [app proxy]",
        "Error: error: container proxy is not valid for pod web-0",
        'Defaulted container "app" out of: app, proxy',
    ],
)
def test_what_kubectl_says_is_no_line_of_the_program(line: str) -> None:
    assert list(log_lines(f"{line}\nready\n")) == ["ready"]


def test_a_line_with_kubectls_time_stamp_was_written_by_the_program() -> None:
    line = "Error from server (NotFound): relayed by a program that calls the API"
    assert list(log_lines(STAMP + line)) == [line]
