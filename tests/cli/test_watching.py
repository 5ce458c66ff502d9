"""A run as a person watches it: on a terminal, on one that can do little, and on none."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fcntl import ioctl
from pathlib import Path

import pytest

from cluster_doctor.cli.run_view import RunView
from cluster_doctor.domain.progress import ProgressKind, ProgressNote
from cluster_doctor.history.history import History
from cluster_doctor.history.run_log import RunState

DEMO = Path(__file__).parents[2] / "notebooks" / "incidents" / "checkout.cds"
BEGIN = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-7]m")


def heard(*notes: tuple[float, ProgressKind, str, str]) -> RunView:
    """A view that heard notes: seconds since the beginning, kind, node, text."""
    view = RunView()
    for after, kind, node, text in notes:
        at = BEGIN + timedelta(seconds=after)
        view.hear(ProgressNote(kind=kind, at=at, run_id="20260101-120000-abcdef", node=node, text=text))
    return view


def shown(view: RunView, after: float, width: int = 80) -> list[str]:
    return [line.text for line in view.lines(BEGIN + timedelta(seconds=after), width)]


def test_each_node_stands_with_its_state_its_time_and_what_it_is_at() -> None:
    view = heard(
        (0, ProgressKind.NODE_BEGAN, "collect", ""),
        (1, ProgressKind.STEP, "", "reading Pods"),
        (2, ProgressKind.NODE_ENDED, "collect", "done"),
        (2, ProgressKind.NODE_BEGAN, "verify", ""),
    )
    assert shown(view, 5.5) == [
        "run 20260101-120000-abcdef",
        "  collect    done           2.0 s  reading Pods",
        "  verify     works          3.5 s",
        "  diagnose",
        "  triage",
        "  remediate",
    ]


def test_a_run_that_goes_on_later_says_what_was_done_before_and_does_not_count_the_wait() -> None:
    view = heard(
        (0, ProgressKind.NODE_BEGAN, "approve", ""),
        (1, ProgressKind.NODE_ENDED, "approve", "waits for an answer"),
        (3600, ProgressKind.NODE_BEGAN, "apply", ""),
        (3602, ProgressKind.NODE_ENDED, "apply", "done"),
    )
    assert shown(view, 9000)[1] == "  collect    done before"
    assert shown(view, 9000)[-1] == "  remediate  done           3.0 s  apply"
    waits = heard((0, ProgressKind.NODE_BEGAN, "approve", ""), (1, ProgressKind.NODE_ENDED, "approve", "waits for it"))
    assert shown(waits, 9000)[-1] == "  remediate  waits          1.0 s  approve"


def test_no_line_is_wider_than_the_terminal_and_nothing_can_steer_it() -> None:
    view = heard((0, ProgressKind.NODE_BEGAN, "collect", ""), (1, ProgressKind.STEP, "", "\x1b[2J" + "W" * 10_000))
    lines = shown(view, 2, 40)
    assert max(map(len, lines)) == 40
    assert not re.search(r"[\x00-\x1f]", "".join(lines))
    assert "\\x1b" in lines[1]


@dataclass
class Terminal:
    """A person's terminal: what is typed when the screen ends in a question, and what the screen showed."""

    home: Path
    settings: dict[str, str] = field(default_factory=dict)
    columns: int = 80
    screen: str = ""

    def types(self, *typed: str, interrupt: bool = False) -> int:
        """Diagnose, type one answer after another, and return the exit code."""
        master, slave = pty.openpty()
        ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, self.columns, 0, 0))
        command = "from cluster_doctor.cli.main import main; main()"
        words = ["diagnose", "checkout in shop is down", "--from", str(DEMO), "--home", str(self.home)]
        environment = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "COLUMNS"}}
        process = subprocess.Popen(
            [sys.executable, "-c", command, *words],
            stdin=slave, stdout=slave, stderr=slave, env={**environment, "TERM": "xterm-256color", **self.settings},
        )  # fmt: skip
        os.close(slave)
        try:
            self._talk(process, master, list(typed), interrupt=interrupt)
            return process.wait(timeout=30)
        finally:
            process.kill()
            process.wait()
            os.close(master)

    def _talk(self, process: subprocess.Popen[bytes], master: int, typed: list[str], *, interrupt: bool) -> None:
        began, answered, again = time.monotonic(), 0, 0.0
        while time.monotonic() - began < 90:
            if select.select([master], [], [], 0.2)[0]:
                try:
                    said = os.read(master, 65536)
                except OSError:  # the other end is closed
                    return
                self.screen += said.decode(errors="replace")
            elif process.poll() is not None:
                return
            elif self.screen.rstrip().endswith("]") and len(self.screen) > answered:
                answered = len(self.screen)
                if typed:
                    os.write(master, typed.pop(0).encode())
                elif interrupt:
                    process.send_signal(signal.SIGINT)
                    again = time.monotonic() + 5
            elif (
                again and time.monotonic() > again
            ):  # Python drops an interrupt that meets a finalizer; people press again
                process.send_signal(signal.SIGINT)
                again = time.monotonic() + 5


def test_a_person_sees_the_five_nodes_asks_why_and_says_no(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "home")
    assert terminal.types("why\n", "edit\n", "n\n") == 0
    screen = terminal.screen
    for node in ("collect", "verify", "diagnose", "triage"):
        assert re.search(rf"{node} +done +\d+\.\d s", screen), node
    assert re.search(r"remediate +waits", screen)
    assert "99% sure" in screen[screen.index("Why 1:") :]
    assert "There is nothing to choose from." in screen
    assert "Not approved: declined at the terminal" in screen
    assert COLOUR.search(screen)
    with History(tmp_path / "home") as history:
        assert history.log.runs()[0].state is RunState.FINISHED


def test_a_terminal_without_colour_shows_the_same_without_colour(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "home", {"NO_COLOR": "1"}, columns=50)
    assert terminal.types("n\n") == 0
    assert re.search(r"collect +done", terminal.screen)
    assert not COLOUR.search(terminal.screen)


def test_a_terminal_that_can_do_little_gets_plain_lines(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "home", {"TERM": "dumb", "NO_COLOR": "1"})
    assert terminal.types("n\n") == 0
    assert "\x1b" not in terminal.screen
    assert "· looking for root causes" in terminal.screen
    assert not re.search(r"collect +done", terminal.screen)


@pytest.mark.parametrize("way", ["interrupted", "gone"])
def test_who_leaves_at_the_question_loses_nothing(tmp_path: Path, way: str) -> None:
    terminal = Terminal(tmp_path / "home")
    code = terminal.types(*(["\x04"] if way == "gone" else []), interrupt=way == "interrupted")
    assert code == (0 if way == "gone" else 130)
    with History(tmp_path / "home") as history:
        (left,) = history.log.runs()
    assert left.state is RunState.WAITING
    assert f"cluster-doctor runs resume {left.run_id}" in terminal.screen
