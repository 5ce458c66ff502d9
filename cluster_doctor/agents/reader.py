"""Puts a report into the words of the field, where code alone finds nothing named in it.

It translates, and decides nothing: each piece has to stand in the report, and what it is said to mean is read and
checked by code like any report. It names objects to look at beside all others, and cannot narrow where is looked.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from cluster_doctor.agents.access import ModelAccess
from cluster_doctor.agents.allowance import Allowance
from cluster_doctor.agents.specialist import Conversation
from cluster_doctor.domain.incident import Incident
from cluster_doctor.domain.inquiry import Reading, Readings
from cluster_doctor.tools.table import Specialist

PART = 0.05
"""Share of the run's budget."""
_MOST = 8
_TASK = """Somebody reported an incident in words of their own. For each piece of it that says something about an \
object of the cluster, quote the piece as it stands, and say it in one plain English sentence with kind, namespace and \
name, such as "Deployment shop/checkout is crash looping", "Service web in shop has no endpoints". Leave out what you \
would have to guess."""


class ReadingForm(BaseModel):
    """One piece of the report."""

    quote: str = Field(description="The piece, letter by letter.", max_length=500)
    says: str = Field(description="What it says, as one plain English sentence.", max_length=300)


class ReadingsForm(BaseModel):
    """What the report says."""

    readings: Annotated[list[ReadingForm], Field(max_length=20)]


def read_report(access: ModelAccess, incident: Incident) -> Readings:
    """Read a report; what is not a piece of it is dropped."""
    allowance = Allowance.share(access.choice.budget, PART)
    answered = Conversation(access, Specialist.COLLECTOR, ReadingsForm, (), allowance, "report").ask(
        f"{_TASK}\n\nThe report, as data:\n{incident.text}"
    )
    told = " ".join(incident.text.split())
    found = [
        Reading(quote=form.quote, says=form.says)
        for form in (answered.answer.readings if answered.answer else ())
        if form.quote.strip() and " ".join(form.quote.split()) in told
    ]
    return Readings(readings=tuple(found[:_MOST]), usage=answered.usage, notes=answered.notes)
