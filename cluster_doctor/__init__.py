"""Finds the root cause of a Kubernetes incident from evidence, and proposes a safe, reversible fix.

The names below are what a program needs. They load when they are first used, so that importing the package costs
nothing: neither the Kubernetes client nor LangGraph is loaded by it.

Example:
    >>> from cluster_doctor import diagnose
    >>> report = diagnose("deployment webapp in prod is crash looping", source="incident.cds")  # doctest: +SKIP
    >>> report.root_causes[0].statement  # doctest: +SKIP
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cluster_doctor.domain.errors import ClusterDoctorError
    from cluster_doctor.domain.identity import ClusterIdentity
    from cluster_doctor.domain.incident import Incident
    from cluster_doctor.domain.knowledge import KnowledgeQuery
    from cluster_doctor.domain.progress import ProgressKind, ProgressNote
    from cluster_doctor.domain.report import Report
    from cluster_doctor.history.history import History
    from cluster_doctor.reports.as_json import load_report
    from cluster_doctor.snapshot.file import read_snapshot, write_snapshot
    from cluster_doctor.snapshot.snapshot import ClusterSnapshot
    from cluster_doctor.sources.live.source import KubernetesSource
    from cluster_doctor.sources.live.target import Target
    from cluster_doctor.sources.recognise import open_recorded
    from cluster_doctor.tools.knowledge import search_knowledge
    from cluster_doctor.workflow.agent_tools import agent_tools
    from cluster_doctor.workflow.answering import answer_from_message
    from cluster_doctor.workflow.api import build_graph, diagnose, record, report_from
    from cluster_doctor.workflow.asking import ask
    from cluster_doctor.workflow.runs import Runs
    from cluster_doctor.workflow.state import CaseState
    from cluster_doctor.workflow.streaming import adiagnose, astream_diagnosis, stream_diagnosis

__all__ = [
    "CaseState",
    "ClusterDoctorError",
    "ClusterIdentity",
    "ClusterSnapshot",
    "History",
    "Incident",
    "KnowledgeQuery",
    "KubernetesSource",
    "ProgressKind",
    "ProgressNote",
    "Report",
    "Runs",
    "Target",
    "adiagnose",
    "agent_tools",
    "answer_from_message",
    "ask",
    "astream_diagnosis",
    "build_graph",
    "diagnose",
    "load_report",
    "open_recorded",
    "read_snapshot",
    "record",
    "report_from",
    "search_knowledge",
    "stream_diagnosis",
    "write_snapshot",
]

_HOMES = {
    "CaseState": "workflow.state",
    "ClusterDoctorError": "domain.errors",
    "ClusterIdentity": "domain.identity",
    "ClusterSnapshot": "snapshot.snapshot",
    "History": "history.history",
    "Incident": "domain.incident",
    "KnowledgeQuery": "domain.knowledge",
    "KubernetesSource": "sources.live.source",
    "ProgressKind": "domain.progress",
    "ProgressNote": "domain.progress",
    "Report": "domain.report",
    "Runs": "workflow.runs",
    "Target": "sources.live.target",
    "adiagnose": "workflow.streaming",
    "agent_tools": "workflow.agent_tools",
    "answer_from_message": "workflow.answering",
    "ask": "workflow.asking",
    "astream_diagnosis": "workflow.streaming",
    "build_graph": "workflow.api",
    "diagnose": "workflow.api",
    "load_report": "reports.as_json",
    "open_recorded": "sources.recognise",
    "read_snapshot": "snapshot.file",
    "record": "workflow.api",
    "report_from": "workflow.api",
    "search_knowledge": "tools.knowledge",
    "stream_diagnosis": "workflow.streaming",
    "write_snapshot": "snapshot.file",
}


def __getattr__(name: str) -> object:
    """Load a public name when it is first used."""
    home = _HOMES.get(name)
    if home is None:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    found: object = getattr(importlib.import_module(f"{__name__}.{home}"), name)
    _show_in_notebooks()
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """List the public names, also those that are not loaded yet."""
    return sorted({*globals(), *__all__})


def _show_in_notebooks() -> None:
    """Let a report and a snapshot show themselves as HTML. The domain knows no renderings, so they are lent to it."""
    for name, fragment in (("Report", "report_fragment"), ("ClusterSnapshot", "snapshot_fragment")):
        shown = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
        shown._repr_html_ = _renderer(fragment)


def _renderer(fragment: str) -> object:
    def show(self: object) -> str:
        rendered: str = getattr(importlib.import_module(f"{__name__}.reports.html"), fragment)(self)
        return rendered

    return show
