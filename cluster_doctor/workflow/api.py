"""What a program calls: diagnose an incident, take a snapshot, build the graph."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypedDict

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.runtime import RunControl

from cluster_doctor.domain.identity import ClusterIdentity
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.model_use import ModelChoice
from cluster_doctor.domain.progress import ProgressKind, ProgressNote
from cluster_doctor.domain.report import Report
from cluster_doctor.history.history import History, Home, history_at
from cluster_doctor.outlets.open_telemetry import tracer_for
from cluster_doctor.snapshot.file import write_snapshot
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.sources.live.source import KubernetesSource
from cluster_doctor.sources.protocol import Progress, Scope, Source, silent
from cluster_doctor.sources.recognise import open_recorded
from cluster_doctor.sources.runbooks import runbooks_named
from cluster_doctor.workflow.bench import Bench, LoggedTurns
from cluster_doctor.workflow.builder import CaseGraph
from cluster_doctor.workflow.builder import build_graph as build
from cluster_doctor.workflow.listening import Heard, Teller
from cluster_doctor.workflow.memory import KeptMemory
from cluster_doctor.workflow.places import Places
from cluster_doctor.workflow.report import report_of
from cluster_doctor.workflow.rule_sets import chosen_rules
from cluster_doctor.workflow.runs import Runs, Standing
from cluster_doctor.workflow.state import Case, Place

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

Model: TypeAlias = "BaseChatModel | ModelChoice | str | None"
Where: TypeAlias = "Source | ClusterSnapshot | str | os.PathLike[str] | None"


class DiagnoseOptions(TypedDict, total=False):
    """What `diagnose` takes beside the incident's words; it says what each means."""

    source: Where
    namespaces: Sequence[str]
    cluster: ClusterIdentity | None
    home: Home
    runbooks: str | os.PathLike[str] | None
    model: Model
    rules: str | os.PathLike[str] | None
    without: Sequence[str]
    tracing: bool | None


def diagnose(  # noqa: PLR0913 - one argument for each choice, all but the first by name
    text: str = "",
    *,
    source: Where = None,
    namespaces: Sequence[str] = (),
    cluster: ClusterIdentity | None = None,
    home: Home = None,
    runbooks: str | os.PathLike[str] | None = None,
    model: Model = None,
    rules: str | os.PathLike[str] | None = None,
    without: Sequence[str] = (),
    tracing: bool | None = None,
    progress: Progress = silent,
) -> Report:
    """Investigate one incident through the graph, and keep the run on record.

    Nobody is asked for approval: plans in the report are declined. `cluster-doctor runs` knows the run.

    Args:
        text: the incident in words; without it, everything that is wrong is of interest.
        source: a source, a snapshot, or the path of a recording; without it, the live cluster as kubectl sees it.
        namespaces: what bounds the scope.
        cluster: what is known of the cluster's identity, to be held against what is read.
        home: where runs are kept; the platform's place for state by default. A program that diagnoses often opens a
            `History` once and gives that.
        runbooks: a folder of runbooks, Markdown files; `runbooks` in the home by default, if it is there.
        model: a chat model that may be asked about what the rules leave open: by name (`openai:gpt-5.5`), with a budget
            and more as a `ModelChoice`, or one of LangChain's. None is asked by default.
        rules: a folder of own rules, Python files that are run; one by the name of ours is run instead.
        without: names of rules to leave out.
        tracing: whether to open spans of OpenTelemetry; as `CLUSTER_DOCTOR_TRACING` says by default.
        progress: hears about long work, line by line.

    Raises:
        UsageError: there is no such folder of runbooks, the rules or the model cannot be used, or OpenTelemetry is
            wanted and not installed.
        SourceError: nothing could be read.
        RunError: the history cannot be used.
    """
    options = DiagnoseOptions(
        source=source,
        namespaces=namespaces,
        cluster=cluster,
        home=home,
        runbooks=runbooks,
        rules=rules,
        without=without,
        model=model,
        tracing=tracing,
    )

    def runs(history: History, handed_over: Source | None) -> Runs:
        return Runs(
            history,
            source=handed_over,
            progress=progress,
            chat_model=handed_model(model),
            unattended=True,
            tracing=tracing,
        )

    return _diagnose(text, options, runs)


def diagnose_and_leave_open(text: str, options: DiagnoseOptions) -> Report:
    """Investigate as `diagnose` does, and leave the question whether to carry out its plans to a person.

    Raises:
        ClusterDoctorError: as `diagnose` does.
    """
    with history_at(options.get("home")) as history:
        place, handed_over = _place(history, options.get("source"))
        model, tracing = handed_model(options.get("model")), options.get("tracing")
        runs = Runs(history, source=handed_over, chat_model=model, tracing=tracing)
        return _begin(runs, text, place, options).report


