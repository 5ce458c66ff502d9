"""Options that several commands share."""

from __future__ import annotations

import sys
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cluster_doctor.domain.errors import UsageError
from cluster_doctor.sources.assembled import LivePlace

if TYPE_CHECKING:
    from cluster_doctor.domain.incident import Incident
    from cluster_doctor.history.history import History
    from cluster_doctor.sources.protocol import Progress
    from cluster_doctor.workflow.state import Place

Namespaces = Annotated[
    list[str] | None, typer.Option("-n", "--namespace", help="Look here only; may be given again.", metavar="NS")
]
AllNamespaces = Annotated[bool, typer.Option("-A", "--all-namespaces", help="Look everywhere (the default).")]
Kubeconfig = Annotated[
    Path | None, typer.Option("--kubeconfig", help="Which kubeconfig; kubectl's by default.", metavar="F")
]
Context = Annotated[str | None, typer.Option("--context", help="Which context of it.", metavar="C")]
From = Annotated[
    str | None,
    typer.Option(
        "--from",
        help="A recording instead of the live cluster: snapshot, cluster-info dump, must-gather, support bundle, "
        "folder or file of objects, terminal text, an archive of any of them; `-` reads standard input.",
        metavar="PATH",
    ),
]
Form = Annotated[str | None, typer.Option("--format", help="The recording's form, if not recognised.", metavar="FORM")]
Prometheus = Annotated[
    str | None,
    typer.Option(
        "--prometheus", help="URL of a Prometheus to ask too.", metavar="URL", envvar="CLUSTER_DOCTOR_PROMETHEUS"
    ),
]
Alertmanager = Annotated[
    str | None,
    typer.Option(
        "--alertmanager", help="URL of an Alertmanager to ask too.", metavar="URL", envvar="CLUSTER_DOCTOR_ALERTMANAGER"
    ),
]
Home = Annotated[
    str | None,
    typer.Option(
        "--home",
        help="Where runs are kept: a directory, or postgresql://USER@HOST/DATABASE.",
        metavar="DIR|URL",
        envvar="CLUSTER_DOCTOR_HOME",
    ),
]
Runbooks = Annotated[
    Path | None,
    typer.Option(
        "--runbooks",
        help="A folder of runbooks (Markdown) to cite where they fit; `runbooks` in the home by default.",
        metavar="DIR",
        envvar="CLUSTER_DOCTOR_RUNBOOKS",
    ),
]
OwnRules = Annotated[
    Path | None,
    typer.Option(
        "--rules",
        help="A folder of own rules, Python files that are run, beside ours; one by the name of ours is run instead.",
        metavar="DIR",
    ),
]
Without = Annotated[
    list[str] | None, typer.Option("--without", help="Leave a rule out; may be given again.", metavar="RULE")
]
PolicyFile = Annotated[
    Path | None,
    typer.Option(
        "--policy",
        help="Which writes are allowed; `policy.yaml` in the home by default.",
        metavar="FILE",
        envvar="CLUSTER_DOCTOR_POLICY",
    ),
]
WriteKubeconfig = Annotated[
    Path | None,
    typer.Option(
        "--write-kubeconfig", help="Credentials for approved changes; those that read by default.", metavar="F"
    ),
]
WriteContext = Annotated[str | None, typer.Option("--write-context", help="Context for approved changes.", metavar="C")]
Later = Annotated[
    bool,
    typer.Option(
        "--later", help="Ask nothing; leave the question of what to change to `runs resume` or `runs answer`."
    ),
]
Repositories = Annotated[
    list[str] | None,
    typer.Option(
        "--repository",
        help="Where changes may be proposed: a folder with a Git clone, which stands for its remotes, or a URL; may be "
        "given again. `#PATH` after it says where objects are written down that no Argo CD, Flux or Helm names.",
        metavar="DIR|URL[#PATH]",
    ),
]
NoColour = Annotated[bool, typer.Option("--no-color", help="No colours; NO_COLOR does the same.")]

MOST_INPUT = 512 * 1024 * 1024


class Output(StrEnum):
    """Forms of the report."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"
    SUMMARY = "summary-json"


def live_place(
    kubeconfig: Path | None, context: str | None, prometheus: str | None, alertmanager: str | None
) -> LivePlace:
    """Make of the options the words for a live cluster."""
    return LivePlace(str(kubeconfig) if kubeconfig else None, context, prometheus, alertmanager)


def place_named(
    history: History,
    incident: Incident,
    *,
    recorded: str | None,
    form: str | None,
    live: LivePlace,
    progress: Progress,
) -> Place:
    """Make of the options a place that outlives this process; standard input is read and kept at once.

    Raises:
        UsageError: options contradict each other.
        SourceError: standard input cannot be read as a recording.
    """
    from cluster_doctor.agents.collector import collect_evidence  # noqa: PLC0415 - keeps --help quick
    from cluster_doctor.sources.recognise import open_recorded  # noqa: PLC0415 - as above
    from cluster_doctor.workflow.state import Place  # noqa: PLC0415 - as above

    if recorded is None:
        if form:
            raise UsageError("--format says what --from holds, and --from is missing", "Add --from PATH.")
        return Place(**asdict(live))
    if live.kubeconfig or live.context:
        raise UsageError("--from reads a recording, --kubeconfig and --context a live cluster", "Give one of them.")
    if recorded != "-":
        open_recorded(recorded, form)
        return Place(path=str(Path(recorded).resolve()), form=form)
    content = standard_input()
    cluster = collect_evidence(incident, open_recorded(content, form), progress)
    return Place(snapshot=history.evidence.put_snapshot(cluster))


def repositories_in(named: list[str] | None) -> tuple[str, ...]:
    """Check that each repository can be opened, and name folders so that they are found from anywhere.

    Raises:
        RemediationError: one is no repository, or no forge for it is known.
    """
    from cluster_doctor.remediation.gitops.repositories import repository_named  # noqa: PLC0415 - keeps --help quick

    found = [repository_named(text) for text in named or ()]
    return tuple(f"{one.name}#{one.path}" if one.path else one.name for one in found)


def standard_input() -> bytes:
    """Read standard input to its end.

    Raises:
        UsageError: it is larger than anything that is read, or a terminal.
    """
    if sys.stdin.isatty():
        raise UsageError("--from - reads standard input, and that is a terminal", "Pipe something into it.")
    content = sys.stdin.buffer.read(MOST_INPUT + 1)
    if len(content) > MOST_INPUT:
        raise UsageError(f"standard input holds more than {MOST_INPUT} bytes", "Narrow it with `kubectl get -n`.")
    return content
