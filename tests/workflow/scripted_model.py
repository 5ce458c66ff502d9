"""A chat model that says what a test wrote for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from pydantic import PrivateAttr

Reply = Callable[[Sequence[BaseMessage]], AIMessage]
"""Makes the next answer of what was said so far."""


class ScriptedModel(BaseChatModel):
    """Answers with one reply after the other, and keeps which tools it was given."""

    replies: list[Reply]
    _asked: int = PrivateAttr(default=0)
    _tools: list[str] = PrivateAttr(default_factory=list)

    @property
    def tools(self) -> list[str]:
        """Names of the tools that it was given last."""
        return self._tools

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Sequence[Any], **given: Any) -> Runnable[LanguageModelInput, AIMessage]:
        """Keep the names."""
        self._tools[:] = [tool.name for tool in tools if isinstance(tool, BaseTool)]
        return self.bind(**given)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **given: Any,
    ) -> ChatResult:
        del stop, run_manager, given
        self._asked += 1
        return ChatResult(generations=[ChatGeneration(message=self.replies[self._asked - 1](messages))])
