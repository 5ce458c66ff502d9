"""`cluster-doctor ask`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from cluster_doctor.cli.console import WIDTH, Console
from cluster_doctor.cli.options import (
    Alertmanager,
    Context,
    Form,
    From,
    Kubeconfig,
    Namespaces,
    NoColour,
    OwnRules,
    Prometheus,
    live_place,
)
from cluster_doctor.cli.scan import picture

BLIND = 3


class AskOutput(StrEnum):
    """Forms of an answer."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


def ask(  # noqa: PLR0913, PLR0917 - one argument for each option
    question: Annotated[str, typer.Argument(help="The question, in the words of the field.")],
    namespace: Namespaces = None,
    kubeconfig: Kubeconfig = None,
    context: Context = None,
    prometheus: Prometheus = None,
    alertmanager: Alertmanager = None,
    recorded: From = None,
    form: Form = None,
    output: Annotated[AskOutput, typer.Option("-o", "--output", help="The answer's form.")] = AskOutput.TEXT,
    rules: OwnRules = None,
    no_colour: NoColour = False,  # noqa: FBT002 - Typer makes a flag of it
) -> None:
    """Answer a question about a cluster, each statement with what shows it.

    Examples:
      cluster-doctor ask "why is checkout slow since noon?" -n prod
      cluster-doctor ask "which pods use the old image?" --from incident.cds
      cluster-doctor ask "who uses secret db?" -n prod --output json
      cluster-doctor ask "what changed in deployment web since yesterday?"
      cluster-doctor ask help                # all that can be asked

    It guesses nothing: what it does not understand it says, with what can be asked.
    Kinds are written as for kubectl. A name without a kind is a workload's, else a
    Service's, else whatever bears it; one that may mean several objects is refused.
    The old image is any other than the workload's Pod template has now. Times are
    spans before the picture, today, yesterday, noon, 14:30 or 2026-01-31T12:00Z, in
    UTC. "Nothing" is said only where everything was read that it takes.

    Exits with 0 when there is an answer, 2 when the question is not understood, 3
    when it could not be seen.
    """
    from cluster_doctor.domain.answer import AnswerStatus  # noqa: PLC0415 - keeps --help quick
    from cluster_doctor.inference.asking.answering import answer_question  # noqa: PLC0415 - as above
    from cluster_doctor.intake.questions import FORMS, understand  # noqa: PLC0415 - as above
    from cluster_doctor.reports.answers import answer_json, answer_lines, answer_markdown  # noqa: PLC0415 - as above
    from cluster_doctor.workflow.rule_sets import chosen_rules  # noqa: PLC0415 - as above

    console = Console(colour=not no_colour)
    if question.strip().lower() == "help":
        console.report("".join(f"{form}\n" for form in FORMS))
        return
    understood, chosen = understand(question), chosen_rules(rules)
    places = tuple(namespace or ())
    cluster = picture(places, recorded, form, live_place(kubeconfig, context, prometheus, alertmanager), console)
    answer = answer_question(understood, cluster, text=question, namespaces=places, rules=chosen)
    match output:
        case AskOutput.TEXT:
            console.lines(answer_lines(answer, WIDTH))
        case AskOutput.JSON:
            console.report(answer_json(answer))
        case AskOutput.MARKDOWN:
            console.report(answer_markdown(answer))
    if answer.status is AnswerStatus.UNKNOWN:
        raise typer.Exit(BLIND)
