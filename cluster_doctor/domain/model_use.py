"""Which chat model a case may ask, what that may cost, and what it did cost."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

Count = Annotated[int, Field(ge=0)]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Hidden(StrEnum):
    """What is hidden from a model beyond credentials, which never leave the snapshot's door."""

    EMAIL = "email"
    IP = "ip"


class Price(BaseModel):
    """What a provider takes, in US dollars for a million tokens."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: Amount
    output: Amount

    def of(self, input_tokens: int, output_tokens: int) -> float:
        """What so many tokens cost."""
        return (input_tokens * self.input + output_tokens * self.output) / 1_000_000


class Budget(BaseModel):
    """What a run may spend on its model, and what all runs of a home may spend in a day (UTC).

    Each bound is hard: a call that could pass it is not made, and one that takes longer is broken off. `usd` and
    `day_usd` need a price. None is no bound.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    calls: Count = 60
    tokens: Count = 300_000
    seconds: Amount = 180
    usd: Amount | None = None
    day_calls: Count | None = None
    day_tokens: Count | None = None
    day_usd: Amount | None = None


class ModelChoice(BaseModel):
    """The chat model that a case may ask. It holds no credential: those stay in the environment.

    Attributes:
        name: `provider:model`, as LangChain names providers: `openai:…`, `azure_openai:…`, `anthropic:…`.
        url: an OpenAI-compatible server; the provider's own if it is empty.
        budget: what it may cost.
        price: what the provider takes; without it, money is not counted.
        native: whether it answers in a form by its provider's own means; else by a tool call.
        hide: what is hidden from it beyond credentials.
        branches: how many hypotheses are investigated side by side.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=200)
    url: str = ""
    budget: Budget = Budget()
    price: Price | None = None
    native: bool = False
    hide: frozenset[Hidden] = frozenset(Hidden)
    branches: int = Field(default=3, ge=1, le=8)

    @model_validator(mode="after")
    def _money_has_a_price(self) -> ModelChoice:
        if self.price is None and (self.budget.usd is not None or self.budget.day_usd is not None):
            msg = "a bound in US dollars needs a price"
            raise ValueError(msg)
        return self


class Usage(BaseModel):
    """What calls took. Tokens are the provider's count, or an estimate where it gave none."""

    model_config = ConfigDict(frozen=True)

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0
    usd: float = 0

    @property
    def tokens(self) -> int:
        """All tokens."""
        return self.input_tokens + self.output_tokens

    def __add__(self, other: Usage) -> Usage:
        """What both took."""
        return Usage(
            calls=self.calls + other.calls,
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            seconds=round(self.seconds + other.seconds, 3),
            usd=round(self.usd + other.usd, 6),
        )


class ModelUse(BaseModel):
    """What a model did in a run: which it was, by which prompts, what it took, and what went wrong.

    `prompts` is the SHA-256 of the prompts' text, by specialist.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    prompts: dict[str, str] = {}
    usage: Usage = Usage()
    notes: tuple[str, ...] = ()
