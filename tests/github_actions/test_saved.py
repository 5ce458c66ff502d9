"""What somebody saved of a run is read in every form in which it is handed out, and within bounds."""

from __future__ import annotations

import io
import zipfile

import pytest

from cluster_doctor.domain.ci import CiFailureClass
from cluster_doctor.domain.errors import UnreadableInput
from cluster_doctor.inference.ci.diagnose_run import diagnose_run
from cluster_doctor.sources.github_actions.saved import saved_run
from github_actions.server import LOG

FAILED = "FAILED tests/test_cart.py::test_total - assert 1 == 2"


def _zip(files: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return packed.getvalue()


COLUMNS = "".join(
    f"build\t{step}\t{line}\n"
    for step, line in zip(
        ["Set up job", "Build", "Build", "Build", "Test", "Test", "Test", "Test"],
        LOG.removeprefix("\ufeff").splitlines(),
        strict=True,
    )
)


@pytest.mark.parametrize(
    ("content", "job", "step", "log", "line"),
    [
        (LOG.encode(), "run.log", "Run pytest", "run.log", 7),
        (LOG.replace("\n", "\r\n").encode(), "run.log", "Run pytest", "run.log", 7),
        (COLUMNS.encode(), "build", "Test", "run.log", 7),
        (COLUMNS.replace("\tTest\t", "\tUNKNOWN STEP\t").encode(), "build", "UNKNOWN STEP", "run.log", 7),
        (_zip({"0_build.txt": LOG, "build/system.txt": "Job defined at: x"}), "build", "Run pytest", "build", 7),
        (
            _zip(
                {"0_build.txt": LOG, "build/1_Set up job.txt": "ok", "build/4_Test.txt": f"{FAILED}\n##[error]Process"}
            ),
            "build",
            "Test",
            "build/4_Test.txt",
            1,
        ),
    ],
    ids=["raw", "raw with CRLF", "gh run view", "gh run view without steps", "zip of jobs", "zip of steps"],
)
def test_each_form_gives_the_same_failure(content: bytes, job: str, step: str, log: str, line: int) -> None:
    (failure,) = diagnose_run(saved_run(content, "run.log"))
    assert (failure.job, failure.step, failure.failure) == (job, step, CiFailureClass.TEST)
    assert (failure.first.log, failure.first.line, failure.first.text) == (log, line, FAILED)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b" \n ",
        b"\x7fELF\x00\x00",
        _zip({"readme.md": "nothing"}),
        _zip({"0_build.txt": LOG})[:-30],
        _zip({"../0_build.txt": LOG}),
        _zip({"/etc/0_build.txt": LOG}),
        _zip({"0_build.txt": "0" * 40_000_000}),
    ],
    ids=["empty", "blank", "binary", "no log", "cut off", "leads out", "absolute", "bomb"],
)
def test_what_is_no_log_or_hostile_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableInput):
        saved_run(content, "run.log")


def test_odd_text_breaks_nothing() -> None:
    odd = b"\xff\xfe\n##[error]\n##[group]\n::error file=a::\x1b]0;x\x07boom\n2026-99-99T00:00:00Z x\na\tb\t2026\n"
    failures = diagnose_run(saved_run(odd, "run.log"))
    assert all(failure.first.line >= 1 for failure in failures)
