"""The nodes that ask a chat model: hypotheses, one branch for each, and what they come to.

They are only come to where a case names a model and the rules left something open. A model that fails or may not be
asked any more ends no run: what it did not say is told, and the diagnosis is that of the rules.
"""

from __future__ import annotations

from collections.abc import Callable

from langgraph.types import Send

from cluster_doctor.agents.diagnostician import conclude, recollect
from cluster_doctor.domain.diagnosis import Diagnosis
from cluster_doctor.domain.inquiry import Inquiry, Readings, Suspects
from cluster_doctor.domain.model_use import ModelUse
from cluster_doctor.history.evidence_store import EvidenceStore
from cluster_doctor.tools.looking import Looking
from cluster_doctor.tools.table import Specialist
from cluster_doctor.workflow.bench import Bench
from cluster_doctor.workflow.state import Case, CaseState

_NOBODY = "no model can be asked here"


class Inquiring:
    """The work of these nodes on one bench."""

    def __init__(self, bench: Callable[[], Bench]) -> None:
        """Work on what is the bench at the time."""
        self._given = bench

    @property
    def _bench(self) -> Bench:
        return self._given()

    @property
    def _evidence(self) -> EvidenceStore:
        return self._bench.evidence

    def read(self, case: Case) -> CaseState:
        """Ask what a report means in which code finds nothing named."""
        from cluster_doctor.agents.reader import read_report  # noqa: PLC0415 - as below

        self._bench.progress("asking the model what the report names")
        access = self._bench.model(case)
        found = read_report(access, case.incident) if access else Readings(notes=(_NOBODY,))
        return {"readings": self._evidence.put(found)}

    def suspect(self, case: Case) -> CaseState:
        """Ask for hypotheses."""
        from cluster_doctor.agents.hypothesizer import suspect  # noqa: PLC0415 - LangChain's agents take a second to load

        self._bench.progress("asking the model what could be behind it")
        access = self._bench.model(case)
        found = Suspects(notes=(_NOBODY,))
        if access:
            found = suspect(access, case.incident, self._looking(case), self._diagnosis(case))
        return {"suspects": self._evidence.put(found)}

    def branches(self, state: CaseState) -> list[Send] | str:
        """Look into each hypothesis in a branch of its own."""
        count = len(self._named(Case.read(state)).suspects)
        return [Send("investigate", {**state, "suspect": at}) for at in range(count)] or "conclude"

    def investigate(self, case: Case) -> CaseState:
        """Look into one hypothesis."""
        from cluster_doctor.agents.investigator import investigate  # noqa: PLC0415 - as above

        suspected = self._named(case).suspects[case.suspect]
        self._bench.progress(f"looking into {suspected.subject}: {suspected.idea}")
        access = self._bench.model(case)
        found = Inquiry(notes=(_NOBODY,))
        if access:
            looking = self._looking(case)
            found = investigate(access, case.incident, looking, self._diagnosis(case), suspected, case.suspect)
        return {"inquiries": [self._evidence.put(found)]}

    def conclude(self, case: Case) -> CaseState:
        """Weigh what came of it."""
        self._bench.progress("weighing what the model found")
        cluster, named = self._evidence.snapshot(case.snapshot), self._named(case)
        inquiries = [self._evidence.get(key, Inquiry) for key in case.inquiries]
        found = conclude(cluster, self._diagnosis(case), inquiries, self._bench.open_rules(case.rules))
        access = self._bench.model(case)
        use = ModelUse(
            name=case.model.name if case.model else "",
            prompts=access.prompt_hashes(Specialist.DIAGNOSTICIAN) if access else {},
            usage=sum((inquiry.usage for inquiry in inquiries), named.usage),
            notes=tuple(dict.fromkeys((*named.notes, *(note for inquiry in inquiries for note in inquiry.notes)))),
        )
        update: CaseState = {"diagnosis": self._evidence.put(found), "model_use": self._evidence.put(use)}
        if not case.replays:
            update["recollection"] = self._evidence.put(recollect(found, self._bench.memory(case, cluster)))
        return update

    def _looking(self, case: Case) -> Looking:
        return Looking(self._evidence.snapshot(case.snapshot), self._bench.open_rules(case.rules))

    def _named(self, case: Case) -> Suspects:
        return self._evidence.get(case.suspects, Suspects)

    def _diagnosis(self, case: Case) -> Diagnosis:
        return self._evidence.get(case.diagnosis, Diagnosis)
