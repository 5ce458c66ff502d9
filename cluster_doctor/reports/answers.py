"""The answer to a question, as text, Markdown and JSON."""

from __future__ import annotations

from collections.abc import Iterator

from cluster_doctor.domain.answer import Answer, AnswerStatus
from cluster_doctor.reports import wording
from cluster_doctor.reports.lines import Line, Tone, wrap
from cluster_doctor.reports.markdown import safe
from cluster_doctor.reports.plain import one_line, plain_json


def answer_json(answer: Answer) -> str:
    """Write an answer as JSON; `docs/ask.schema.json` describes it."""
    return plain_json(answer.model_dump(mode="json"))


def answer_lines(answer: Answer, width: int = 80) -> Iterator[Line]:
    """Write an answer line by line, below each statement what shows it."""
    tone = Tone.UNSURE if answer.status is AnswerStatus.UNKNOWN else Tone.HEADING
    yield from wrap(one_line(answer.headline), width, "", tone)
    facts = {fact.id: fact for fact in answer.evidence}
    for statement in answer.statements:
        yield from wrap(one_line(f"{statement.subject}: {statement.text}"), width, "  ")
        for cited in statement.cites:
            fact = facts[cited]
            told = f"[{cited}] {fact.path} = {wording.value(fact.value)}" if fact.path else f"[{cited}] not found"
            yield from wrap(one_line(told), width, "    ")
            if fact.command:
                yield Line(f"      {one_line(fact.command)}", Tone.COMMAND)
    if answer.more:
        yield Line(f"  … and {answer.more} more; narrow it with -n", Tone.UNSURE)
    if answer.status is not AnswerStatus.UNKNOWN:
        for gap in answer.not_seen:
            yield from wrap(one_line(f"Not seen: {gap}"), width, "", Tone.UNSURE)


def answer_markdown(answer: Answer) -> str:
    """Write an answer for a chat or an issue."""
    return "".join(f"{line}\n" for line in _markdown(answer))


def _markdown(answer: Answer) -> Iterator[str]:
    yield f"**{safe(answer.headline)}**"
    yield ""
    facts = {fact.id: fact for fact in answer.evidence}
    for statement in answer.statements:
        yield f"- {safe(f'{statement.subject}: {statement.text}')}"
        for cited in statement.cites:
            fact = facts[cited]
            told = f"{fact.path} = {wording.value(fact.value)}" if fact.path else "not found"
            yield f"  - {safe(f'{cited}: {told}')}"
    if answer.more:
        yield f"- and {answer.more} more"
    for gap in answer.not_seen if answer.status is not AnswerStatus.UNKNOWN else ():
        yield f"- not seen: {safe(gap)}"
