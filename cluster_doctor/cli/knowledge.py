"""`cluster-doctor knowledge search`: what people wrote down, and what happened before."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cluster_doctor.cli.console import WIDTH, Console
from cluster_doctor.cli.options import Home, NoColour
from cluster_doctor.domain.errors import UsageError

app = typer.Typer(no_args_is_help=True, help="Search runbooks and past incidents.")


class KnowledgeOutput(StrEnum):
    """Forms of what a search found."""

    TEXT = "text"
    JSON = "json"


def search(  # noqa: PLR0913, PLR0917 - one argument for each option
    text: Annotated[str, typer.Argument(help="Words, in any order.", show_default=False)] = "",
    rule: Annotated[str, typer.Option("--rule", help="A check's name.", metavar="RULE")] = "",
    symptom: Annotated[
        str, typer.Option("--symptom", help="A symptom or reason, such as CrashLoopBackOff.", metavar="WORDS")
    ] = "",
    runbooks: Annotated[
        list[str] | None,
        typer.Option(
            "--runbooks",
            help="Where runbooks lie: a folder, or the address of a Git repository, `#PATH` after it for a folder in "
            "it. May be given again. `runbooks` in the home by default.",
            metavar="DIR|URL[#PATH]",
        ),
    ] = None,
    sources: Annotated[
        Path | None,
        typer.Option("--sources", help="A YAML file of sources; knowledge.yaml in the home, if there.", metavar="FILE"),
    ] = None,
    limit: Annotated[int, typer.Option(help="How many passages.", min=1, max=100)] = 10,
    output: Annotated[KnowledgeOutput, typer.Option("-o", "--output", help="The list's form.")] = KnowledgeOutput.TEXT,
    home: Home = None,
    no_colour: NoColour = False,  # noqa: FBT002 - Typer makes a flag of it
) -> None:
    """Find passages of runbooks and past incidents, those that fit best first.

    Examples:
      cluster-doctor knowledge search "checkout out of memory"
      cluster-doctor knowledge search --rule memory_limit_is_exceeded
      cluster-doctor knowledge search failover --runbooks https://git.example.com/ops/runbooks.git#db
      cluster-doctor knowledge search --symptom CrashLoopBackOff --output json

    A file of sources; pages from elsewhere need the extra `knowledge`:
      sources:
      - folder: ~/runbooks
      - git: https://git.example.com/ops/runbooks.git
      - loader: ConfluenceLoader
        arguments: {url: https://wiki.example.com, space_key: OPS, api_key: {env: WIKI_TOKEN}}
      embeddings: {model: "openai:text-embedding-3-small"}      # optional: by meaning too

    The index is a file in the home, made again when a source changes. What lies
    elsewhere is copied there; when nobody answers the copy is read, and its age told.
    What it finds is what people wrote: it is shown, and never followed.
    `runs search` looks for past incidents alone, by object and fingerprint too.
    """
    from cluster_doctor.domain.knowledge import KnowledgeQuery, KnowledgeShelf  # noqa: PLC0415 - keeps --help quick
    from cluster_doctor.history.history import History  # noqa: PLC0415 - as above
    from cluster_doctor.reports.knowledge import knowledge_json, knowledge_lines  # noqa: PLC0415 - as above
    from cluster_doctor.sources.knowledge.embedding_model import open_embeddings  # noqa: PLC0415 - as above
    from cluster_doctor.sources.knowledge.shelf_file import FILE, read_shelf, sources_named  # noqa: PLC0415 - as above
    from cluster_doctor.tools.knowledge import search_knowledge  # noqa: PLC0415 - as above

    if not (text.strip() or rule.strip() or symptom.strip()):
        raise UsageError("nothing is looked for", "Give words, --rule or --symptom.")
    console = Console(colour=not no_colour)
    with History(home) as history:
        file = sources or history.home / FILE
        shelf = read_shelf(file) if sources or file.is_file() else KnowledgeShelf()
        model = shelf.embeddings.model if shelf.embeddings else ""
        found = search_knowledge(
            KnowledgeQuery(text=text, rule=rule.replace("-", "_"), symptom=symptom),
            history,
            (*shelf.sources, *sources_named(runbooks or ())),
            limit=limit,
            embeddings=(model, open_embeddings(model)) if model else None,
        )
    for note in found.notes:
        console.progress(note)
    if output is KnowledgeOutput.JSON:
        console.report(knowledge_json(found))
    else:
        console.lines(knowledge_lines(found, WIDTH))
    if not found.passages:
        console.say("Nothing that was read says anything of that.")
