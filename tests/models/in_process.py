"""A test's actor as a chat model in the same process, where a server between would only cost time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage, convert_to_openai_messages
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.utils.function_calling import convert_to_openai_tool

from cluster_doctor.agents.access import ModelAccess
from cluster_doctor.agents.prompts import Prompts
from cluster_doctor.agents.wire import Wire
from cluster_doctor.domain.exchange import Exchange
from cluster_doctor.domain.model_use import ModelChoice

from .actors import Body


class ActorModel(BaseChatModel):
    """Answers with what an actor says."""

    actor: Any

    @property
    def _llm_type(self) -> str:
        return "actor"

    def bind_tools(self, tools: Sequence[Any], **given: Any) -> Runnable[LanguageModelInput, AIMessage]:
        """Take the tools along."""
        return self.bind(tools=[convert_to_openai_tool(tool) for tool in tools], **given)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **given: Any,
    ) -> ChatResult:
        del stop, run_manager
        said = self.actor({"messages": convert_to_openai_messages(messages), "tools": given.get("tools", [])})
        return ChatResult(generations=[ChatGeneration(message=_message(said))])


class Unkept:
    """A ledger that keeps nothing."""

    def find(self, request: str) -> Exchange | None:
        """Know of nothing."""
        del request
        return None

    def reserve(self, intended: Exchange) -> str:
        """Allow everything."""
        del intended
        return ""

    def settle(self, made: Exchange) -> None:
        """Forget it."""


def access_to(actor: Any) -> ModelAccess:
    """The way to an actor, with nothing on record."""
    model = ActorModel(actor=actor)
    return ModelAccess(ModelChoice(name="test:actor"), lambda: model, Unkept(), Wire("test"), Prompts())


def _message(said: Body) -> AIMessage:
    calls = [
        {"name": call["function"]["name"], "args": json.loads(call["function"]["arguments"]), "id": call["id"]}
        for call in said.get("tool_calls", ())
    ]
    return AIMessage(content=said.get("content") or "", tool_calls=calls)
