"""Asks a cluster, or a recording of one, a question in the words of the field."""

from __future__ import annotations

import os
from collections.abc import Sequence

from cluster_doctor.domain.answer import Answer
from cluster_doctor.domain.question import Question
from cluster_doctor.inference.asking.answering import answer_question
from cluster_doctor.intake.questions import understand
from cluster_doctor.rules.rule_set import OURS
from cluster_doctor.snapshot.snapshot import ClusterSnapshot
from cluster_doctor.sources.live.source import KubernetesSource
from cluster_doctor.sources.protocol import Progress, Scope, Source, silent
from cluster_doctor.sources.recognise import open_recorded
from cluster_doctor.workflow.rule_sets import chosen_rules


def ask(
    question: str | Question,
    *,
    source: Source | ClusterSnapshot | str | os.PathLike[str] | None = None,
    namespaces: Sequence[str] = (),
    rules: str | os.PathLike[str] | None = None,
    progress: Progress = silent,
) -> Answer:
    """Answer a question about a cluster, each statement with its evidence.

    Args:
        question: in words (`FORMS` in `intake.questions` shows which), or understood already.
        source: a source, a snapshot, or the path of a recording; without it, the live cluster as kubectl sees it.
        namespaces: where to look; everywhere if empty.
        rules: a folder of own rules, for questions why something is wrong.
        progress: hears about long work.

    Raises:
        UsageError: it is not understood (the error says what can be asked), or a name may mean several objects.
        SourceError: nothing could be read.
    """
    understood = understand(question) if isinstance(question, str) else question
    chosen = chosen_rules(rules) if rules else OURS
    places = tuple(namespaces)
    cluster = _picture(source, places, progress)
    text = question if isinstance(question, str) else ""
    return answer_question(understood, cluster, text=text, namespaces=places, rules=chosen)


def _picture(
    source: Source | ClusterSnapshot | str | os.PathLike[str] | None, places: tuple[str, ...], progress: Progress
) -> ClusterSnapshot:
    match source:
        case ClusterSnapshot():
            return source
        case None:
            opened: Source = KubernetesSource()
        case str() | os.PathLike():
            opened = open_recorded(source)
        case _:
            opened = source
    return opened.collect(Scope(namespaces=places), progress)