def diagnose_told(text: str, options: DiagnoseOptions, heard: Heard, control: RunControl) -> None:
    """Investigate as `diagnose` does, telling what happens while it happens; the last note holds the report.

    Args:
        text: the incident in words.
        options: as `diagnose` has them.
        heard: hears every note, in the thread that works.
        control: stops the run before its next node.

    Raises:
        RunStopped: it was stopped.
        ClusterDoctorError: as `diagnose` does.
    """

    def runs(history: History, handed_over: Source | None) -> Runs:
        teller = Teller(heard, LoggedTurns(history.log, joined=True))
        return Runs(
            history,
            source=handed_over,
            progress=teller.step,
            journal=teller,
            control=control,
            chat_model=handed_model(options.get("model")),
            unattended=True,
            tracing=options.get("tracing"),
        )

    report = _diagnose(text, options, runs)
    heard(ProgressNote(kind=ProgressKind.DONE, at=datetime.now(UTC), run_id=report.run_id, report=report))


def _diagnose(text: str, options: DiagnoseOptions, open_runs: Callable[[History, Source | None], Runs]) -> Report:
    with history_at(options.get("home")) as history:
        place, handed_over = _place(history, options.get("source"))
        runs = open_runs(history, handed_over)
        return _begin(runs, text, place, options).report


def _begin(runs: Runs, text: str, place: Place, options: DiagnoseOptions) -> Standing:
    return runs.begin(
        _incident(text, options),
        place,
        runbooks=runbooks_named(options.get("runbooks")),
        rules=chosen_rules(options.get("rules"), options.get("without", ())),
        model=model_chosen(options.get("model")),
    )


def handed_model(model: Model) -> BaseChatModel | None:
    """The model that a program brought itself."""
    return None if model is None or isinstance(model, (str, ModelChoice)) else model


def model_chosen(model: Model) -> ModelChoice | None:
    """Choose a model in words that outlive the process.

    Raises:
        UsageError: it cannot be opened.
    """
    if model is None:
        return None
    from cluster_doctor.agents.models import checked, is_native  # noqa: PLC0415 - only who asks a model pays for it

    if isinstance(model, (str, ModelChoice)):
        return checked(ModelChoice(name=model) if isinstance(model, str) else model)
    return ModelChoice(name=f"handed over:{model.get_name()}", native=is_native(model))


def _incident(text: str, options: DiagnoseOptions) -> Incident:
    return Incident(text=text, namespaces=tuple(options.get("namespaces", ())), cluster=options.get("cluster"))


def record(
    path: str | os.PathLike[str],
    *,
    source: Source | None = None,
    namespaces: Sequence[str] = (),
    progress: Progress = silent,
) -> ClusterSnapshot:
    """Take a snapshot, redacted, and write it to a file.

    Raises:
        SourceError: nothing could be read.
    """
    cluster = (source or KubernetesSource()).collect(Scope(namespaces=tuple(namespaces)), progress)
    write_snapshot(cluster, path)
    return cluster


def build_graph(
    *,
    source: Source | None = None,
    home: str | os.PathLike[str] | None = None,
    checkpointer: BaseCheckpointSaver[str] | None = None,
    tracing: bool | None = None,
    progress: Progress = silent,
) -> CaseGraph:
    """Compile the graph for a program or server of your own.

    Its input is `{"incident": {"text": …, "namespaces": […]}, "place": {"path": …}}`; a place without fields is the
    live cluster. It stops at an interrupt that an `Approval` answers, so it needs a checkpointer there; a LangGraph
    server brings its own. A program's own must load nothing but plain values: see `history.checkpoints`.

    Within a graph of your own it is a node, compiled without a checkpointer: let your state inherit from `CaseState`,
    fill `incident` and `place` before, and read the result after it by `report_from`. Its interrupt is yours to answer.

    Args:
        source: what a case with `{"place": {"handed_over": NAME}}` reads.
        home: where evidence is kept.
        checkpointer: where runs are kept.
        tracing: as for `diagnose`.
        progress: hears about long work.
    """
    history = History(home)
    graph = build(
        Bench(
            evidence=history.evidence,
            exports=history.exports,
            open_source=Places(history.evidence, source),
            progress=progress,
            journal=LoggedTurns(history.log),
            memory=partial(KeptMemory, history, progress),
            tracer=tracer_for(tracing=tracing),
        ),
        checkpointer,
    )
    weakref.finalize(graph, history.close)
    return graph


def report_from(state: Mapping[str, object], *, home: Home = None) -> Report:
    """Read the report of a case from the state of a graph that `build_graph` made, or that has it as a node.

    Args:
        state: what the graph returned; keys that are not the case's are left out.
        home: where evidence is kept, as for `build_graph`.

    Raises:
        RunError: the case has not come to a diagnosis, its evidence is lost, or the state is not what nodes write.
    """
    with history_at(home) as history:
        return report_of(Case.read({key: state[key] for key in Case.model_fields if key in state}), history.evidence)


def _place(history: History, source: Where) -> tuple[Place, Source | None]:
    match source:
        case None:
            return Place(), None
        case ClusterSnapshot():
            return Place(snapshot=history.evidence.put_snapshot(source)), None
        case str() | os.PathLike():
            open_recorded(source)
            return Place(path=str(Path(source).resolve())), None
        case _:
            return Place(handed_over=source.description), source
