"""What it takes to ask a chat model in one run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_doctor.agents.prompts import Prompts
from cluster_doctor.agents.wire import Wire
from cluster_doctor.domain.model_use import ModelChoice
from cluster_doctor.tools.table import Specialist

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from cluster_doctor.agents.gate import Ledger


@dataclass(frozen=True)
class ModelAccess:
    """A model, and what stands around it.

    Attributes:
        choice: which it is, and what it may cost.
        open: opens it; only called when something is really asked.
        ledger: keeps its calls.
        wire: hides what it may not see.
        prompts: what specialists are told.
    """

    choice: ModelChoice
    open: Callable[[], BaseChatModel]
    ledger: Ledger
    wire: Wire
    prompts: Prompts

    def prompt_hashes(self, *specialists: Specialist) -> dict[str, str]:
        """Hashes of what specialists are told, by name."""
        return {specialist.value: self.prompts.hash_of(specialist) for specialist in specialists}
