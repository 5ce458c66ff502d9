"""`--with KEY=VALUE`: with what else a run is replayed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cluster_doctor.cli.model_options import model_named
from cluster_doctor.domain.errors import UsageError

if TYPE_CHECKING:
    from cluster_doctor.workflow.variations import OtherModel, OtherRules

OURS = "ours"
NOBODY = "none"
_FORM = (
    "Write --with rules=FOLDER for other rules beside ours, rules=ours for ours alone, rules=-NAME to leave one out; "
    "several with commas between; model=PROVIDER:MODEL to ask another model, model=none to ask none; prompt=FOLDER to "
    "ask by other prompts."
)

With = Annotated[
    list[str] | None,
    typer.Option(
        "--with",
        help="Replay with something else: `rules=FOLDER`, `rules=ours`, `rules=-NAME`, `model=PROVIDER:MODEL`, "
        "`model=none`, `prompt=FOLDER`. May be given again. A model is asked anew then; --model-url, --model-budget "
        "and --model-price say how.",
        metavar="KEY=VALUE",
    ),
]


@dataclass(frozen=True)
class Variation:
    """What shall be otherwise; None where nothing shall."""

    rules: OtherRules | None = None
    model: OtherModel | None = None


def variation_of(
    given: list[str], url: str | None = None, budget: str | None = None, price: str | None = None
) -> Variation:
    """Read what was given.

    Args:
        given: each KEY=VALUE.
        url: the server of another model.
        budget: what it may cost.
        price: what it takes.

    Raises:
        UsageError: it is no KEY=VALUE, or nothing is known by that key.
    """
    rules: list[str] = []
    asked: dict[str, str] = {}
    for word in given:
        key, equals, value = word.partition("=")
        if key in {"model", "prompt"} and value:
            asked[key] = value
            continue
        if key != "rules":
            raise UsageError(f"--with {word!r}: nothing can be varied by the name of {key!r}", _FORM)
        parts = [part.strip() for part in value.split(",")]
        if not equals or not all(part.removeprefix("-") for part in parts):
            raise UsageError(f"--with {word!r} does not say what with", _FORM)
        rules += parts
    return Variation(_rules(rules) if rules else None, _model(asked, url, budget, price) if asked else None)


def _model(asked: dict[str, str], url: str | None, budget: str | None, price: str | None) -> OtherModel:
    from cluster_doctor.workflow.variations import OtherModel  # noqa: PLC0415 - keeps --help quick

    name = asked.get("model")
    if name == NOBODY:
        return OtherModel(nobody=True)
    folder = Path(asked["prompt"]).expanduser() if "prompt" in asked else None
    if folder and not folder.is_dir():
        raise UsageError(f"--with prompt={folder}: that is no folder", "Name one with prompts, NAME.md each.")
    choice = model_named(name, url, budget, price) if name else None
    return OtherModel(choice, prompts=str(folder.resolve()) if folder else "")


def _rules(parts: list[str]) -> OtherRules:
    from cluster_doctor.workflow.variations import OtherRules  # noqa: PLC0415 - keeps --help quick

    folders = [part for part in parts if not part.startswith("-")]
    if len(folders) > 1:
        raise UsageError(f"--with rules names {' and '.join(folders)}", "Name one folder.")
    folder = None if not folders else "" if folders[0] == OURS else str(Path(folders[0]).expanduser())
    return OtherRules(folder, tuple(part.removeprefix("-") for part in parts if part.startswith("-")))
