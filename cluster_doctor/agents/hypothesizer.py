"""Says what could be behind the symptoms that the rules left unexplained."""

from __future__ import annotations

from typing import Annotated

import orjson
from pydantic import BaseModel, Field, JsonValue

from cluster_doctor.agents.access import ModelAccess
from cluster_doctor.agents.allowance import Allowance
from cluster_doctor.agents.specialist import Conversation
from cluster_doctor.domain.diagnosis import Diagnosis
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.inquiry import Suspect, Suspects
from cluster_doctor.domain.refs import ObjectRef
from cluster_doctor.snapshot.kinds import BY_KIND
from cluster_doctor.tools.looking import Looking
from cluster_doctor.tools.table import Specialist, offered

PART = 0.25
"""Share of the run's budget for finding hypotheses; the rest is for looking into them."""
_MOST = 30
_TASK = """Name competing hypotheses of what is behind the symptoms that are not explained: at most {most}, each of \
another object or another mechanism, the likeliest first. Look around with the tools before. For each say what would \
be seen if it were so, and what would be seen if it were not."""


class SuspectForm(BaseModel):
    """One hypothesis."""

    kind: str = Field(description="Kind of the object that would have to change.")
    namespace: str = Field(description="Its namespace; empty if it has none.")
    name: str
    idea: str = Field(description="What may be wrong with it, in one sentence.", max_length=500)
    would_show: str = Field(description="What would be seen if it were so.", max_length=500)
    would_refute: str = Field(description="What would be seen if it were not.", max_length=500)
    symptoms: list[str] = Field(description="Fingerprints of the symptoms that it would explain.")


class SuspectsForm(BaseModel):
    """Competing hypotheses, the likeliest first."""

    suspects: Annotated[list[SuspectForm], Field(max_length=20)]


def suspect(access: ModelAccess, incident: Incident, looking: Looking, diagnosis: Diagnosis) -> Suspects:
    """Find hypotheses that are worth a look."""
    conversation = Conversation(
        access,
        Specialist.DIAGNOSTICIAN,
        SuspectsForm,
        offered(Specialist.DIAGNOSTICIAN, looking),
        Allowance.share(access.choice.budget, PART),
        "suspects",
    )
    answered = conversation.ask(
        f"{_TASK.format(most=access.choice.branches)}\n\n{briefing(incident, diagnosis, looking)}"
    )
    open_ones = {symptom.fingerprint for symptom in diagnosis.left_open}
    found = {
        (ref.key, form.idea): Suspect(
            subject=ref,
            idea=form.idea,
            would_show=form.would_show,
            would_refute=form.would_refute,
            symptoms=tuple(one for one in form.symptoms if one in open_ones),
        )
        for form in (answered.answer.suspects if answered.answer else ())
        for ref in [subject_of(form.kind, form.namespace, form.name, looking)]
    }
    return Suspects(
        suspects=tuple(found.values())[: access.choice.branches], usage=answered.usage, notes=answered.notes
    )


def briefing(incident: Incident, diagnosis: Diagnosis, looking: Looking) -> str:
    """What is known so far, as data: the report, what the rules found and left open, and what could not be read."""
    known: dict[str, JsonValue] = {
        "reported": incident.text,
        "not_explained": [
            {
                "fingerprint": symptom.fingerprint,
                "of": str(symptom.subject),
                "statement": symptom.statement,
                "since": symptom.since.isoformat() if symptom.since else None,
            }
            for symptom in diagnosis.left_open[:_MOST]
        ],
        "proven_causes": [
            f"{one.subject}: {one.statement}" for one in diagnosis.root_causes[:_MOST] if not one.is_weak
        ],
        "suggested_causes": [f"{one.subject}: {one.statement}" for one in diagnosis.root_causes[:_MOST] if one.is_weak],
        "ruled_out": [f"{one.subject}: {one.statement} ({one.against})" for one in diagnosis.ruled_out[:_MOST]],
        "not_collected": [str(gap) for gap in diagnosis.gaps[:_MOST]],
        "findings": list(looking.findings()[:_MOST]),
    }
    return f"What is known, as data:\n{orjson.dumps(known, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode()}"


def subject_of(kind: str, namespace: str, name: str, looking: Looking) -> ObjectRef:
    """The object that a model names, climbed to what a person changes."""
    found = looking.named(kind, name, namespace)
    known = BY_KIND.get(found.kind)
    ref = found if known is None or known.namespaced else ObjectRef(kind=found.kind, name=found.name)
    return looking.cluster.workload_ref(ref)
