"""Opens a chat model by name, through LangChain; nothing of it is imported before."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from cluster_doctor.domain.errors import UsageError
from cluster_doctor.domain.model_use import ModelChoice

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_KEYS = {"openai": "OPENAI_API_KEY", "azure_openai": "AZURE_OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY"}
"""Where the providers that are asked for most keep their keys; the others say it themselves."""
_REQUEST_TIMEOUT = 60
_RETRIES = 2
_EXTRA = "Install it with `pip install 'cluster-doctor[model]'`."


def checked(choice: ModelChoice) -> ModelChoice:
    """Make sure that a model can be opened, and note how it answers in a form.

    Raises:
        UsageError: as `open_model` does.
    """
    return choice.model_copy(update={"native": not choice.url and is_native(open_model(choice))})


def is_native(model: BaseChatModel) -> bool:
    """Whether a model answers in a form by its provider's own means, as far as LangChain knows it."""
    return bool((model.profile or {}).get("structured_output"))


def open_model(choice: ModelChoice) -> BaseChatModel:
    """Open the model that a choice names; nothing is asked of it yet.

    An OpenAI-compatible server of one's own is `openai:MODEL` with a `url`; it needs no key unless it asks for one.

    Raises:
        UsageError: the provider is not known, its package is not installed, or its key is not set.
    """
    provider, colon, model = choice.name.partition(":")
    if not colon or not provider or not model:
        raise UsageError(f"{choice.name!r} names no chat model", "Name it as PROVIDER:MODEL, such as openai:gpt-5.5.")
    key = _KEYS.get(provider)
    if key and not os.environ.get(key) and not choice.url:
        raise UsageError(f"{choice.name} needs a key", f"Set {key} in the environment.")
    try:
        from langchain.chat_models import init_chat_model  # noqa: PLC0415 - only who asks a model pays for loading it
    except ImportError as error:
        raise UsageError("the packages for chat models are not installed", _EXTRA) from error
    given: dict[str, Any] = {"timeout": _REQUEST_TIMEOUT, "max_retries": _RETRIES}
    if choice.url:
        given["base_url"] = choice.url
        if provider == "openai":  # servers of others speak the older of OpenAI's two protocols
            given |= {"use_responses_api": False, "api_key": os.environ.get(key or "") or "none"}
    try:
        opened: BaseChatModel = init_chat_model(model, model_provider=provider, **given)
    except ImportError as error:
        raise UsageError(f"the package for {provider} is not installed", str(error)) from error
    except ValueError as error:
        raise UsageError(f"{choice.name} cannot be opened", " ".join(str(error).split())[:300]) from error
    return opened
