"""`cluster-doctor evaluate`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cluster_doctor.cli.console import Console
from cluster_doctor.cli.options import OwnRules, Without
from cluster_doctor.domain.errors import UsageError


class Suite(StrEnum):
    """Collections of labelled incidents."""

    CLOUD_OPSBENCH = "cloud-opsbench"
    CASES = "cases"


class EvaluationOutput(StrEnum):
    """Forms of an evaluation."""

    JSON = "json"


def evaluate(
    path: Annotated[Path, typer.Argument(help="Folder with recorded incidents.")],
    suite: Annotated[Suite, typer.Option("--suite", help="How they are labelled.")] = Suite.CLOUD_OPSBENCH,
    output: Annotated[EvaluationOutput, typer.Option("-o", "--output")] = EvaluationOutput.JSON,
    rules: OwnRules = None,
    without: Without = None,
) -> None:
    """Score the engine on labelled recorded incidents; labels are read after it has answered.

    Example:
      cluster-doctor evaluate benchmark/ --output json
      cluster-doctor evaluate postmortems/ --suite cases
      cluster-doctor evaluate postmortems/ --suite cases --rules ~/rules

    A case of the suite `cases` is a folder with `expected.yaml` and one recording, or a
    file by `runs export`, whose confirmed causes (`runs confirm`) are to be found again.
    """
    from cluster_doctor.evaluation import cases, opsbench, score  # noqa: PLC0415 - keeps --help quick
    from cluster_doctor.workflow.rule_sets import chosen_rules  # noqa: PLC0415 - as above

    del output
    console = Console()
    if not path.is_dir():
        raise UsageError(f"there is no folder {path}", "Name the folder with the recorded incidents.")
    chosen = chosen_rules(rules, without or ())
    match suite:
        case Suite.CLOUD_OPSBENCH:
            results, form = list(opsbench.evaluate(path, console.progress, chosen)), "`raw_data`"
        case Suite.CASES:
            results = list(cases.evaluate(path, console.progress, chosen))
            form = "`expected.yaml` and one recording, or a file by `runs export`"
    if not results:
        raise UsageError(f"{path} holds no recorded incident", f"Each is a folder with {form}.")
    console.report(score.summarise(results).model_dump_json(indent=2) + "\n")
