"""Finds the way to the model that a case names: to its server, or in a replay to what it answered then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from cluster_doctor.agents.access import ModelAccess
from cluster_doctor.agents.models import open_model
from cluster_doctor.agents.prompts import Prompts
from cluster_doctor.agents.wire import Wire
from cluster_doctor.domain.exchange import Exchange, NoExchange
from cluster_doctor.domain.model_use import Budget
from cluster_doctor.history.history import History
from cluster_doctor.history.model_calls import ModelCalls
from cluster_doctor.workflow.state import Case

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel


@dataclass(frozen=True)
class CaseLedger:
    """The calls of one case: its own, and in a replay those of the run that it replays.

    `keeps` takes over what was found there: a replay of something else than the run is a run that can be replayed.
    """

    calls: ModelCalls
    run_id: str
    replays: str
    may_ask: bool
    keeps: bool
    budget: Budget

    def find(self, request: str) -> Exchange | None:
        """Look up what came back of a call.

        Raises:
            NoExchange: it is not on record, and nobody may be asked.
        """
        found = self.calls.find(self.run_id, request)
        if found is None and self.replays:
            found = self.calls.find(self.replays, request)
            if found and self.keeps:
                self.calls.settle(self.run_id, found)
        if found is None and not self.may_ask:
            raise NoExchange
        return found

    def reserve(self, intended: Exchange) -> str:
        """Enter a call before it is made; say why it may not be made, empty if it may."""
        return self.calls.reserve(self.run_id, intended, self.budget)

    def settle(self, made: Exchange) -> None:
        """Enter what came back of it."""
        self.calls.settle(self.run_id, made)


class ModelAccesses:
    """Makes the way to a case's model; one that a program handed over is asked whatever the case calls it."""

    def __init__(self, history: History, handed_over: BaseChatModel | None = None) -> None:
        """Keep calls in a history."""
        self._history, self._handed_over = history, handed_over

    def __call__(self, case: Case) -> ModelAccess | None:
        """Make the way; None where the case names no model."""
        choice = case.model
        if choice is None:
            return None
        return ModelAccess(
            choice=choice,
            open=cache(self._opener(case)),
            ledger=CaseLedger(
                self._history.model_calls,
                case.run_id,
                replays="" if case.asks_anew else case.replays,
                may_ask=case.asks_anew or not case.replays,
                keeps=bool(case.varied),
                budget=choice.budget,
            ),
            wire=Wire(case.snapshot or case.incident.model_dump_json(), choice.hide),
            prompts=Prompts(Path(case.prompts) if case.prompts else None),
        )

    def _opener(self, case: Case) -> Callable[[], BaseChatModel]:
        handed_over, choice = self._handed_over, case.model

        def opened() -> BaseChatModel:
            if handed_over is not None:
                return handed_over
            assert choice is not None  # noqa: S101 - a case without one has no opener
            return open_model(choice)

        return opened
