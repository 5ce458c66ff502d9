"""The one way to a chat model: every call is masked, paid for, timed, taken down, and answered from record in a replay.

It is a chat model itself, around another one, so that whatever LangChain does with a model passes it.
"""

from __future__ import annotations

import asyncio
import hashlib
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, Protocol

import orjson
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.exceptions import ModelError
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.messages.utils import count_tokens_approximately
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import ConfigDict, JsonValue, PrivateAttr

from cluster_doctor.agents.allowance import Allowance
from cluster_doctor.agents.wire import Wire
from cluster_doctor.domain.exchange import Exchange, NoExchange
from cluster_doctor.domain.model_use import ModelChoice, Usage
from cluster_doctor.domain.trace_spans import model_span
from cluster_doctor.domain.tracing import TraceKey

MOST_OUTPUT = 4_096
"""Tokens that one reply may have; a call is paid for as if it took them all until it is known what it took."""
MOST_REPLY = 200_000
"""Characters of a reply; what is longer is no answer."""
_LONGEST_CALL = 90.0
_WORDS_OF_ERROR = 300


class ModelStopped(Exception):  # noqa: N818 - named for what happened
    """A model gave no answer: it may not be asked any more, it failed, or a replay has no reply of it on record."""


class Ledger(Protocol):
    """Keeps the calls of one run."""

    def find(self, request: str) -> Exchange | None:
        """Look up what came back of a call.

        Raises:
            NoExchange: it is not on record, and the run may not ask anew.
        """
        ...

    def reserve(self, intended: Exchange) -> str:
        """Enter a call before it is made; say why it may not be made, empty if it may."""
        ...

    def settle(self, made: Exchange) -> None:
        """Enter what came back of it."""
        ...


class GatedModel(BaseChatModel):
    """Asks a model within an allowance, and sees to what leaves and what stays on record."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    inner: Callable[[], BaseChatModel]
    choice: ModelChoice
    allowance: Allowance
    ledger: Any
    wire: Any
    branch: str = ""
    disable_streaming: bool = True
    _asked: int = PrivateAttr(default=0)

    @property
    def _llm_type(self) -> str:
        return "cluster-doctor-gate"

    def bind_tools(
        self,
        tools: Sequence[Any],
        *,
        tool_choice: str | None = None,
        **given: Any,  # noqa: ANN401 - as LangChain has it
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Bind tools, in the form that all providers' packages take."""
        named = [convert_to_openai_tool(tool) if isinstance(tool, BaseTool) else tool for tool in tools]
        chosen = {"tool_choice": tool_choice} if tool_choice else {}
        return self.bind(bound_tools=named, bound_settings={**given, **chosen})

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **given: Any,  # noqa: ANN401 - as LangChain has it
    ) -> ChatResult:
        del stop, run_manager
        tools, settings = given.get("bound_tools", []), given.get("bound_settings", {})
        sent = [self._hidden(message) for message in messages]
        request = _digest(self.branch, sent, tools, settings)
        exchange = self._known(request) or self._ask(request, sent, tools, settings)
        self.allowance.take(exchange.usage)
        if exchange.failure:
            raise ModelStopped(exchange.failure)
        message = _message(exchange.reply)
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _known(self, request: str) -> Exchange | None:
        try:
            found: Exchange | None = self.ledger.find(request)
        except NoExchange as error:
            raise ModelStopped("the replay asks what is not on record") from error
        return found

    def _ask(self, request: str, sent: list[BaseMessage], tools: Sequence[Any], settings: dict[str, Any]) -> Exchange:
        most = self._paid(Usage(calls=1, input_tokens=_estimate(sent, tools), output_tokens=MOST_OUTPUT))
        made = Exchange(request=request, model=self.choice.name, usage=most, at=datetime.now(UTC))
        refusal = self.allowance.refusal(most) or self.ledger.reserve(made)
        if refusal:
            return self._settled(made.model_copy(update={"failure": refusal, "usage": Usage()}))
        began = time.monotonic()
        provider, _, name = self.choice.name.partition(":")
        with model_span(provider, name) as span:
            reply, failure = self._reply(sent, tools, settings)
            if reply is None:
                span.note(TraceKey.ERROR, "no answer")
            elif reply.usage_metadata:
                span.note(TraceKey.INPUT_TOKENS, reply.usage_metadata["input_tokens"])
                span.note(TraceKey.OUTPUT_TOKENS, reply.usage_metadata["output_tokens"])
        seconds = round(time.monotonic() - began, 3)
        if reply is None:
            usage = Usage(calls=1, seconds=seconds)
            return self._settled(made.model_copy(update={"failure": failure, "usage": usage}))
        taken = reply.usage_metadata
        usage = Usage(
            calls=1,
            input_tokens=taken["input_tokens"] if taken else most.input_tokens,
            output_tokens=taken["output_tokens"] if taken else count_tokens_approximately([reply]),
            seconds=seconds,
        )
        return self._settled(made.model_copy(update={"reply": _plain(reply), "usage": self._paid(usage)}))

    def _reply(
        self, sent: list[BaseMessage], tools: Sequence[Any], settings: dict[str, Any]
    ) -> tuple[AIMessage | None, str]:
        """Ask, within the time that is left; say what went wrong if there is no reply."""
        limit = min(_LONGEST_CALL, self.allowance.seconds_left)

        async def ask() -> BaseMessage:
            inner = self.inner()
            asked = inner.bind_tools(tools, **settings) if tools else inner.bind(**settings) if settings else inner
            reply: BaseMessage = await asyncio.wait_for(asked.ainvoke(sent, RunnableConfig(callbacks=[])), limit)
            return reply

        future = asyncio.run_coroutine_threadsafe(ask(), _loop())
        try:
            error = future.exception()
        finally:
            future.cancel()
        if error is not None:
            return None, self.wire.hide(_told(error, limit))
        reply = future.result()
        if not isinstance(reply, AIMessage):
            return None, f"it answered with a {type(reply).__name__}"
        if len(reply.text) > MOST_REPLY:
            return None, f"its answer is longer than {MOST_REPLY:,} characters"
        return reply, ""

    def _paid(self, usage: Usage) -> Usage:
        price = self.choice.price
        cost = round(price.of(usage.input_tokens, usage.output_tokens), 6) if price else 0.0
        return usage.model_copy(update={"usd": cost})

    def _settled(self, made: Exchange) -> Exchange:
        self.ledger.settle(made)
        return made

    def _hidden(self, message: BaseMessage) -> BaseMessage:
        wire: Wire = self.wire
        update: dict[str, Any] = {"content": wire.hide_all(message.content)}  # type: ignore[arg-type]  # text, or parts of JSON
        if isinstance(message, AIMessage) and message.tool_calls:
            calls = [{**call, "args": wire.hide_all(call["args"])} for call in message.tool_calls]
            update["tool_calls"] = calls
        return message.model_copy(update=update)


