"""One call of a chat model on record: what replays it, and what it took."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, JsonValue

from cluster_doctor.domain.model_use import Usage


class Exchange(BaseModel):
    """One call, and what came back.

    `request` is the SHA-256 of what was asked, as it was sent; the text is not kept. `reply` is the message in
    LangChain's own JSON form, None where the call failed; then `failure` says how.
    """

    model_config = ConfigDict(frozen=True)

    request: str
    model: str
    reply: JsonValue = None
    failure: str = ""
    usage: Usage = Usage()
    at: datetime


class NoExchange(LookupError):  # noqa: N818 - named for what it is
    """A replay asks something that is not on record."""
