"""The command line, and the one place where every error ends."""

from __future__ import annotations

import inspect
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from cluster_doctor.cli import (
    approving,
    ask,
    audit,
    changes,
    ci,
    diagnose,
    evaluate,
    knowledge,
    logs,
    pages,
    past,
    policy,
    record,
    rules,
    runs,
    scan,
)
from cluster_doctor.cli.console import Console
from cluster_doctor.domain.errors import ClusterDoctorError, RunError, SourceError, UnreadableInput, UsageError

WRONG_USE, BLIND, BROKEN, INTERRUPTED, CLOSED = 2, 3, 70, 130, 141

app = typer.Typer(
    name="cluster-doctor",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _help(command: Callable[..., None]) -> str:
    """A command's docstring, with its examples kept as they are written."""
    paragraphs = inspect.cleandoc(command.__doc__ or "").split("\n\n")
    return "\n\n".join(f"\b\n{part}" if "\n  " in part else part for part in paragraphs)


def _version(wanted: bool | None) -> None:  # noqa: FBT001 - Typer calls it
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415 - only for --version

        Console().report(f"cluster-doctor {version('cluster-doctor')}\n")
        raise typer.Exit


def commands(
    version: Annotated[
        bool | None, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = None,
) -> None:
    """Find the root cause of a Kubernetes incident from evidence, and propose a safe fix.

    Begin with one of:
      cluster-doctor diagnose "deployment webapp in prod is crash looping"
      cluster-doctor scan -n prod
      cluster-doctor record -o incident.cds
    """
    del version


app.callback(help=_help(commands))(commands)
for _command in (
    diagnose.diagnose,
    scan.scan,
    ask.ask,
    logs.logs,
    changes.changes,
    ci.ci,
    record.record,
    evaluate.evaluate,
    rules.explain,
    approving.approve,
):
    app.command(help=_help(_command))(_command)
rules.app.callback(help=_help(rules.catalogue))(rules.catalogue)
rules.app.command(help=_help(rules.check))(rules.check)
for _look_back in (approving.answer, pages.pages, past.search, past.confirm, audit.audit, audit.verify):
    runs.app.command(help=_help(_look_back))(_look_back)
for _name, _of_policy in (
    ("show", policy.show),
    ("explain", policy.explain),
    ("test", policy.try_cases_of),
    ("rbac", policy.rbac),
):
    policy.app.command(_name, help=_help(_of_policy))(_of_policy)
app.add_typer(runs.app, name="runs")
knowledge.app.command(help=_help(knowledge.search))(knowledge.search)
app.add_typer(knowledge.app, name="knowledge")
app.add_typer(rules.app, name="rules")
app.add_typer(policy.app, name="policy")


def run(arguments: Sequence[str]) -> int:
    """Run one command line; return its exit code. No traceback reaches a person."""
    console = Console()
    try:
        return int(app(args=list(arguments), standalone_mode=False) or 0)
    except typer.TyperException as error:
        return _wrong_words(error)
    except (KeyboardInterrupt, typer.Abort):
        console.say("Interrupted. Nothing was changed.")
        return INTERRUPTED
    except ClusterDoctorError as error:
        console.error(error)
        return _exit_code(error)
    except BrokenPipeError:
        # Whoever read the report has closed the pipe; Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLOSED
    except Exception as error:  # noqa: BLE001 - the outermost command: a person gets a sentence, the file gets the rest
        console.say(f"Error: something unexpected happened: {type(error).__name__}: {error}")
        console.say(f"  {_written_down(error)}")
        return BROKEN


def _exit_code(error: ClusterDoctorError) -> int:
    match error:
        case UsageError() | UnreadableInput() | RunError():
            return WRONG_USE
        case SourceError():
            return BLIND
        case _:
            return WRONG_USE


def _wrong_words(error: typer.TyperException) -> int:
    show = getattr(error, "show", None)
    if callable(show):
        show()
    return int(getattr(error, "exit_code", WRONG_USE))


def _written_down(error: Exception) -> str:
    """Write the traceback into the history folder, and say where."""
    from cluster_doctor.history.home import open_home  # noqa: PLC0415 - nothing is unexpected, as a rule

    try:
        folder = open_home(_home_of(sys.argv)) / "logs"
        folder.mkdir(mode=0o700, exist_ok=True)
        path = folder / f"{datetime.now(UTC):%Y%m%d-%H%M%S}.log"
        path.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    except (OSError, UsageError) as problem:
        return f"Its details could not be written down: {problem}"
    return f"Its details are in {path}; please report it with them."


def _home_of(words: Sequence[str]) -> str | None:
    """What --home says; the command that would have read it is gone."""
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word == "--home" and following:
            return following
        if word.startswith("--home="):
            return word.removeprefix("--home=")
    return None


def main() -> None:
    """Run the command line of this process."""
    sys.exit(run(sys.argv[1:]))
