"""Why a step failed: the class, the thing and the first line that decides, by what tools of a family have in common."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from cluster_doctor.domain.ci import CiFailure, CiFailureClass, CiJob, CiRun, CiStep
from cluster_doctor.inference.ci.diagnose_run import diagnose_run
from cluster_doctor.sources.github_actions.log_text import jobs_of, lines_of

C = CiFailureClass
HEAD = "##[group]Run make all\n\x1b[36;1mmake all\x1b[0m\nshell: /usr/bin/bash -e {0}\n##[endgroup]\n"
"""What precedes the output of a step: four lines."""
END = "\n##[error]Process completed with exit code 1.\n"


def _log(body: str, end: str = END) -> str:
    lines = f"{HEAD}{body}{end}".split("\n")
    return "\n".join(f"2026-01-01T10:00:{at % 60:02}.1234567Z {line}" for at, line in enumerate(lines))


def _found(text: str) -> CiFailure:
    (failure,) = diagnose_run(CiRun(source="log", jobs=jobs_of(text, "log")))
    return failure


FOLDER = Path(__file__).parent


def _cases(name: str) -> list[Any]:
    known = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    return [pytest.param(C(case["failure"]), case["thing"], case["log"], id=case["thing"]) for case in known]


@pytest.mark.parametrize(("failure", "thing", "body"), _cases("printed.yaml"))
def test_each_family_is_known_by_its_form(failure: CiFailureClass, thing: str, body: str) -> None:
    found = _found(_log(body))
    assert (found.failure, found.thing) == (failure, thing)
    assert found.first.line > 4, "not what the log repeats of the script"
    assert "Process completed" not in found.first.text
    assert found.next_step
    assert found.step == "Run make all"


@pytest.mark.parametrize(("failure", "thing", "said"), _cases("stated.yaml"))
def test_what_github_says_of_a_step_goes_before_what_its_tools_say(
    failure: CiFailureClass, thing: str, said: str
) -> None:
    found = _found(_log("src/a.py:3:1: F401 unused", f"\n##[error]{said}"))
    assert (found.failure, found.thing) == (failure, thing)


def test_the_same_words_printed_by_a_program_are_not_githubs() -> None:
    found = _found(_log("log: The operation was canceled.\nFAILED tests/a.py::test_b - boom"))
    assert found.failure is C.TEST


def test_what_a_failing_test_provokes_is_not_the_cause() -> None:
    found = _found(
        _log("unauthorized: authentication required\nNo space left on device\nFAILED tests/a.py::test_b - boom")
    )
    assert (found.failure, found.thing) == (C.TEST, "tests/a.py::test_b")


def test_a_warning_and_a_repeated_script_decide_nothing() -> None:
    body = "##[warning]Input required and not supplied: TOKEN\n./cart.go:4:2: undefined: total"
    text = _log(body).replace("\x1b[36;1mmake all", "\x1b[36;1mecho 'FAILED tests/a.py::test_b'")
    assert _found(text).failure is C.COMPILE


def test_the_first_of_several_is_cited_with_its_number_and_the_others_are_counted() -> None:
    found = _found(
        _log("src/a.py:1:1: F401 unused\nsrc/b.py:1:1: F401 unused\nsrc/b.py:2:1: E711 none\nFound 3 errors.")
    )
    assert (found.first.line, found.first.text) == (5, "src/a.py:1:1: F401 unused")
    assert [cited.line for cited in found.more] == [6, 7]
    assert found.count == 3


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ("tests/a.py:12: AssertionError\nFAILED tests/a.py::test_b - boom", "tests/a.py:12"),
        ("error[E0308]: mismatched types\n   --> src/cart.rs:4:2", "src/cart.rs:4:2"),
        ("/w/src/cart.js\n  3:10  error  'x' is not defined  no-undef", "/w/src/cart.js:3:10"),
        ("    --- FAIL: TestCart (0.00s)\n        cart_test.go:14: got 1", "cart_test.go:14"),
        ("E501 Line too long (130 > 120)\n  --> src/cart.py:9:121", "src/cart.py:9:121"),
        ("FAILED tests/a.py::test_b - boom", ""),
    ],
)
def test_the_place_in_the_source_is_named_where_lines_around_tell_it(body: str, place: str) -> None:
    assert _found(_log(body)).place == place


def test_what_no_family_knows_is_unknown_with_the_first_loud_line() -> None:
    found = _found(_log("all is well\nfatal: the flux capacitor is empty\nbye"))
    assert (found.failure, found.first.line) == (C.UNKNOWN, 6)
    silent = _found(_log("nothing said"))
    assert (silent.failure, silent.first.text) == (C.UNKNOWN, "Process completed with exit code 1.")


def test_github_conclusions_say_which_steps_failed() -> None:
    good = CiStep("Lint", tuple(lines_of(_log("src/a.py:1:1: F401 unused"))), "success")
    bad = CiStep("Test", tuple(lines_of(_log("FAILED tests/a.py::test_b - boom"))), "failure")
    (found,) = diagnose_run(CiRun(source="log", jobs=(CiJob("build", (good, bad), "failure"),)))
    assert found.step == "Test"


def test_an_annotation_counts_where_no_log_says_the_same() -> None:
    said = tuple(lines_of("##[error]The hosted runner lost communication with the server."))
    notes = CiStep("Annotations", said, "failure", "annotations")
    (found,) = diagnose_run(CiRun(source="log", jobs=(CiJob("build", (notes,), "failure"),)))
    assert found.failure is C.RUNNER
    again = CiStep(
        "Annotations", tuple(lines_of("##[error]Process completed with exit code 1.")), "failure", "annotations"
    )
    bad = CiStep("Test", tuple(lines_of(_log("FAILED tests/a.py::test_b - boom"))), "failure")
    found_both = diagnose_run(CiRun(source="log", jobs=(CiJob("build", (bad, again), "failure"),)))
    assert [failure.step for failure in found_both] == ["Test"]


def test_a_log_in_which_nothing_failed_has_no_failure() -> None:
    assert diagnose_run(CiRun(source="log", jobs=jobs_of(_log("all is well", "\n"), "log"))) == ()


def test_credentials_in_a_cited_line_are_masked() -> None:
    found = _found(_log("fatal: Authentication failed for 'https://ann:hunter2secret@github.com/shop/web.git/'"))
    assert found.failure is C.CREDENTIALS
    assert "hunter2secret" not in found.model_dump_json()


@pytest.mark.parametrize(
    "hostile",
    [
        "a/" * 2_000 + ": denied",
        "error: " * 1_000,
        "Because " + "x " * 2_000,
        "(" * 4_000 + "failed",
        "\x00\u202e" * 900,
    ],
)
def test_hostile_lines_cost_little(hostile: str) -> None:
    began = time.process_time()
    diagnose_run(CiRun(source="log", jobs=jobs_of(_log("\n".join([hostile] * 200)), "log")))
    assert time.process_time() - began < 5
