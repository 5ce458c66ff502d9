"""What the last lines of a process that ends are taken for."""

from __future__ import annotations

import pytest

from cluster_doctor.domain.incident import Incident
from cluster_doctor.inference.diagnose import diagnose
from cluster_doctor.rules.example import snapshot_of
from rules.causes import causes_of

CRASHING = """
kind: Pod
metadata: {name: web-0}
spec: {nodeName: n1, containers: [{name: app, ARGS}]}
status:
  phase: Running
  containerStatuses:
  - name: app
    ready: false
    restartCount: 9
    state: {waiting: {reason: CrashLoopBackOff}}
    lastState: {terminated: {exitCode: 1, reason: Error, finishedAt: '2026-01-01T11:59:00Z'}}
---
kind: Log
subject: Pod/web-0
container: app
lines: LINES
"""


def _crash(lines: list[str], args: str = "") -> str:
    return CRASHING.replace("{name: app, ARGS}", f"{{name: app, args: [{args}]}}").replace("LINES", repr(lines))


@pytest.mark.parametrize(
    ("line", "args", "option"),
    [
        ("flag provided but not defined: -leader-elct", "--leader-elct", "-leader-elct"),
        ("Error: unknown flag: --max-idl", "--max-idl=3", "--max-idl"),
        ("app: unrecognized option '--colour'", "--colour", "--colour"),
        ("app: error: unrecognized arguments: --wrkers 4", "--wrkers, '4'", "--wrkers"),
        ("Unrecognized VM option 'UsePerm'", "'-XX:+UsePerm'", "UsePerm"),
    ],
)
def test_an_option_that_the_process_does_not_know_is_found_on_its_command_line(
    line: str, args: str, option: str
) -> None:
    (cause,) = diagnose(snapshot_of(_crash([line], args)), Incident()).root_causes
    assert cause.rule == "command_line_is_not_understood"
    assert cause.statement.endswith(f"does not know option {option}, which its command line holds")
    assert any(evidence.path == "spec.containers[0].args" for evidence in cause.evidence)


def test_an_option_that_a_script_adds_is_told_without_the_command_line() -> None:
    (cause,) = diagnose(snapshot_of(_crash(["unknown flag: --max-idl"])), Incident()).root_causes
    assert "command line holds" not in cause.statement


FRAME = '  File "/app/main.py", line 7, in <module>'


@pytest.mark.parametrize(
    ("lines", "rule"),
    [
        (
            ["Traceback (most recent call last):", FRAME, "    rate = table[code]", "KeyError: 'EUR'"],
            "process_ends_by_itself",
        ),
        (
            ["Traceback (most recent call last):", FRAME, "    os.environ['TOKEN']", "KeyError: 'TOKEN'"],
            "environment_variable_is_missing",
        ),
        (
            [FRAME, '  File "<frozen os>", line 685, in __getitem__', "KeyError: 'TOKEN'"],
            "environment_variable_is_missing",
        ),
        (["KeyError: 'TOKEN'"], "environment_variable_is_missing"),
    ],
    ids=["a table", "the environment", "module os", "no traceback"],
)
def test_a_missing_key_is_a_variable_unless_the_traceback_leads_elsewhere(lines: list[str], rule: str) -> None:
    assert causes_of(_crash(lines)) == [(rule, "web-0")]


PYDANTIC = [
    '  File "/usr/lib/python3/site-packages/pydantic_settings/main.py", line 193, in __init__',
    "pydantic_core.ValidationError: 1 validation error for Settings",
    "KAFKA_TOPIC",
    "  Field required [type=missing, input_value={}, input_type=dict]",
]


@pytest.mark.parametrize(
    ("lines", "variable"),
    [
        (PYDANTIC, "KAFKA_TOPIC"),
        (["Missing environment variables:", "    DATABASE_URL: undefined", "====="], "DATABASE_URL"),
    ],
    ids=["pydantic-settings", "envalid"],
)
def test_a_variable_that_is_listed_on_a_line_of_its_own_is_missing(lines: list[str], variable: str) -> None:
    (cause,) = diagnose(snapshot_of(_crash(lines)), Incident()).root_causes
    assert cause.rule == "environment_variable_is_missing"
    assert cause.statement.endswith(f"misses environment variable {variable}")


def test_a_field_that_a_request_lacks_is_no_variable() -> None:
    assert "environment_variable_is_missing" not in [rule for rule, _ in causes_of(_crash(PYDANTIC[1:]))]