def _estimate(sent: list[BaseMessage], tools: Sequence[Any]) -> int:
    """Tokens of a request, rather too many: providers count differently, and a bound shall hold."""
    return int(count_tokens_approximately(sent, chars_per_token=3.0)) + len(orjson.dumps(list(tools), default=str)) // 3


def _digest(branch: str, sent: list[BaseMessage], tools: Sequence[Any], settings: dict[str, Any]) -> str:
    said = [
        [
            message.type,
            message.content,
            [[call["name"], call["args"]] for call in message.tool_calls] if isinstance(message, AIMessage) else [],
        ]
        for message in sent
    ]
    plain = orjson.dumps([branch, said, list(tools), settings], default=str, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(plain).hexdigest()


def _plain(reply: AIMessage) -> JsonValue:
    """What of a reply is kept: what it says and which tools it asks for, and nothing of the transport."""
    refusal = reply.additional_kwargs.get("refusal")
    return {
        "content": orjson.loads(orjson.dumps(reply.content)),
        "tool_calls": orjson.loads(orjson.dumps(reply.tool_calls)),
        "invalid_tool_calls": orjson.loads(orjson.dumps(reply.invalid_tool_calls)),
        "refusal": refusal if isinstance(refusal, str) else None,
    }


def _message(reply: JsonValue) -> AIMessage:
    kept: Any = reply
    refusal = kept.pop("refusal", None) if isinstance(kept := dict(kept), dict) else None
    return AIMessage(**kept, additional_kwargs={"refusal": refusal} if refusal else {})


def _told(error: BaseException, limit: float) -> str:
    if isinstance(error, TimeoutError):
        return f"it did not answer within {limit:.0f} seconds"
    kind = type(error).__name__
    words = " ".join(str(error).split())[:_WORDS_OF_ERROR]
    if isinstance(error, ModelError):
        return f"its server refused the call ({kind}: {words})"
    return f"it could not be asked ({kind}: {words})"


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """The loop in which models are asked: one for the process, as providers' packages keep their connections so."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="chat-models", daemon=True).start()
    return loop
