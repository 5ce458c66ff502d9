"""Options that choose a chat model, and say what it may cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import ValidationError

from cluster_doctor.domain.errors import UsageError

if TYPE_CHECKING:
    from cluster_doctor.domain.model_use import ModelChoice

ModelName = Annotated[
    str | None,
    typer.Option(
        "--model",
        help="A chat model that looks into what the rules leave open, such as openai:gpt-5.5, azure_openai:DEPLOYMENT "
        "or anthropic:NAME; its key stays in the environment. Without it no model is asked.",
        metavar="PROVIDER:MODEL",
        envvar="CLUSTER_DOCTOR_MODEL",
    ),
]
ModelUrl = Annotated[
    str | None,
    typer.Option(
        "--model-url",
        help="An OpenAI-compatible server to ask instead of the provider's, such as http://localhost:11434/v1.",
        metavar="URL",
        envvar="CLUSTER_DOCTOR_MODEL_URL",
    ),
]
ModelBudget = Annotated[
    str | None,
    typer.Option(
        "--model-budget",
        help="What a run may spend on it, and all runs in a day: calls=60,tokens=300000,seconds=180,usd=…,day_calls=…,"
        "day_tokens=…,day_usd=…; the bounds are hard.",
        metavar="KEY=N,…",
        envvar="CLUSTER_DOCTOR_MODEL_BUDGET",
    ),
]
ModelPrice = Annotated[
    str | None,
    typer.Option(
        "--model-price",
        help="US dollars for a million tokens in and out, such as 2.5/10, to count what it costs.",
        metavar="IN/OUT",
        envvar="CLUSTER_DOCTOR_MODEL_PRICE",
    ),
]


def model_named(name: str | None, url: str | None, budget: str | None, price: str | None) -> ModelChoice | None:
    """Make a choice of the options; None where no model is named.

    Raises:
        UsageError: an option cannot be read, or the model cannot be opened.
    """
    if name is None:
        if url or budget or price:
            raise UsageError("--model-url, --model-budget and --model-price need a --model", "Name one.")
        return None
    from cluster_doctor.agents.models import checked  # noqa: PLC0415 - only who asks a model pays for loading it
    from cluster_doctor.domain.model_use import ModelChoice  # noqa: PLC0415 - as above

    given = {"name": name, "url": url or "", "budget": _figures(budget), "price": _price(price)}
    try:
        return checked(ModelChoice.model_validate(given))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the model"
        raise UsageError(f"{where}: {first['msg']}", "`cluster-doctor diagnose --help` shows the form.") from error


def _figures(text: str | None) -> dict[str, str]:
    found = {}
    for part in (text or "").replace(",", " ").split():
        key, equals, value = part.partition("=")
        if not equals:
            raise UsageError(f"--model-budget: {part!r} is no KEY=NUMBER", "Give such as calls=20,seconds=60.")
        found[key] = value
    return found


def _price(text: str | None) -> dict[str, str] | None:
    if text is None:
        return None
    input_, slash, output = text.partition("/")
    if not slash:
        raise UsageError(f"--model-price: {text!r} is no IN/OUT", "Give such as 2.5/10.")
    return {"input": input_, "output": output}
