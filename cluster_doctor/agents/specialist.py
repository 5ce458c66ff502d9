"""One piece of work of a specialist with a chat model: a task, tools that read, and an answer in a given form.

The agent is LangChain's. Ours are its bounds: what it sees passes the wire, what it may call is handed to it here, how
often it may ask is its allowance, and what it says is text until code has checked it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, get_type_hints

import orjson
from langchain.agents import create_agent
from langchain.agents.middleware import AgentMiddleware, ModelCallLimitMiddleware, ModelRequest, ModelResponse
from langchain.agents.structured_output import ProviderStrategy, StructuredOutputError, ToolStrategy
from langchain_core.messages import AnyMessage, HumanMessage
from langchain_core.runnables.config import RunnableConfig, set_config_context
from langchain_core.tools import BaseTool, StructuredTool
from pydantic import BaseModel, create_model

from cluster_doctor.agents.access import ModelAccess
from cluster_doctor.agents.allowance import Allowance
from cluster_doctor.agents.gate import GatedModel, ModelStopped
from cluster_doctor.agents.wire import Wire
from cluster_doctor.domain.model_use import Usage
from cluster_doctor.tools.looking import Answer
from cluster_doctor.tools.table import Specialist

F = TypeVar("F", bound=BaseModel)

MOST_SHOWN = 12_000
"""Characters of one tool's answer."""
_LAST = "This is your last turn: no tool can be called any more. Answer now, in the form that was asked for."
_FORM = "That could not be read in the form that was asked for. Answer in that form, and in nothing else."


@dataclass(frozen=True)
class Answered(Generic[F]):
    """What came of a piece of work; without an answer, `notes` say why."""

    answer: F | None
    usage: Usage
    notes: tuple[str, ...] = ()


class Conversation(Generic[F]):
    """A specialist at work on one task. It may be asked again; it remembers what was said."""

    def __init__(
        self,
        access: ModelAccess,
        specialist: Specialist,
        form: type[F],
        tools: Sequence[Callable[..., Answer]],
        allowance: Allowance,
        branch: str,
    ) -> None:
        """Sit a specialist down to work.

        Args:
            access: the model, and what stands around it.
            specialist: whose prompt it works by.
            form: what its answer has to look like.
            tools: what it may call.
            allowance: what it may spend.
            branch: tells this piece of work apart from others of the run.
        """
        self._form, self._wire, self._allowance = form, access.wire, allowance
        self._said: list[AnyMessage] = []
        self._notes: list[str] = []
        self._model = GatedModel(
            inner=access.open,
            choice=access.choice,
            allowance=allowance,
            ledger=access.ledger,
            wire=access.wire,
            branch=branch,
        )
        self._tools = [_tool(one, access.wire) for one in tools]
        self._prompt = access.prompts.of(specialist)
        self._native = access.choice.native

    def ask(self, task: str) -> Answered[F]:
        """Put a task to it, or a question about its last answer."""
        said = [*self._said, HumanMessage(self._wire.hide(task))]
        answer = self._asked(said) or (self._asked([*self._said, HumanMessage(_FORM)]) if self._said else None)
        return Answered(answer, self._allowance.used, tuple(self._notes))

    def _asked(self, said: list[AnyMessage]) -> F | None:
        calls = self._allowance.used.calls
        try:
            return self._went(said, native=self._native)
        except ModelStopped as stopped:
            if self._native and self._allowance.used.calls == calls + 1:  # its server may not know the form
                self._native = False
                return self._asked(said)
            self._notes.append(str(stopped))
        except StructuredOutputError as error:
            self._said = said
            self._notes.append(f"its answer had not the form that was asked for ({type(error).__name__})")
        return None

    def _went(self, said: list[AnyMessage], *, native: bool) -> F | None:
        agent: Any = create_agent(
            self._model,
            self._tools,
            system_prompt=self._prompt,
            middleware=[_LastTurn(self._allowance), ModelCallLimitMiddleware(run_limit=self._allowance.calls + 1)],
            response_format=ProviderStrategy(self._form) if native else ToolStrategy(self._form),
            checkpointer=False,
        )
        with set_config_context(RunnableConfig()) as alone:  # a run's own checkpoints and streams are not the agent's
            result = alone.run(agent.invoke, {"messages": said})
        self._said = result["messages"]
        answer = result.get("structured_response")
        if not isinstance(answer, self._form):
            self._notes.append("its answer had not the form that was asked for")
            return None
        return self._form.model_validate(self._wire.reveal_all(answer.model_dump(mode="json")))


class _LastTurn(AgentMiddleware[Any, Any]):
    """Takes the tools away before the last call that is allowed, so that it ends in an answer."""

    def __init__(self, allowance: Allowance) -> None:
        super().__init__()
        self._allowance = allowance

    def wrap_model_call(
        self, request: ModelRequest[Any], handler: Callable[[ModelRequest[Any]], ModelResponse[Any]]
    ) -> ModelResponse[Any]:
        """Let the model be asked, for the last time if it is."""
        if self._allowance.used.calls + 1 < self._allowance.calls:
            return handler(request)
        return handler(request.override(tools=[], messages=[*request.messages, HumanMessage(_LAST)]))


def _tool(use: Callable[..., Answer], wire: Wire) -> BaseTool:
    """Offer a tool to the model: what it asks is put back into clear text, what it gets is hidden."""

    def call(**given: Any) -> str:  # noqa: ANN401 - the form is that of the tool, and checked by its schema
        answer = wire.hide_all(use(**wire.reveal_all(given)))  # type: ignore[arg-type]  # JSON by its schema
        written = orjson.dumps({"data": answer}, default=str, option=orjson.OPT_SORT_KEYS).decode()
        return written if len(written) <= MOST_SHOWN else f"{written[:MOST_SHOWN]}… (cut; ask for less)"

    return StructuredTool(name=use.__name__, description=inspect.getdoc(use) or "", args_schema=_form(use), func=call)


def _form(use: Callable[..., Answer]) -> type[BaseModel]:
    """The form of what a tool is asked. LangChain's own way to it is not safe where branches run side by side."""
    hints = get_type_hints(use)
    given = {
        name: (hints[name], ... if parameter.default is parameter.empty else parameter.default)
        for name, parameter in inspect.signature(use).parameters.items()
    }
    form: type[BaseModel] = create_model(use.__name__, **given)  # type: ignore[call-overload]  # fields by name
    return form
