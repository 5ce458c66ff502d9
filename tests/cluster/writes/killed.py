"""A process that is killed at a chosen point of the protocol, and one that goes on after it."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cluster_doctor.domain.outcome import StepOutcome
from cluster_doctor.domain.policy import PolicyVerdict
from cluster_doctor.domain.rehearsal import RehearsedStep
from cluster_doctor.domain.remediation import RemediationStep
from cluster_doctor.history.history import History
from cluster_doctor.history.run_lock import run_lock
from cluster_doctor.remediation.cluster.announcing import Announcements
from cluster_doctor.remediation.cluster.applying import Applier
from cluster_doctor.remediation.cluster.writer import open_writer
from cluster_doctor.remediation.fields import Object
from cluster_doctor.sources.live.target import Target

Steps = list[tuple[RehearsedStep, RemediationStep]]


def allowed(step: RemediationStep, live: Object | None) -> PolicyVerdict:
    """Allow everything; a person approved it."""
    del step, live
    return PolicyVerdict(allowed=True, reasons=("this test allows it",))


@dataclass
class Countdown:
    """Kills its process at the point with a number, counted from 0; lists the points that it heard of."""

    at: int = -1
    heard: list[str] = field(default_factory=list)

    def __call__(self, point: str) -> None:
        """Hear of a point."""
        if len(self.heard) == self.at:
            os.kill(os.getpid(), signal.SIGKILL)
        self.heard.append(point)


@dataclass(frozen=True)
class Protocol:
    """Carries steps out, or takes them back, as a run does that holds its lock."""

    kubeconfig: Path
    home: str
    run_id: str

    def go(self, steps: Steps, *, back: bool, point: Callable[[str], None] = lambda _: None) -> list[StepOutcome]:
        """Go through all steps."""
        with self._held(point) as applier:
            return self._gone(applier, steps, back=back)

    def there_and_back(self, steps: Steps, point: Callable[[str], None]) -> list[StepOutcome]:
        """Go through all steps, and back."""
        with self._held(point) as applier:
            return [*self._gone(applier, steps, back=False), *self._gone(applier, steps, back=True)]

    @contextmanager
    def _held(self, point: Callable[[str], None]) -> Iterator[Applier]:
        with (
            History(self.home) as history,
            run_lock(history.locks, self.run_id) as hold,
            open_writer(Target(kubeconfig=str(self.kubeconfig))) as writer,
        ):
            record = Announcements(history.writes, self.run_id, "sre", writer.identity())
            yield Applier(writer, record, allowed, point, hold)

    @staticmethod
    def _gone(applier: Applier, steps: Steps, *, back: bool) -> list[StepOutcome]:
        if back:
            return [applier.undo(shown, step) for shown, step in reversed(steps)]
        return [applier.apply(shown, step) for shown, step in steps]


def in_a_process(work: Callable[[], object]) -> int:
    """Do something in a process of its own; returns its number, for `ended`."""
    number = os.fork()
    if number:
        return number
    code = 1
    try:
        work()
        code = 0
    except BaseException:  # noqa: BLE001 - the process ends here, whatever it was
        traceback.print_exc(file=sys.stderr)
    finally:
        sys.stderr.flush()
        os._exit(code)


def ended(number: int) -> int:
    """Wait for a process; returns its exit code, that of a signal negative."""
    _, status = os.waitpid(number, 0)
    return os.waitstatus_to_exitcode(status)
