"""`--with KEY=VALUE`: with what else a run is replayed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cluster_doctor.domain.errors import UsageError

if TYPE_CHECKING:
    from cluster_doctor.workflow.replay import OtherRules

OURS = "ours"
_FORM = (
    "Write --with rules=FOLDER for other rules beside ours, rules=ours for ours alone, rules=-NAME to leave one out; "
    "several with commas between."
)

With = Annotated[
    list[str] | None,
    typer.Option(
        "--with",
        help="Replay with something else: `rules=FOLDER`, `rules=ours`, `rules=-NAME`. May be given again.",
        metavar="KEY=VALUE",
    ),
]


@dataclass(frozen=True)
class Variation:
    """What shall be otherwise; None where nothing shall."""

    rules: OtherRules | None = None


def variation_of(given: list[str]) -> Variation:
    """Read what was given.

    Raises:
        UsageError: it is no KEY=VALUE, or nothing is known by that key.
    """
    rules: list[str] = []
    for word in given:
        key, equals, value = word.partition("=")
        if key != "rules":
            raise UsageError(f"--with {word!r}: nothing can be varied by the name of {key!r}", _FORM)
        parts = [part.strip() for part in value.split(",")]
        if not equals or not all(part.removeprefix("-") for part in parts):
            raise UsageError(f"--with {word!r} does not say what with", _FORM)
        rules += parts
    return Variation(_rules(rules) if rules else None)


def _rules(parts: list[str]) -> OtherRules:
    from cluster_doctor.workflow.replay import OtherRules  # noqa: PLC0415 - keeps --help quick

    folders = [part for part in parts if not part.startswith("-")]
    if len(folders) > 1:
        raise UsageError(f"--with rules names {' and '.join(folders)}", "Name one folder.")
    folder = None if not folders else "" if folders[0] == OURS else str(Path(folders[0]).expanduser())
    return OtherRules(folder, tuple(part.removeprefix("-") for part in parts if part.startswith("-")))
