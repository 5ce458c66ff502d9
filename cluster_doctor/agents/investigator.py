"""Looks into one hypothesis: what speaks for it, and above all what speaks against it.

What it says is held against the picture, sentence by sentence. What does not hold is given back once; what does not
hold then is shown as unsupported, and nothing rests on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Literal

import orjson
from pydantic import BaseModel, Field

from cluster_doctor.agents.access import ModelAccess
from cluster_doctor.agents.allowance import Allowance
from cluster_doctor.agents.hypothesizer import PART, briefing, subject_of
from cluster_doctor.agents.specialist import Conversation
from cluster_doctor.domain.diagnosis import Diagnosis
from cluster_doctor.domain.effects import EffectKind
from cluster_doctor.domain.evidence import Evidence
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.inquiry import CheckedStatement, Inquiry, Lead, Suspect
from cluster_doctor.tools.looking import Looking
from cluster_doctor.tools.reasoning import objections
from cluster_doctor.tools.table import Specialist, offered

_MOST_STATEMENTS = 12
_TASK = """Look into this one hypothesis, and try to refute it: look first for what would be seen if it were not so. \
Every sentence of your answer cites the ids of facts that you were shown; its names, numbers, times and quotations \
must stand in these facts. Name the one fact that is wrong: the field with the wrong value."""
_REPAIR = """Some sentences are not shown by what they cite. Say them so that they are, cite other facts, or leave \
them out; then answer again, whole."""


class StatementForm(BaseModel):
    """One sentence with the ids of the facts that show it."""

    text: str = Field(max_length=1_000)
    cites: list[str] = Field(description="Ids of facts that the tools showed.")


class InquiryForm(BaseModel):
    """What became of looking into a hypothesis."""

    verdict: Literal["supported", "refuted", "undecided"]
    kind: str = Field(description="Kind of the object that has to change.")
    namespace: str = Field(description="Its namespace; empty if it has none.")
    name: str
    cause: StatementForm = Field(description="What is wrong with it, with the concrete wrong value.")
    wrong: str = Field(description="Id of the one fact that is wrong; empty if there is none.")
    brings_about: EffectKind = Field(description="What that does to the object, its Pods or what uses it.")
    evidence_for: Annotated[list[StatementForm], Field(max_length=_MOST_STATEMENTS)]
    evidence_against: Annotated[list[StatementForm], Field(max_length=_MOST_STATEMENTS)]


def investigate(
    access: ModelAccess, incident: Incident, looking: Looking, diagnosis: Diagnosis, suspected: Suspect, at: int
) -> Inquiry:
    """Look into one hypothesis of a run.

    Args:
        access: the model.
        incident: what was reported.
        looking: at the picture; knows what it has shown.
        diagnosis: what the rules found.
        suspected: the hypothesis.
        at: its number, which tells its branch apart.
    """
    conversation = Conversation(
        access,
        Specialist.DIAGNOSTICIAN,
        InquiryForm,
        offered(Specialist.DIAGNOSTICIAN, looking),
        Allowance.share(access.choice.budget, 1 - PART, access.choice.branches),
        f"suspect {at}",
    )
    hypothesis = orjson.dumps(suspected.model_dump(mode="json"), option=orjson.OPT_INDENT_2).decode()
    known = briefing(incident, diagnosis, looking)
    answered = conversation.ask(f"{_TASK}\n\nThe hypothesis:\n{hypothesis}\n\n{known}")
    form = answered.answer
    if form is not None and (failed := _failed(form, looking)):
        again = conversation.ask(f"{_REPAIR}\n\n{orjson.dumps(failed, option=orjson.OPT_INDENT_2).decode()}")
        answered, form = again, again.answer or form
    lead = _lead(form, suspected, looking) if form else None
    return Inquiry(lead=lead, usage=answered.usage, notes=answered.notes)


def _failed(form: InquiryForm, looking: Looking) -> dict[str, list[str]]:
    checked = _checked([form.cause, *form.evidence_for, *form.evidence_against], looking)
    failed = {statement.text: list(statement.objections) for statement in checked if not statement.holds}
    if form.wrong and form.wrong not in looking.shown:
        failed["wrong"] = [f"no fact with the id {form.wrong[:40]} was shown"]
    return failed


def _checked(statements: Iterable[StatementForm], looking: Looking) -> list[CheckedStatement]:
    return [_check(statement, looking) for statement in statements]


def _check(statement: StatementForm, looking: Looking) -> CheckedStatement:
    unknown = [f"no fact with the id {one[:40]} was shown" for one in statement.cites if one not in looking.shown]
    facts = [looking.shown[one] for one in dict.fromkeys(statement.cites) if one in looking.shown]
    found = (*unknown, *objections(statement.text, facts, looking.cluster))
    return CheckedStatement(text=statement.text, evidence=tuple(facts), objections=found)


def _lead(form: InquiryForm, suspected: Suspect, looking: Looking) -> Lead:
    cause = _check(form.cause, looking)
    speaks_for = _checked(form.evidence_for, looking)
    against = _checked(form.evidence_against, looking)
    held = [statement for statement in speaks_for if statement.holds]
    wrong = looking.shown.get(form.wrong) if cause.holds else None
    subject = subject_of(form.kind, form.namespace, form.name, looking)
    if wrong is not None and subject not in {wrong.subject, looking.cluster.workload_ref(wrong.subject)}:
        wrong = None  # the fact is not about the object that is blamed
    return Lead(
        subject=subject,
        statement=form.cause.text if cause.holds else suspected.idea,
        brings_about=form.brings_about,
        wrong=wrong,
        evidence=_facts([cause, *held] if cause.holds else held, wrong),
        speaks_for=tuple(held),
        speaks_against=tuple(statement for statement in against if statement.holds),
        unsupported=tuple(statement for statement in (cause, *speaks_for, *against) if not statement.holds),
        symptoms=suspected.symptoms,
        refuted=form.verdict == "refuted",
    )


def _facts(statements: Sequence[CheckedStatement], wrong: Evidence | None) -> tuple[Evidence, ...]:
    cited = [*([wrong] if wrong else []), *(fact for statement in statements for fact in statement.evidence)]
    return tuple({fact.id: fact for fact in cited}.values())
