"""Asks a person at a terminal whether plans shall be carried out: y, n, why, edit, later.

What is approved is always what was rehearsed, to the letter: an answer is bound to its digest. So `edit` changes no
plan; it chooses among the ways that were rehearsed and are offered, and then asks again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_doctor.cli.question_view import export_lines, question_lines, why_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cluster_doctor.cli.console import Console
    from cluster_doctor.reports.lines import Line
    from cluster_doctor.workflow.runs import Waiting

_TRIES = 3
"""Answers that are not understood, after which the question is left open."""
_NO_CHOICE = "There is nothing to choose from. What is exported are files: change them before you apply them."
_NO_EDIT = (
    "A plan is carried out as it was rehearsed, or not at all: its text cannot be changed here. You can choose which\n"
    "of the rehearsed changes are made. For another one: decline, change it where it is written down, diagnose again."
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person said: whether yes, and to which keys; None stands for all that were marked at first."""

    approved: bool
    keys: tuple[str, ...] | None = None


class Asking:
    """One question to one person."""

    def __init__(self, console: Console, standing: Waiting) -> None:
        """Ask what a run asks."""
        self._console, self._standing = console, standing
        self._rehearsal = standing.rehearsal
        self._offered = tuple(self._rehearsal.offers)
        self._chosen: tuple[str, ...] | None = None

    def answer(self) -> Answer | None:
        """Ask until there is an answer; None where the question shall stay open: later, or nobody is there any more."""
        self._show(self._question())
        for _ in range(_TRIES):
            said = self._said(self._prompt())
            while said in {"why", "w", "edit", "e"}:
                if said.startswith("w"):
                    self._show(
                        why_lines(self._standing.report, self._keys if self._offered else (), self._console.width)
                    )
                else:
                    self._choose()
                said = self._said(self._prompt())
            if said in {None, "later", "l"}:
                return None
            if said in {"y", "yes"}:
                return Answer(approved=True, keys=self._chosen)
            if said in {"", "n", "no"}:
                return Answer(approved=False)
            named = self._named(said or "")
            if named:
                return Answer(approved=True, keys=named)
            self._console.say(f"“{said}” is no answer.")
        self._console.say("That was not understood; nothing is done, and the question stays open.")
        return None

    @property
    def _keys(self) -> tuple[str, ...]:
        """What `y` stands for."""
        return tuple(sorted(self._rehearsal.covered(self._chosen)))

    def _question(self) -> Iterator[Line]:
        report, width = self._standing.report, self._console.width
        return (
            question_lines(report, self._rehearsal, self._keys, width) if self._offered else export_lines(report, width)
        )

    def _prompt(self) -> str:
        digest = self._standing.digest[:12]
        if not self._offered:
            return f"Export them (digest {digest})? [y/N/why/later]"
        proposed = {proposal.key for proposal in self._rehearsal.offered_proposals}
        proposals = ", ".join(key for key in self._keys if key in proposed)
        steps = ", ".join(key for key in self._keys if key not in proposed)
        parts = [
            f"put {proposals} on a branch of its own" if proposals else "",
            f"carry out {steps} in the cluster now" if steps else "",
        ]
        asked = " and ".join(part for part in parts if part) or "nothing is marked"
        return f"{asked[:1].upper()}{asked[1:]} (digest {digest})? [y/N/numbers/why/edit/later]"

    def _choose(self) -> None:
        """Let the person mark what `y` shall stand for, and show that."""
        if not self._offered:
            self._console.say(_NO_CHOICE)
            return
        self._console.say(_NO_EDIT)
        said = self._said(f"Which of {', '.join(self._offered)}? [numbers, or nothing to leave it as it is]")
        named = self._named(said or "")
        if named:
            self._chosen = named
            self._show(self._question())
        elif said:
            self._console.say(f"“{said}” names nothing that is offered; it stays as it is.")

    def _named(self, said: str) -> tuple[str, ...]:
        """The keys that an answer names; none if it names anything else."""
        words = tuple(dict.fromkeys(said.replace(",", " ").split()))
        return words if all(word in self._offered for word in words) else ()

    def _said(self, question: str) -> str | None:
        said = self._console.ask(question)
        return said.strip().lower() if said is not None else None

    def _show(self, lines: Iterator[Line]) -> None:
        self._console.view(lines)
